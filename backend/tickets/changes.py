"""What a change of a ticket means: pure decisions on the stored document, no reads, no writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.common.actor import Actor
from backend.common.documents import Document, new_id
from backend.common.errors import Conflict, InvalidTransition, ValidationFailed
from backend.tickets import sla
from backend.tickets.models import (
    LEGAL_MOVES,
    MAX_NOTES,
    MAX_TAGS,
    SUBCATEGORY_REQUIRED,
    Category,
    Priority,
    Status,
)


@dataclass(slots=True)
class Change:
    """What a decision wants written: fields to set, entries to append, and a note to announce."""

    fields: Document = field(default_factory=dict)
    push: Document = field(default_factory=dict)
    note: Document | None = None


Decision = Callable[[Document, datetime], Change]


def plain_fields(ticket: Document, fields: Document) -> Document:
    """Fields without rules of their own, and the one rule that two of them share."""
    plain: Document = {
        name: fields[name] for name in ("subject", "description", "subcategory") if name in fields
    }
    if "category" in fields:
        plain["category"] = fields["category"].value
    if fields.keys() & {"tags", "addTags", "removeTags"}:
        plain["tags"] = _tags(ticket, fields)
    if "location" in fields:
        plain["location"] = location_of(fields["location"])
    if "category" in plain or "subcategory" in plain:
        category = Category((ticket | plain)["category"])
        subcategory = (ticket | plain)["subcategory"]
        if category in SUBCATEGORY_REQUIRED and not subcategory:
            raise ValidationFailed({"subcategory": ["Is required for this category."]})
    return plain


def _tags(ticket: Document, fields: Document) -> list[str]:
    """What is removed goes before what is added comes. Raises ValidationFailed past the limit."""
    removed = fields.get("removeTags", [])
    before = fields["tags"] if "tags" in fields else ticket["tags"]
    kept = [tag for tag in before if tag not in removed]
    tags = unique(kept + fields.get("addTags", []))
    if len(tags) > MAX_TAGS:
        raise ValidationFailed({"tags": [f"A ticket can have {MAX_TAGS} at most."]})
    return tags


def with_note(
    ticket: Document, content: str, actor: Actor, now: datetime, *, is_internal: bool
) -> Change:
    """Raises Conflict when the ticket has as many notes as it can hold."""
    if len(ticket["notes"]) >= MAX_NOTES:
        raise Conflict(f"The ticket has {MAX_NOTES} notes, the most it can hold.")
    note = {
        "noteId": new_id(),
        "content": content,
        "isInternal": is_internal,
        "author": actor.as_author(),
        "createdAt": now,
    }
    return Change(push={"notes": note}, note=note)


def move(
    ticket: Document,
    change: Change,
    to: Status,
    actor: Actor,
    now: datetime,
    reason: str | None,
) -> None:
    """Everything that a change of status brings with it. Raises InvalidTransition."""
    current = Status(ticket["status"])
    legal = LEGAL_MOVES[current]
    if to not in legal:
        raise InvalidTransition(
            f"A ticket that is {current.value} can only become {', '.join(legal)}.",
            legal=[status.value for status in legal],
        )
    change.fields["status"] = to.value
    change.push["statusHistory"] = history_entry(current, to, actor, now, reason)
    clock: dict[str, Any] = {
        "priority": Priority((ticket | change.fields)["priority"]),
        "created_at": ticket["createdAt"],
    }
    times: Document = (ticket | change.fields)["sla"]
    times = sla.unpause(times, now=now, **clock)
    if to is Status.PENDING_CUSTOMER:
        times = sla.pause(times, now=now, **clock)
    elif not to.is_open:
        times = sla.stop(times, now=now, **clock)
    elif to is Status.REOPENED:
        times = sla.restart(times, **clock)
        change.fields |= {"resolution": None, "closedAt": None}
    if to is Status.RESOLVED:
        change.fields["resolution"] = {
            "summary": reason or "",
            "resolvedBy": actor.as_author(),
            "resolvedAt": now,
        }
    if to is Status.CLOSED:
        change.fields["closedAt"] = now
    change.fields["sla"] = times


def respond(ticket: Document, change: Change, now: datetime) -> None:
    change.fields["sla"] = sla.first_response(
        ticket["sla"], Priority(ticket["priority"]), ticket["createdAt"], now
    )


def history_entry(
    current: Status | None, to: Status, actor: Actor, now: datetime, reason: str | None
) -> Document:
    return {
        "from": current and current.value,
        "to": to.value,
        "changedBy": actor.as_author(),
        "changedAt": now,
        "reason": reason,
    }


def location_of(given: Document | None) -> Document | None:
    return given and {name: given.get(name) for name in ("address", "latitude", "longitude")}


def unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))
