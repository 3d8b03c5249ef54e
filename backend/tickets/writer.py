"""The one way to change a ticket: decide on what is stored, write one version and its event."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import cast

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.common.errors import Conflict, NotFound, VersionConflict
from backend.platform.transactions import (
    Transaction,
    Transactions,
    WriteCollision,
    pause_after,
)
from backend.tickets.events import TicketChanged
from backend.tickets.models import TicketDocument, TicketFields
from backend.tickets.repository import TicketRepository
from backend.tickets.rules import Change, Decision
from backend.tickets.schemas import ticket_detail
from backend.tickets.visibility import visible_to

MAX_ATTEMPTS = 40  # at one write when others keep writing the same ticket first


class TicketWriter:
    def __init__(
        self,
        tickets: TicketRepository,
        transactions: Transactions,
        now: Callable[[], datetime],
    ) -> None:
        self._tickets = tickets
        self._transactions = transactions
        self._now = now

    def write(
        self,
        ticket_id: str,
        decide: Decision,
        *,
        actor: Actor,
        version: int | None = None,
        visible: Document | None = None,
    ) -> TicketDocument:
        """Decide on the stored ticket and write it, unless somebody else writes it meanwhile.

        Without `version` a lost race is decided again on what is stored then; with it the caller
        gets VersionConflict. A change of nothing is not written and publishes no event. `visible`
        replaces the filter for what the actor may see.
        """
        visible = visible_to(actor) if visible is None else visible
        for attempt in range(MAX_ATTEMPTS):
            before = self._tickets.find(ticket_id, visible)
            if before is None:
                raise NotFound("Ticket not found.")
            now = self._now()
            if version is not None and before["version"] != version:
                raise VersionConflict(ticket_detail(before, now))
            change = decide(before, now)
            if _changes_nothing(before, change):
                return before
            commit = partial(self._commit, before, change, visible, actor, now)
            with suppress(WriteCollision):
                after = self._transactions.run_once(commit)
                if after is not None:
                    return after
            pause_after(attempt)
        raise Conflict("Too many people are changing this ticket. Try again.")

    def _commit(
        self,
        before: TicketDocument,
        change: Change,
        visible: Document,
        actor: Actor,
        now: datetime,
        tx: Transaction,
    ) -> TicketDocument | None:
        """Write the ticket and the others that change with it; None when a race is lost."""
        after = self._write_one(before, change, visible, actor, now, tx)
        if after is None:
            return None
        for other_id, decide in sorted(change.others.items()):
            other = self._tickets.find(other_id, {}, tx.session)
            if other is not None and not _changes_nothing(other, own := decide(other, now)):
                self._write_one(other, own, {}, actor, now, tx)
        return after

    def _write_one(
        self,
        before: TicketDocument,
        change: Change,
        visible: Document,
        actor: Actor,
        now: datetime,
        tx: Transaction,
    ) -> TicketDocument | None:
        fields = _changed(before, change.fields)
        after = self._tickets.write(before, fields, change.push, now, visible, tx.session)
        if after is not None:
            tx.publish(TicketChanged(before, after, actor, now, change.push.get("notes")))
        return after


def _changed(before: TicketDocument, fields: TicketFields) -> TicketFields:
    """Return the fields that have another value than before."""
    changed = {name: value for name, value in fields.items() if before.get(name) != value}
    return cast(TicketFields, changed)


def _changes_nothing(before: TicketDocument, change: Change) -> bool:
    return not change.push and not _changed(before, change.fields)
