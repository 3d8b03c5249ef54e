"""Pure decisions about tickets: no database, no requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired, get_origin, get_type_hints

import pytest

from backend.common.actor import ASSISTANT, Actor, ActorType, Role
from backend.common.errors import Conflict, InvalidTransition, ValidationFailed
from backend.customers.models import CustomerSnapshot
from backend.tickets import models, rules
from backend.tickets.models import (
    MAX_ATTACHMENTS,
    MAX_NOTES,
    Attachment,
    Category,
    Priority,
    Source,
    Status,
    TicketDocument,
    TicketInput,
    ticket_of,
)
from backend.tickets.rules import ALLOWED_TRANSITIONS, Change

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ANA = Actor(ActorType.AGENT, "a1", "Ana", Role.AGENT)
MARIA = Actor(ActorType.CUSTOMER, "c1", "María")


def a_ticket(**changes: Any) -> TicketDocument:
    given: TicketInput = {
        "subject": "No heating",
        "description": "Since Monday",
        "category": Category.OTHER,
    }
    customer: CustomerSnapshot = {"customerId": "c1", "name": "María", "phone": None}
    ticket = rules.new_ticket(given, (2026, 7), customer, source=Source.AGENT, actor=ANA, now=NOON)
    return ticket_of({**ticket, **changes})


def test_a_new_ticket_has_every_field() -> None:
    hints = get_type_hints(TicketDocument, include_extras=True)
    fields = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    assert a_ticket().keys() == fields
    assert a_ticket()["_id"] == "TICKET-2026-000007"


def test_a_ticket_from_before_a_field_was_added_has_its_default() -> None:
    older = {name: value for name, value in a_ticket().items() if name not in models.DEFAULTS}
    for name, default in models.DEFAULTS.items():
        assert ticket_of(older).get(name, "missing") == default


@pytest.mark.parametrize("current", Status)
@pytest.mark.parametrize("to", Status)
def test_a_status_changes_only_as_the_table_allows(current: Status, to: Status) -> None:
    ticket, change = a_ticket(status=current.value), Change()
    if to not in ALLOWED_TRANSITIONS[current]:
        with pytest.raises(InvalidTransition) as refused:
            rules.set_status(ticket, change, to, ANA, LATER, None)
        allowed = [status.value for status in ALLOWED_TRANSITIONS[current]]
        assert refused.value.extra == {"legal": allowed}
        assert change == Change()
        return
    rules.set_status(ticket, change, to, ANA, LATER, "because")
    assert change.fields["status"] == to.value
    assert change.push["statusHistory"] == {
        "from": current.value,
        "to": to.value,
        "changedBy": ANA.as_author(),
        "changedAt": LATER,
        "reason": "because",
    }
    clock = change.fields["sla"]
    assert clock["pausedAt"] == (LATER if to is Status.PENDING_CUSTOMER else None)
    assert clock["resolvedAt"] == (None if to.is_open else LATER)


def test_resolving_keeps_the_summary_and_reopening_drops_it() -> None:
    change = Change()
    rules.set_status(a_ticket(), change, Status.RESOLVED, ANA, LATER, "New boiler")
    assert change.fields["resolution"] == {
        "summary": "New boiler",
        "resolvedBy": ANA.as_author(),
        "resolvedAt": LATER,
    }
    reopening = Change()
    resolved = a_ticket(**change.fields, closedAt=LATER)
    rules.set_status(resolved, reopening, Status.REOPENED, ANA, LATER, None)
    assert (reopening.fields["resolution"], reopening.fields["closedAt"]) == (None, None)


def test_a_new_priority_and_a_new_status_agree_on_the_clock() -> None:
    change = Change()
    rules.set_fields(a_ticket(), {"priority": Priority.URGENT}, change)
    rules.set_status(a_ticket(), change, Status.RESOLVED, ANA, NOON + timedelta(hours=5), None)
    assert change.fields["sla"]["clock"] == "missed"  # four hours are allowed


@pytest.mark.parametrize("category", [Category.BILLING, Category.TECHNICAL_SUPPORT])
def test_some_categories_need_a_subcategory(category: Category) -> None:
    with pytest.raises(ValidationFailed):
        rules.set_fields(a_ticket(), {"category": category}, Change())
    refined = a_ticket(category=category.value, subcategory="invoice")
    with pytest.raises(ValidationFailed):
        rules.set_fields(refined, {"subcategory": None}, Change())
    rules.set_fields(a_ticket(), {"category": category, "subcategory": "invoice"}, Change())


def test_tags_are_removed_before_they_are_added() -> None:
    ticket, change = a_ticket(tags=["a", "b"]), Change()
    rules.set_fields(ticket, {"removeTags": ["a"], "addTags": ["c", "a", "b"]}, change)
    assert change.fields["tags"] == ["b", "c", "a"]
    many = [str(number) for number in range(19)]
    with pytest.raises(ValidationFailed):
        rules.set_fields(ticket, {"addTags": many}, Change())


@pytest.mark.parametrize(
    ("actor", "is_internal", "responds"),
    [(ANA, False, True), (ANA, True, False), (MARIA, False, False), (ASSISTANT, False, False)],
)
def test_an_agents_first_public_note_is_the_first_response(
    actor: Actor, is_internal: bool, responds: bool
) -> None:
    change = rules.add_note(a_ticket(), "Hello", actor, LATER, is_internal=is_internal)
    assert change.push["notes"]["author"] == actor.as_author()
    answered = change.fields["sla"]["firstRespondedAt"] if change.fields else None
    assert answered == (LATER if responds else None)


def test_a_ticket_has_a_limit_of_notes_and_attachments() -> None:
    file: Attachment = {
        "attachmentId": "f1",
        "filename": "photo.png",
        "contentType": "image/png",
        "size": 1,
        "uploadedAt": LATER,
    }
    full = a_ticket(notes=[None] * MAX_NOTES, attachments=[file] * MAX_ATTACHMENTS)
    with pytest.raises(Conflict):
        rules.add_note(full, "One more", ANA, LATER, is_internal=True)
    with pytest.raises(Conflict):
        rules.attach(full, file)


def test_only_a_waiting_ticket_is_resumed() -> None:
    for status in Status:
        change = Change()
        rules.resume(a_ticket(status=status.value), change, MARIA, LATER)
        expected = "in_progress" if status is Status.PENDING_CUSTOMER else None
        assert change.fields.get("status") == expected


def test_an_escalation_may_assign() -> None:
    assert "assignedTo" not in rules.escalate("Help", None, ANA, LATER).fields
    change = rules.escalate("Help", {"agentId": "b1", "name": "Bruno"}, ANA, LATER)
    assert change.fields["assignedTo"] == {"agentId": "b1", "name": "Bruno"}
    assert change.fields["escalation"] == {
        "reason": "Help",
        "toAgentId": "b1",
        "escalatedBy": ANA.as_author(),
        "escalatedAt": LATER,
    }
