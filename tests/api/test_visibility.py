"""Canaries: no route returns data of another agent's ticket.

Every byte of every answer that Ana gets is compared with strings that stand in Bruno's ticket
alone.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from backend.common.actor import Actor, ActorType
from backend.common.documents import Db
from backend.services import Services
from backend.tickets.listing.schemas import SORTS
from backend.tickets.provenance import Provenance
from tests.desk import Desk, Person, Reply


@dataclass
class Listener:
    """Sends requests, and compares the responses with every canary."""

    person: Person
    canaries: list[str]
    compared: int = 0
    heard: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, *, may_echo: str = "", **request: Any) -> Reply:
        """`may_echo`: text of the request that the response may repeat."""
        answer = self.person.request(method, path, **request)
        body = answer.data.decode("utf-8", "replace") + str(answer.headers)
        for canary in self.canaries:
            self.compared += 1
            if canary in body and canary not in may_echo:
                self.heard.append(f"{method} {path} {request}: {canary}")
        return answer


FIELDS = (
    *("subject", "description", "subcategory", "tag", "address", "note", "publicnote", "reason"),
    *("history", "summary", "filename", "content", "customername", "comment"),
)


def canary(name: str) -> str:
    return f"canario{name}"


@pytest.fixture
def planted(desk: Desk, services: Services, db: Db) -> dict[str, str]:
    """Bruno's ticket, a canary in each of its fields. Returns the ids of what belongs to it."""
    customer = desk.customer(phone="+34677889900")["customerId"]
    session = desk.nobody.post("/channels/web/messages", {"phone": "+34677889900", "text": "hola"})
    conversation = session.json["conversationId"]
    bruno = desk.bruno
    ticket = desk.ticket(
        subject=canary("subject"),
        description=canary("description"),
        subcategory=canary("subcategory"),
        tags=[canary("tag")],
        location={"address": canary("address"), "latitude": 12.3456789, "longitude": 1.0},
        category="complaint",
        priority="urgent",
        customerId=customer,
        conversationId=conversation,
        assignedTo=bruno.agent_id,
    )["ticketId"]
    path = f"/tickets/{ticket}"
    bruno.post(f"{path}/notes", {"content": canary("note")})
    bruno.post(f"{path}/notes", {"content": canary("publicnote"), "isInternal": False})
    bruno.put(f"{path}/escalate", {"reason": canary("reason")})
    bruno.put(path, {"status": "open", "statusReason": canary("history")})
    file = bruno.request(
        "POST",
        f"{path}/attachments",
        data={"file": (io.BytesIO(canary("content").encode()), f"{canary('filename')}.txt")},
    )
    bruno.put(f"{path}/resolve", {"summary": canary("summary")})
    services.tickets.rate_ticket(
        ticket,
        1,
        canary("comment"),
        customer=_customer(customer),
        provenance=Provenance(conversation, ["message"], "model"),
    )
    # The customer's name only on this ticket, as if it had changed since.
    db["tickets"].update_one({"_id": ticket}, {"$set": {"customer.name": canary("customername")}})
    whole = bruno.get(path).text
    for name in set(FIELDS) - {"content"}:
        assert canary(name) in whole, name
    return {
        "ticket": ticket,
        "customer": customer,
        "conversation": conversation,
        "file": file.json["attachmentId"],
    }


def _customer(customer_id: str) -> Any:
    return Actor(ActorType.CUSTOMER, customer_id, "x")


@pytest.fixture
def ana(desk: Desk, planted: dict[str, str]) -> Listener:
    own = desk.ticket(assignedTo=desk.ana.agent_id)["ticketId"]
    assert own != planted["ticket"]
    canaries = [canary(name) for name in FIELDS] + [planted["ticket"], planted["file"]]
    return Listener(desk.ana, canaries)


