"""Every event: its name, when it fires, who hears it. Emitted by services after the write only.

A failing emit is logged and forgotten: the write has happened, and clients that missed an event
fetch again when they reconnect.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum

from flask_socketio import SocketIO
from pymongo.errors import PyMongoError

from backend.common.actor import Actor
from backend.common.documents import Document, iso
from backend.platform.metrics import EVENTS
from backend.tickets.models import Status
from backend.tickets.visibility import SUPERVISORS, UNASSIGNED, agent_room, rooms_of

log = logging.getLogger(__name__)

EVERYONE = [SUPERVISORS, UNASSIGNED]  # each agent who is connected is in one of these


class Event(StrEnum):
    TICKET_CREATED = "ticket_created"
    TICKET_UPDATED = "ticket_updated"  # fields other than those below
    TICKET_ASSIGNED = "ticket_assigned"
    TICKET_STATUS_CHANGED = "ticket_status_changed"
    TICKET_RESOLVED = "ticket_resolved"  # beside ticket_status_changed
    TICKET_NOTE_ADDED = "ticket_note_added"
    TICKET_ESCALATED = "ticket_escalated"  # raised or lowered
    MESSAGE_CREATED = "message_created"
    MESSAGE_UPDATED = "message_updated"  # how far it came on its way to the customer
    CONVERSATION_UPDATED = "conversation_updated"
    ASSISTANT_TYPING = "assistant_typing"
    CONVERSATION_TYPING = "conversation_typing"  # people; a word of it lasts a few seconds
    TICKET_VIEWERS = "ticket_viewers"  # to those who look at the ticket


# What says by itself when a ticket was written; not a change worth telling.
_BOOKKEEPING = {"version", "updatedAt"}
# Parts of another change, told with it.
_SPECIAL = {"status", "assignedTo", "escalated", "escalation", "resolution", "closedAt", "sla"}


def conversation_room(conversation_id: str) -> str:
    """Where a web visitor hears about the own conversation."""
    return f"conversation:{conversation_id}"


def conversations_among(rooms: Iterable[str]) -> list[str]:
    """The conversations whose rooms are among these: a visitor is in one, an agent in none."""
    prefix = conversation_room("")
    return [room.removeprefix(prefix) for room in rooms if room.startswith(prefix)]


class Events:
    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio

    def ticket_created(self, ticket: Document, actor: Actor, at: datetime) -> None:
        payload = _envelope(ticket, {}, actor, at)
        self._emit(Event.TICKET_CREATED, payload, rooms_of(ticket))

    def ticket_changed(
        self,
        before: Document,
        after: Document,
        actor: Actor,
        at: datetime,
        *,
        description: tuple[str, str],
        note: Document | None,
        colleagues: Callable[[], list[str]],
    ) -> None:
        """Every name that is true of one write. `before` and `after` are list rows."""
        changes = {
            name: {"from": before[name], "to": after[name]}
            for name in after
            if name not in _BOOKKEEPING and before[name] != after[name]
        }
        if description[0] != description[1]:
            changes["description"] = {"from": description[0], "to": description[1]}
        payload = _envelope(after, changes, actor, at)
        rooms = rooms_of(after)
        names = _names(changes, after)
        if not names and note is None:  # the SLA clock alone
            names = [Event.TICKET_UPDATED]
        for name in names:
            self._emit(name, payload, rooms)
        if note is not None:
            self._emit(Event.TICKET_NOTE_ADDED, payload | {"note": note}, rooms)
        if "assignedTo" in changes:
            self._tell_who_lost_sight(before, after, colleagues)

    def message_created(
        self, conversation: Document, message: Document, at: datetime, for_visitor: Document | None
    ) -> None:
        """`for_visitor` is the customer's own view of the message."""
        payload = {
            "conversationId": conversation["conversationId"],
            "message": message,
            "conversation": conversation,
            "at": iso(at),
        }
        self._emit(Event.MESSAGE_CREATED, payload, EVERYONE)
        if for_visitor is not None:
            room = conversation_room(conversation["conversationId"])
            self._emit(Event.MESSAGE_CREATED, {"message": for_visitor}, [room])

    def message_updated(self, message: Document) -> None:
        payload = {"conversationId": message["conversationId"], "message": message}
        self._emit(Event.MESSAGE_UPDATED, payload, EVERYONE)

    def conversation_updated(self, conversation: Document, at: datetime) -> None:
        payload = {
            "conversationId": conversation["conversationId"],
            "conversation": conversation,
            "at": iso(at),
        }
        self._emit(Event.CONVERSATION_UPDATED, payload, EVERYONE)

    def assistant_typing(self, conversation_id: str, typing: bool) -> None:
        payload = {"conversationId": conversation_id, "typing": typing}
        self._emit(Event.ASSISTANT_TYPING, payload, EVERYONE)
        room = conversation_room(conversation_id)
        self._emit(Event.ASSISTANT_TYPING, {"typing": typing}, [room])

    def agent_typing(self, conversation_id: str, agent: Document) -> None:
        """Colleagues hear who it is, the customer only that somebody is there."""
        payload = {"conversationId": conversation_id, "agent": agent}
        self._emit(Event.CONVERSATION_TYPING, payload, EVERYONE)
        self._emit(Event.CONVERSATION_TYPING, {}, [conversation_room(conversation_id)])

    def customer_typing(self, conversation_id: str) -> None:
        payload = {"conversationId": conversation_id, "agent": None}
        self._emit(Event.CONVERSATION_TYPING, payload, EVERYONE)

    def ticket_viewers(self, ticket_id: str, viewers: list[Document], rooms: list[str]) -> None:
        if rooms:
            payload = {"ticketId": ticket_id, "viewers": viewers}
            self._emit(Event.TICKET_VIEWERS, payload, rooms)

    def _tell_who_lost_sight(
        self, before: Document, after: Document, colleagues: Callable[[], list[str]]
    ) -> None:
        """The bare fact that it is somebody else's now, and nothing of the ticket itself."""
        holder = after["assignedTo"]
        if holder is None:
            return  # unassigned tickets are in everybody's sight
        try:
            agents = set(colleagues()) - {holder["agentId"]}
        except PyMongoError as error:  # as a failing emit: the write has happened
            log.warning("who lost sight of a ticket: %s", type(error).__name__)
            return
        if before["assignedTo"] is not None:
            agents &= {before["assignedTo"]["agentId"]}
        if agents:
            payload = {
                "ticketId": after["ticketId"],
                "version": after["version"],
                "assignedTo": holder,
            }
            rooms = [agent_room(agent) for agent in sorted(agents)]
            self._emit(Event.TICKET_ASSIGNED, payload, rooms)

    def _emit(self, name: Event, payload: Document, rooms: list[str]) -> None:
        try:
            self._socketio.emit(name.value, payload, to=rooms)
            EVENTS.labels(name.value).inc()
        except Exception:
            log.exception("event %s was not sent", name)


def _envelope(ticket: Document, changes: Document, actor: Actor, at: datetime) -> Document:
    return {
        "ticketId": ticket["ticketId"],
        "version": ticket["version"],
        "ticket": ticket,
        "changes": changes,
        "actor": actor.as_author(),
        "at": iso(at),
    }


def _names(changes: Document, after: Document) -> list[Event]:
    names: list[Event] = []
    if changes.keys() - _SPECIAL:
        names.append(Event.TICKET_UPDATED)
    if "assignedTo" in changes:
        names.append(Event.TICKET_ASSIGNED)
    if "escalated" in changes or "escalation" in changes:
        names.append(Event.TICKET_ESCALATED)
    if "status" in changes:
        names.append(Event.TICKET_STATUS_CHANGED)
        if after["status"] == Status.RESOLVED.value:
            names.append(Event.TICKET_RESOLVED)
    return names
