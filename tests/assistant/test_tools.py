"""The tools' handlers alone: they return only allowed fields and never raise."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from backend.assistant.handlers import ToolContext, run_tool
from backend.assistant.tools import TOOLS
from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Db, Document, utcnow
from backend.common.errors import Conflict
from backend.services import Services
from backend.settings import Locale
from backend.tickets.provenance import Provenance
from backend.tickets.service import TicketService
from tests.desk import Desk

SHOWN = {
    *("ticketId", "subject", "category", "priority", "status", "createdAt"),
    *("estimatedResolution", "resolution"),
}
AGENT = Actor(ActorType.AGENT, "agent-secret", "Agente Secreto", Role.SUPERVISOR)
REPORT = {
    "subject": "No llega la factura",
    "description": "La de octubre.",
    "category": "billing",
    "priority": None,
    "location": None,
}


def lookup(context: ToolContext, **arguments: Any) -> Document:
    given_or_null = {"ticket_id": None, "lookup_recent": None} | arguments
    return run_tool(TOOLS["get_ticket_information"], given_or_null, context)


@pytest.fixture
def customer(desk: Desk) -> str:
    customer_id: str = desk.customer()["customerId"]
    return customer_id


@pytest.fixture
def context(services: Services, desk: Desk, customer: str) -> ToolContext:
    conversation = desk.nobody.post("/channels/web/sessions", {}).json["conversationId"]
    desk.db["conversations"].update_one(
        {"_id": conversation}, {"$set": {"customer.customerId": customer}}
    )
    provenance = Provenance(conversation, ["message"], "test")
    return ToolContext(
        services.tickets, Actor(ActorType.CUSTOMER, customer, "María"), provenance, Locale.ES
    )


def plant(db: Db, ticket_id: str) -> None:
    """Every place of a ticket that no customer may read says SECRET."""
    secret = {"type": "agent", "id": "SECRET", "name": "SECRET"}
    note = {"noteId": "SECRET", "content": "SECRET", "isInternal": True, "author": secret}
    shown = {"noteId": "SECRET", "content": "Para usted", "isInternal": False, "author": secret}
    db["tickets"].update_one(
        {"_id": ticket_id},
        {
            "$set": {
                "subcategory": "SECRET",
                "tags": ["SECRET"],
                "escalated": True,
                "escalation": {
                    "reason": "SECRET",
                    "toAgentId": "SECRET",
                    "escalatedBy": secret,
                    "escalatedAt": utcnow(),
                },
                "assignedTo": {"agentId": "SECRET", "name": "SECRET"},
                "resolution": {
                    "summary": "Reenviada",
                    "resolvedBy": secret,
                    "resolvedAt": utcnow(),
                },
                "feedback": {"rating": 1, "comment": "SECRET", "receivedAt": utcnow()},
                "relatedTickets": ["SECRET"],
                "notes": [n | {"createdAt": utcnow()} for n in (note, shown, note)],
                "statusHistory.0.reason": "SECRET",
                "statusHistory.0.changedBy": secret,
                "aFieldOfNextYear": "SECRET",
            }
        },
    )


def test_only_listed_fields_are_returned(context: ToolContext, desk: Desk, customer: str) -> None:
    ticket = desk.ticket(customerId=customer)["ticketId"]
    plant(desk.db, ticket)
    single, recent = lookup(context, ticket_id=ticket), lookup(context, lookup_recent=True)
    for result, keys in ((single, SHOWN | {"notes"}), (recent, SHOWN)):
        assert set(result) == {"success", "tickets"}
        (shown,) = result["tickets"]
        assert set(shown) == keys
        assert "SECRET" not in json.dumps(result)
        assert shown["resolution"] == "Reenviada"
    (note,) = single["tickets"][0]["notes"]
    assert set(note) == {"from", "content", "createdAt"}
    assert note["content"] == "Para usted"


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=st.text(min_size=1, max_size=300).filter(str.strip))
def test_an_internal_note_changes_nothing_the_customer_gets(
    context: ToolContext, services: Services, customer: str, content: str
) -> None:
    recent = services.tickets.get_own_tickets(customer, 1)
    if not recent:
        run_tool(TOOLS["create_ticket_report"], REPORT, context)
        recent = services.tickets.get_own_tickets(customer, 1)
    ticket_id = recent[0]["_id"]

    def shown() -> list[Document]:
        results = (lookup(context, ticket_id=ticket_id), lookup(context, lookup_recent=True))
        return [ticket for result in results for ticket in result["tickets"]]

    before = shown()
    services.tickets.add_note(ticket_id, content, actor=AGENT)
    assert shown() == before


def test_only_the_newest_tickets_are_listed(
    context: ToolContext, desk: Desk, customer: str
) -> None:
    made = [desk.ticket(customerId=customer)["ticketId"] for _ in range(7)]
    desk.ticket()
    recent = lookup(context, lookup_recent=True)["tickets"]
    assert [ticket["ticketId"] for ticket in recent] == made[:1:-1]


@pytest.mark.parametrize("wanted", ["TICKET-2026-999999", "000001", "'", "$where", "\n", "T" * 40])
def test_another_customers_ticket_is_not_found(
    context: ToolContext, desk: Desk, wanted: str
) -> None:
    others = desk.ticket()["ticketId"]
    expected = lookup(context, ticket_id=others)
    assert expected == {
        "success": False,
        "code": "not_found",
        "error": "No encuentro ningún ticket suyo con ese número.",
    }
    if wanted.strip():
        assert lookup(context, ticket_id=wanted) == expected
    else:
        assert lookup(context, ticket_id=wanted)["success"] is False


def test_a_ticket_is_found_however_its_number_is_written(
    context: ToolContext, desk: Desk, customer: str
) -> None:
    ticket = desk.ticket(customerId=customer)["ticketId"]
    for written in (ticket, ticket.lower(), f" {ticket} "):
        (shown,) = lookup(context, ticket_id=written)["tickets"]
        assert shown["ticketId"] == ticket


@pytest.mark.parametrize("failure", [AutoReconnect("mongo is away"), Conflict("busy"), KeyError()])
def test_a_failing_handler_answers(
    context: ToolContext, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise failure

    monkeypatch.setattr(TicketService, "create_ticket_from_ai", fail)
    result = run_tool(TOOLS["create_ticket_report"], REPORT, context)
    assert result["success"] is False
    assert set(result) == {"success", "code", "error"}
    assert result["error"].startswith("No se pudo")
    assert "mongo" not in json.dumps(result)


@pytest.mark.parametrize(
    "arguments",
    [None, [], "text", 7, {}, REPORT | {"subject": None}, REPORT | {"customerId": "another"}],
)
def test_bad_arguments_are_answered(context: ToolContext, arguments: object, db: Db) -> None:
    result = run_tool(TOOLS["create_ticket_report"], arguments, context)
    assert (result["success"], result["code"]) == (False, "bad_arguments")
    assert result["errors"]
    json.dumps(result)
    assert db["tickets"].count_documents({}) == 0


@pytest.mark.parametrize(
    ("locale", "sentence"), [(Locale.ES, "He abierto"), (Locale.EN, "I have opened")]
)
def test_the_message_is_in_the_customers_language(
    context: ToolContext, locale: Locale, sentence: str
) -> None:
    own = replace(context, locale=locale)
    assert run_tool(TOOLS["create_ticket_report"], REPORT, own)["message"].startswith(sentence)
