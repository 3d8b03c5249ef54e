"""The live events: when each is emitted, and to whom.

Follows the events of the features, after the commit. A failing emit is logged and forgotten: the
write has happened, and clients that missed an event fetch again when they reconnect.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from flask_socketio import SocketIO
from pymongo.errors import PyMongoError

from backend.agents.service import AgentService
from backend.common.documents import Document, iso, utcnow
from backend.conversations.channels import capabilities_of
from backend.conversations.events import (
    AssistantTyping,
    ConversationChanged,
    ConversationsMerged,
    MessageCreated,
    MessageUpdated,
)
from backend.conversations.models import ConversationDocument
from backend.conversations.schemas import conversation_view, message_view, visitor_message
from backend.platform.events import Changes, EventBus
from backend.platform.metrics import EVENTS
from backend.realtime.names import LiveEvent
from backend.tickets.events import TicketChanged, TicketCreated
from backend.tickets.models import Status
from backend.tickets.schemas import note_view, ticket_row
from backend.tickets.visibility import SUPERVISORS, UNASSIGNED, agent_room, rooms_of

log = logging.getLogger(__name__)

EVERYONE = [SUPERVISORS, UNASSIGNED]  # each agent who is connected is in one of these

# Fields that every write changes; they cause no event by themselves.
_BOOKKEEPING = {"version", "updatedAt"}
# Fields with an event of their own, and parts of those.
_SPECIAL = {"status", "assignedTo", "escalated", "escalation", "resolution", "closedAt", "sla"}


def conversation_room(conversation_id: str) -> str:
    """Return the room of a web visitor's own conversation."""
    return f"conversation:{conversation_id}"


def conversations_among(rooms: Iterable[str]) -> list[str]:
    """Return the conversations of these rooms: a visitor is in one, an agent in none."""
    prefix = conversation_room("")
    return [room.removeprefix(prefix) for room in rooms if room.startswith(prefix)]