def test_no_route_shows_another_agents_ticket(
    desk: Desk, ana: Listener, planted: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _read_everything(ana, desk, planted)
    _search_for_everything(ana, planted)
    _filter_by_everything(ana, desk, planted)
    _write_to_everything(ana, desk, planted)
    assert ana.heard == []
    assert desk.bruno.get(f"/tickets/{planted['ticket']}").json["version"] == 8
    with capsys.disabled():
        print(f"\n{ana.compared} comparisons with canaries, none heard")  # noqa: T201 - a figure


def _read_everything(ana: Listener, desk: Desk, planted: dict[str, str]) -> None:
    """Every GET route of the application, with the ids of what belongs to the ticket."""
    ids = {
        "ticket_id": planted["ticket"],
        "customer_id": planted["customer"],
        "conversation_id": planted["conversation"],
        "attachment_id": planted["file"],
        "agent_id": "x",
    }
    asked = 0
    for rule in desk.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or not rule.rule.startswith("/api/v2/"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: ids[match[1]], rule.rule)
        answer = ana.ask("GET", path.removeprefix("/api/v2"))
        if "ticket_id" in rule.arguments:
            assert answer.status_code == 404
        asked += 1
    assert asked >= 15


def _search_for_everything(ana: Listener, planted: dict[str, str]) -> None:
    number = planted["ticket"].rsplit("-", 1)[1]
    texts = [canary(name) for name in FIELDS] + [planted["ticket"], number, number[-3:]]
    for text in texts:
        for path in (
            "/tickets",
            "/tickets/export.csv",
            f"/customers/{planted['customer']}/tickets",
            f"/conversations/{planted['conversation']}/tickets",
        ):
            found = ana.ask("GET", path, query_string={"search": text})
            if path.endswith("tickets"):
                assert planted["ticket"] not in [t["ticketId"] for t in found.json["data"]]
                assert found.json["pagination"]["total"] == len(found.json["data"])
        ana.ask("GET", "/customers", query_string={"search": text})


def _filter_by_everything(ana: Listener, desk: Desk, planted: dict[str, str]) -> None:
    filters = [
        {"status": "resolved"},
        {"priority": "urgent"},
        {"category": "complaint"},
        {"assignedTo": desk.bruno.agent_id},
        {"customerId": planted["customer"]},
        {"conversationId": planted["conversation"]},
        {"escalated": "true"},
        {"tag": canary("tag")},
        {"sla": "met"},
        {"sla": "met,missed,breached"},
        {"search": "677889900"},
    ]
    for query in filters:
        for sort in SORTS:
            found = ana.ask("GET", "/tickets", query_string={**query, "sort": sort})
            assert found.json["data"] == []
            assert found.json["pagination"]["total"] == 0
        counts = ana.ask("GET", "/tickets/counts", query_string=query).json
        assert not any(counts["byStatus"].values())
        ana.ask("GET", "/tickets/export.csv", query_string=query)
    for sort in SORTS:
        ana.ask("GET", "/tickets", query_string={"sort": sort, "limit": 100})
    stats = ana.ask("GET", "/tickets/stats").json
    assert (stats["total"], stats["escalated"], stats["byPriority"]["urgent"]) == (1, 0, 0)
    customer = ana.ask("GET", f"/customers/{planted['customer']}").json
    assert customer["statistics"] == {"totalTickets": 0, "openTickets": 0}


def _write_to_everything(ana: Listener, desk: Desk, planted: dict[str, str]) -> None:
    ticket = planted["ticket"]
    path = f"/tickets/{ticket}"
    own = ana.person.get("/tickets").json["data"][0]["ticketId"]
    writes: list[tuple[str, str, Any]] = [
        ("PUT", path, {"subject": "x"}),
        ("PUT", path, {"status": "reopened"}),
        ("PUT", path, {"status": "new"}),
        ("PUT", path, {"relatedTickets": [own]}),
        ("PUT", f"{path}/assign", {"agentId": ana.person.agent_id}),
        ("PUT", f"{path}/assign", {"agentId": None}),
        ("PUT", f"{path}/resolve", {"summary": "x"}),
        ("PUT", f"{path}/escalate", {"reason": "x"}),
        ("DELETE", f"{path}/escalate", None),
        ("POST", f"{path}/notes", {"content": "x"}),
        ("POST", f"{path}/notes", {"content": "x", "isInternal": False}),
    ]
    for method, where, body in writes:
        for headers in ({}, {"If-Match": '"1"'}, {"If-Match": '"8"'}):
            answer = ana.ask(method, where, json=body, headers=headers)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    file = {"file": (io.BytesIO(b"x"), "x")}
    assert ana.ask("POST", f"{path}/attachments", data=file).status_code == 404
    for change in ({"priority": "low"}, {"status": "new"}, {"assignedTo": ana.person.agent_id}):
        body = {"ticketIds": [ticket], "change": change}
        [result] = ana.ask("POST", "/tickets/bulk", json=body, may_echo=ticket).json["results"]
        assert result["error"]["code"] == "not_found"
    # A relation is refused without telling whether the ticket is there.
    body = {"relatedTickets": [ticket]}
    answer = ana.ask("PUT", f"/tickets/{own}", json=body, may_echo=ticket)
    assert answer.status_code == 422
    # Another agent's Idempotency-Key does not lead to their ticket.
    made = desk.bruno.post("/tickets", desk.ticket_body(), Idempotency_Key="same").json
    mine = ana.ask(
        "POST", "/tickets", json=desk.ticket_body(), headers={"Idempotency-Key": "same"}
    ).json
    assert mine["ticketId"] != made["ticketId"]


def test_an_idempotency_key_does_not_show_a_reassigned_ticket(desk: Desk) -> None:
    body = desk.ticket_body()
    made = desk.ana.post("/tickets", body, Idempotency_Key="mine").json
    path = f"/tickets/{made['ticketId']}"
    desk.supervisor.put(f"{path}/assign", {"agentId": desk.bruno.agent_id})
    desk.bruno.post(f"{path}/notes", {"content": canary("note")})
    answer = desk.ana.post("/tickets", body, Idempotency_Key="mine")
    assert canary("note") not in answer.text
    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    assert desk.supervisor.get("/tickets").json["pagination"]["total"] == 1


def test_an_agent_who_reassigns_a_ticket_gets_no_new_data(desk: Desk) -> None:
    path = f"/tickets/{desk.ticket()['ticketId']}"
    assert desk.ana.put(f"{path}/assign", {"agentId": desk.bruno.agent_id}).status_code == 200
    desk.bruno.post(f"{path}/notes", {"content": canary("note")})
    stale = desk.ana.put(path, {"subject": "x"}, If_Match='"2"')
    assert (stale.status_code, "current" in stale.json) == (404, False)


def test_customers_are_not_told_about_a_ticket(desk: Desk, planted: dict[str, str]) -> None:
    canaries = [canary(name) for name in FIELDS] + [desk.bruno.agent_id, desk.bruno.email]
    session = desk.nobody.post(
        "/channels/web/messages", {"phone": "+34677889900", "text": "mis tickets"}
    ).json
    visitor = Listener(Person(desk.app, session["visitorToken"]), canaries)
    desk.bruno.post(f"/conversations/{session['conversationId']}/messages", {"text": "Aquí estoy"})
    answer = visitor.ask("GET", "/channels/web/messages", query_string={"limit": 100})
    assert "Aquí estoy" in answer.text
    visitor.ask("POST", "/channels/web/messages", json={"text": planted["ticket"]})
    for path in ("/tickets", f"/tickets/{planted['ticket']}", "/conversations", "/customers"):
        assert visitor.ask("GET", path).status_code == 401
    # The subject is the customer's own, and how it was solved is for them: these may be told.
    told = (canary("subject"), canary("summary"))
    assert [heard for heard in visitor.heard if not heard.endswith(told)] == []
    assert visitor.compared > 90
