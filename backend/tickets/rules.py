"""What may happen to a ticket and what follows from it: tables and pure decisions.

A decision takes the stored ticket and returns a `Change`. It reads nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict, cast

from backend.common.actor import Actor, ActorType
from backend.common.documents import new_id
from backend.common.errors import Conflict, InvalidTransition, ValidationFailed
from backend.customers.models import CustomerSnapshot
from backend.tickets import sla
from backend.tickets.models import (
    DEFAULTS,
    MAX_ATTACHMENTS,
    MAX_NOTES,
    MAX_TAGS,
    Assignee,
    Attachment,
    Category,
    Escalation,
    GivenLocation,
    Location,
    Note,
    PlainFields,
    Priority,
    ProvenanceEntry,
    Sla,
    Source,
    Status,
    StatusChange,
    TicketDocument,
    TicketFields,
    TicketInput,
    ticket_id,
    ticket_number,
)

ALLOWED_TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    Status.NEW: (Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED),
    Status.OPEN: (
        Status.IN_PROGRESS,
        Status.PENDING_CUSTOMER,
        Status.WAITING_INTERNAL,
        Status.RESOLVED,
        Status.CLOSED,
    ),
    Status.IN_PROGRESS: (Status.PENDING_CUSTOMER, Status.WAITING_INTERNAL, Status.RESOLVED),
    Status.PENDING_CUSTOMER: (Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED),
    Status.WAITING_INTERNAL: (Status.IN_PROGRESS, Status.RESOLVED),
    Status.RESOLVED: (Status.CLOSED, Status.REOPENED),
    Status.CLOSED: (Status.REOPENED,),
    Status.REOPENED: (
        Status.IN_PROGRESS,
        Status.PENDING_CUSTOMER,
        Status.WAITING_INTERNAL,
        Status.RESOLVED,
    ),
}

# Categories that agents must refine with a subcategory.
SUBCATEGORY_REQUIRED = frozenset({Category.TECHNICAL_SUPPORT, Category.BILLING})


class Appended(TypedDict, total=False):
    """An entry for a list of the ticket."""

    notes: Note
    attachments: Attachment
    statusHistory: StatusChange
    provenance: ProvenanceEntry


@dataclass(slots=True)
class Change:
    """What to write: fields to set, entries to append, and changes of other tickets with it."""

    fields: TicketFields = field(default_factory=TicketFields)
    push: Appended = field(default_factory=Appended)
    others: dict[str, Decision] = field(default_factory=dict)  # by ticket id


Decision = Callable[[TicketDocument, datetime], Change]


# --- predicates -----------------------------------------------------------------------------


def needs_subcategory(category: Category, subcategory: str | None) -> bool:
    return category in SUBCATEGORY_REQUIRED and not subcategory


def is_allowed(current: Status, to: Status) -> bool:
    return to in ALLOWED_TRANSITIONS[current]


def is_first_response(actor: Actor, *, is_internal: bool) -> bool:
    """An agent's first note that the customer can see answers the ticket."""
    return not is_internal and actor.type is ActorType.AGENT


# --- a new ticket ---------------------------------------------------------------------------


def new_ticket(
    given: TicketInput,
    number: tuple[int, int],
    customer: CustomerSnapshot,
    *,
    source: Source,
    actor: Actor,
    now: datetime,
) -> TicketDocument:
    """Return a new ticket, not yet assigned. `number` is its year and sequence."""
    priority = given.get("priority") or Priority.MEDIUM
    start: TicketFields = {**DEFAULTS, **_plain(given)}
    return {
        **start,  # type: ignore[typeddict-item]  # has none of the fields that are not required
        "_id": ticket_id(*number),
        "number": ticket_number(*number),
        "version": 1,
        "category": given["category"].value,
        "priority": priority.value,
        "status": Status.NEW.value,
        "customer": customer,
        "conversationId": given.get("conversationId") or None,
        "tags": unique(given.get("tags") or []),
        "location": location_of(given.get("location")),
        "source": source.value,
        "sla": sla.start(priority, now),
        "relatedTickets": [],
        "attachments": [],
        "notes": [],
        "statusHistory": [_status_change(None, Status.NEW, actor, now, None)],
        "createdAt": now,
        "updatedAt": now,
    }


# --- changes of fields ----------------------------------------------------------------------


def set_fields(ticket: TicketDocument, given: TicketInput, change: Change) -> None:
    """Set the fields that need no look-up. Raises ValidationFailed."""
    change.fields.update(_plain(given))
    if "category" in given:
        change.fields["category"] = given["category"].value
    if given.keys() & {"tags", "addTags", "removeTags"}:
        change.fields["tags"] = _tags(ticket, given)
    if "location" in given:
        change.fields["location"] = location_of(given["location"])
    if priority := given.get("priority"):
        change.fields["priority"] = priority.value
        change.fields["sla"] = sla.set_priority(ticket["sla"], priority, ticket["createdAt"])
    if change.fields.keys() & {"category", "subcategory"}:
        category = Category(change.fields.get("category", ticket["category"]))
        if needs_subcategory(category, change.fields.get("subcategory", ticket["subcategory"])):
            raise ValidationFailed({"subcategory": ["Is required for this category."]})


