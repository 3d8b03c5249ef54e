"""The one way to change a ticket: decide on what is stored, write one version, emit afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from random import random

from backend.agents.repository import AgentRepository
from backend.common.actor import Actor
from backend.common.documents import Document
from backend.common.errors import Conflict, NotFound, VersionConflict
from backend.realtime.events import Events
from backend.tickets.changes import Decision
from backend.tickets.repository import TicketRepository
from backend.tickets.views import note_view, ticket_detail, ticket_row
from backend.tickets.visibility import visible_to

MAX_ATTEMPTS = 20  # at one write when others keep writing the same ticket first
SPREAD = 0.005  # seconds, once more at each attempt, over which those wait who lost together


class TicketWriter:
    def __init__(
        self,
        tickets: TicketRepository,
        agents: AgentRepository,
        events: Events,
        now: Callable[[], datetime],
    ) -> None:
        self._tickets = tickets
        self._agents = agents
        self._events = events
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
        """Decide on the stored ticket, write it if nobody else did meanwhile, then emit.

        Without `version` a lost race is decided again on what is there now; with it the caller gets
        VersionConflict. What changes nothing is neither written nor announced. `visible` stands in
        for what the actor may see.
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
            after = self._tickets.write(before, changed, change.push, now, visible)
            if after is not None:
                self._announce(before, after, change.note, actor, now)
                return after
            time.sleep(random() * attempt * SPREAD)  # noqa: S311 - no secret
        raise Conflict("Too many people are changing this ticket at once; try again.")

    def _announce(
        self,
        before: Document,
        after: Document,
        note: Document | None,
        actor: Actor,
        now: datetime,
    ) -> None:
        self._events.ticket_changed(
            ticket_row(before, now),
            ticket_row(after, now),
            actor,
            now,
            description=(before["description"], after["description"]),
            note=note and note_view(note),
            colleagues=self._agents.ids_of_role_agent,
        )
