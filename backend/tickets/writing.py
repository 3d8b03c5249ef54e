"""The one way to change a ticket: decide on what is stored, write one version and its event."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.common.errors import Conflict, NotFound, VersionConflict
from backend.platform.transactions import (
    Transaction,
    Transactions,
    WriteCollision,
    pause_after,
)
from backend.tickets.changes import Decision
from backend.tickets.events import TicketChanged
from backend.tickets.repository import TicketRepository
from backend.tickets.views import ticket_detail
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
    ) -> Document:
        """Decide on the stored ticket, and write it unless somebody else did meanwhile.

        Without `version` a lost race is decided again on what is there now; with it the caller gets
        VersionConflict. What changes nothing is not written and publishes no event. `visible`
        stands in for what the actor may see.
        """
        visible = visible_to(actor) if visible is None else visible
        for attempt in range(MAX_ATTEMPTS):
            before = self._tickets.find(ticket_id, visible)
            if before is None:
                raise NotFound("There is no such ticket.")
            now = self._now()
            if version is not None and before["version"] != version:
                raise VersionConflict(ticket_detail(before, now))
            change = decide(before, now)
            changed = {
                name: value for name, value in change.fields.items() if before[name] != value
            }
            if not changed and not change.push:
                return before
            event = partial(TicketChanged, before, actor=actor, at=now, note=change.note)
            commit = partial(self._commit, before, changed, change.push, now, visible, event)
            with suppress(WriteCollision):
                after = self._transactions.run_once(commit)
                if after is not None:
                    return after
            pause_after(attempt)
        raise Conflict("Too many people are changing this ticket at once; try again.")

    def _commit(
        self,
        before: Document,
        changed: Document,
        push: Document,
        now: datetime,
        visible: Document,
        event: Callable[[Document], TicketChanged],
        tx: Transaction,
    ) -> Document | None:
        after = self._tickets.write(before, changed, push, now, visible, tx.session)
        if after is not None:
            tx.publish(event(after))
        return after