def _plain(given: TicketInput) -> TicketFields:
    names = PlainFields.__annotations__
    return cast(TicketFields, {name: value for name, value in given.items() if name in names})


def _tags(ticket: TicketDocument, given: TicketInput) -> list[str]:
    """Removes before it adds. Raises ValidationFailed when the ticket would have too many."""
    removed = given.get("removeTags", [])
    before = given["tags"] if "tags" in given else ticket["tags"]
    kept = [tag for tag in before if tag not in removed]
    tags = unique(kept + given.get("addTags", []))
    if len(tags) > MAX_TAGS:
        raise ValidationFailed({"tags": [f"A ticket can have at most {MAX_TAGS} tags."]})
    return tags


# --- notes and attachments ------------------------------------------------------------------


def add_note(
    ticket: TicketDocument, content: str, actor: Actor, now: datetime, *, is_internal: bool
) -> Change:
    """Raises Conflict when the ticket has as many notes as it can hold."""
    if len(ticket["notes"]) >= MAX_NOTES:
        raise Conflict(f"The ticket has {MAX_NOTES} notes, the maximum.")
    note: Note = {
        "noteId": new_id(),
        "content": content,
        "isInternal": is_internal,
        "author": actor.as_author(),
        "createdAt": now,
    }
    change = Change(push={"notes": note})
    if is_first_response(actor, is_internal=is_internal):
        respond(ticket, change, now)
    return change


def respond(ticket: TicketDocument, change: Change, now: datetime) -> None:
    """Record the first response at this time, unless there was one."""
    change.fields["sla"] = sla.first_response(
        ticket["sla"], Priority(ticket["priority"]), ticket["createdAt"], now
    )


def attach(ticket: TicketDocument, attachment: Attachment) -> Change:
    """Raises Conflict when the ticket has as many attachments as it can hold."""
    if len(ticket["attachments"]) >= MAX_ATTACHMENTS:
        raise Conflict(f"The ticket has {MAX_ATTACHMENTS} attachments, the maximum.")
    return Change(push={"attachments": attachment})


def escalate(reason: str, assignee: Assignee | None, actor: Actor, now: datetime) -> Change:
    """Escalate, and assign to an agent when one is given."""
    escalation: Escalation = {
        "reason": reason,
        "toAgentId": assignee["agentId"] if assignee else None,
        "escalatedBy": actor.as_author(),
        "escalatedAt": now,
    }
    change = Change(fields={"escalated": True, "escalation": escalation})
    if assignee:
        change.fields["assignedTo"] = assignee
    return change


# --- status ---------------------------------------------------------------------------------


def set_status(
    ticket: TicketDocument,
    change: Change,
    to: Status,
    actor: Actor,
    now: datetime,
    reason: str | None,
) -> None:
    """Change the status, and with it the SLA clock, history, resolution and closing time.

    Raises InvalidTransition.
    """
    current = Status(ticket["status"])
    if not is_allowed(current, to):
        allowed = ALLOWED_TRANSITIONS[current]
        raise InvalidTransition(
            f"A ticket that is {current.value} can only become {', '.join(allowed)}.",
            legal=[status.value for status in allowed],
        )
    change.fields["status"] = to.value
    change.push["statusHistory"] = _status_change(current, to, actor, now, reason)
    change.fields["sla"] = _clock_after(ticket, change, to, now)
    if to is Status.REOPENED:
        change.fields["resolution"] = None
        change.fields["closedAt"] = None
    if to is Status.RESOLVED:
        change.fields["resolution"] = {
            "summary": reason or "",
            "resolvedBy": actor.as_author(),
            "resolvedAt": now,
        }
    if to is Status.CLOSED:
        change.fields["closedAt"] = now


def resume(ticket: TicketDocument, change: Change, customer: Actor, now: datetime) -> None:
    """Continue a ticket that was waiting for the customer."""
    if ticket["status"] == Status.PENDING_CUSTOMER.value:
        set_status(ticket, change, Status.IN_PROGRESS, customer, now, None)


def _clock_after(ticket: TicketDocument, change: Change, to: Status, now: datetime) -> Sla:
    """Pause, stop or restart the clock; the change may have set the priority before."""
    priority = Priority(change.fields.get("priority", ticket["priority"]))
    created_at = ticket["createdAt"]
    clock = change.fields.get("sla", ticket["sla"])
    clock = sla.unpause(clock, priority, created_at, now)
    if to is Status.PENDING_CUSTOMER:
        return sla.pause(clock, priority, created_at, now)
    if not to.is_open:
        return sla.stop(clock, priority, created_at, now)
    if to is Status.REOPENED:
        return sla.restart(clock, priority, created_at)
    return clock


def _status_change(
    current: Status | None, to: Status, actor: Actor, now: datetime, reason: str | None
) -> StatusChange:
    return {
        "from": current and current.value,
        "to": to.value,
        "changedBy": actor.as_author(),
        "changedAt": now,
        "reason": reason,
    }


def location_of(given: GivenLocation | None) -> Location | None:
    if given is None:
        return None
    return {
        "address": given.get("address"),
        "latitude": given.get("latitude"),
        "longitude": given.get("longitude"),
    }


def unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))