class LiveEvents:
    def __init__(self, socketio: SocketIO, agents: AgentService) -> None:
        self._socketio = socketio
        self._agents = agents

    def subscribe(self, bus: EventBus) -> None:
        bus.after(TicketCreated, self.ticket_created)
        bus.after(TicketChanged, self.ticket_changed)
        bus.after(MessageCreated, self.message_created)
        bus.after(MessageUpdated, self.message_updated)
        bus.after(ConversationChanged, self.conversation_changed)
        bus.after(ConversationsMerged, self.conversations_merged)
        bus.after(AssistantTyping, self.assistant_typing)

    # --- tickets --------------------------------------------------------------------------

    def ticket_created(self, event: TicketCreated) -> None:
        row = ticket_row(event.ticket, event.at)
        self._emit(LiveEvent.TICKET_CREATED, _envelope(row, {}, event), rooms_of(event.ticket))

    def ticket_changed(self, event: TicketChanged) -> None:
        """Emit each event that the change causes."""
        before, after = ticket_row(event.before, event.at), ticket_row(event.after, event.at)
        changes = {
            name: {"from": before[name], "to": after[name]}
            for name in after
            if name not in _BOOKKEEPING and before[name] != after[name]
        }
        description = event.before["description"], event.after["description"]
        if description[0] != description[1]:
            changes["description"] = {"from": description[0], "to": description[1]}
        payload = _envelope(after, changes, event)
        rooms = rooms_of(event.after)
        names = _names(changes, after)
        if not names and event.note is None:  # the SLA clock alone
            names = [LiveEvent.TICKET_UPDATED]
        for name in names:
            self._emit(name, payload, rooms)
        if event.note is not None:
            note = {"note": note_view(event.note)}
            self._emit(LiveEvent.TICKET_NOTE_ADDED, payload | note, rooms)
        if "assignedTo" in changes:
            self._emit_lost_access(before, after)

    def _emit_lost_access(self, before: Document, after: Document) -> None:
        """Tell agents who lost access to the ticket that it is assigned, and nothing else."""
        assignee = after["assignedTo"]
        if assignee is None:
            return  # every agent sees unassigned tickets
        try:
            agents = set(self._agents.ids_of_role_agent()) - {assignee["agentId"]}
        except PyMongoError as error:  # as a failing emit: the write has happened
            log.warning("agents who lost access to a ticket: %s", type(error).__name__)
            return
        if before["assignedTo"] is not None:
            agents &= {before["assignedTo"]["agentId"]}
        if agents:
            payload = {
                "ticketId": after["ticketId"],
                "version": after["version"],
                "assignedTo": assignee,
            }
            rooms = [agent_room(agent) for agent in sorted(agents)]
            self._emit(LiveEvent.TICKET_ASSIGNED, payload, rooms)

    def ticket_viewers(self, ticket_id: str, viewers: list[Document], rooms: list[str]) -> None:
        if rooms:
            payload = {"ticketId": ticket_id, "viewers": viewers}
            self._emit(LiveEvent.TICKET_VIEWERS, payload, rooms)

    # --- conversations --------------------------------------------------------------------

    def message_created(self, event: MessageCreated) -> None:
        conversation = conversation_view(event.conversation)
        payload = {
            "conversationId": conversation["conversationId"],
            "message": message_view(event.message),
            "conversation": conversation,
            "at": iso(event.at),
        }
        self._emit(LiveEvent.MESSAGE_CREATED, payload, EVERYONE)
        if capabilities_of(event.conversation["channel"]).reads_thread:
            room = conversation_room(conversation["conversationId"])
            shown = {"message": visitor_message(event.message)}
            self._emit(LiveEvent.MESSAGE_CREATED, shown, [room])

    def message_updated(self, event: MessageUpdated) -> None:
        message = message_view(event.message)
        payload = {"conversationId": message["conversationId"], "message": message}
        self._emit(LiveEvent.MESSAGE_UPDATED, payload, EVERYONE)

    def conversation_changed(self, event: ConversationChanged) -> None:
        payload = _conversation_payload(event.after["_id"], event.after)
        self._emit(LiveEvent.CONVERSATION_UPDATED, payload, EVERYONE)

    def conversations_merged(self, event: ConversationsMerged) -> None:
        """The source is deleted; its id leads to the target."""
        payload = _conversation_payload(event.source["_id"], event.target)
        payload["mergedInto"] = event.target["_id"]
        self._emit(LiveEvent.CONVERSATION_UPDATED, payload, EVERYONE)

    # --- typing ---------------------------------------------------------------------------

    def assistant_typing(self, event: AssistantTyping) -> None:
        payload = {"conversationId": event.conversation_id, "typing": event.typing}
        self._emit(LiveEvent.ASSISTANT_TYPING, payload, EVERYONE)
        room = conversation_room(event.conversation_id)
        self._emit(LiveEvent.ASSISTANT_TYPING, {"typing": event.typing}, [room])

    def agent_typing(self, conversation_id: str, agent: Document) -> None:
        """Agents see who is typing, the customer only that somebody is."""
        payload = {"conversationId": conversation_id, "agent": agent}
        self._emit(LiveEvent.CONVERSATION_TYPING, payload, EVERYONE)
        self._emit(LiveEvent.CONVERSATION_TYPING, {}, [conversation_room(conversation_id)])

    def customer_typing(self, conversation_id: str) -> None:
        payload = {"conversationId": conversation_id, "agent": None}
        self._emit(LiveEvent.CONVERSATION_TYPING, payload, EVERYONE)

    def _emit(self, name: LiveEvent, payload: Document, rooms: list[str]) -> None:
        try:
            self._socketio.emit(name.value, payload, to=rooms)
            EVENTS.labels(name.value).inc()
        except Exception:
            log.exception("event %s was not sent", name)


def _envelope(row: Document, changes: Changes, event: TicketCreated | TicketChanged) -> Document:
    return {
        "ticketId": row["ticketId"],
        "version": row["version"],
        "ticket": row,
        "changes": changes,
        "actor": event.actor.as_author(),
        "at": iso(event.at),
    }


def _conversation_payload(conversation_id: str, conversation: ConversationDocument) -> Document:
    return {
        "conversationId": conversation_id,
        "conversation": conversation_view(conversation),
        "at": iso(utcnow()),
    }


def _names(changes: Changes, after: Document) -> list[LiveEvent]:
    names: list[LiveEvent] = []
    if changes.keys() - _SPECIAL:
        names.append(LiveEvent.TICKET_UPDATED)
    if "assignedTo" in changes:
        names.append(LiveEvent.TICKET_ASSIGNED)
    if "escalated" in changes or "escalation" in changes:
        names.append(LiveEvent.TICKET_ESCALATED)
    if "status" in changes:
        names.append(LiveEvent.TICKET_STATUS_CHANGED)
        if after["status"] == Status.RESOLVED.value:
            names.append(LiveEvent.TICKET_RESOLVED)
    return names
