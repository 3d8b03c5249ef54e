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
from backend.common.documents import utcnow
from backend.conversations.channels import capabilities_of
from backend.conversations.events import (
    AssistantTyping,
    ConversationChanged,
    ConversationsMerged,
    MessageCreated,
    MessageUpdated,
)
from backend.http.representations import Json
from backend.platform.events import Changes, EventBus, changes_between
from backend.platform.metrics import EVENTS
from backend.realtime.names import LiveEvent
from backend.realtime.schemas import (
    AssistantTypingPayload,
    ConversationPayload,
    MessagePayload,
    TicketPayload,
    Viewer,
    assistant_typing,
    conversation_event,
    conversation_typing,
    lost_access,
    message_event,
    message_updated,
    ticket_event,
    viewers_event,
    visitor_message_event,
)
from backend.tickets.events import TicketChanged, TicketCreated
from backend.tickets.models import Assignee, Status, TicketDocument
from backend.tickets.schemas import ticket_row
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
        payload = _payload(event.ticket, {}, event)
        rooms = rooms_of(event.ticket)
        self._emit(LiveEvent.TICKET_CREATED, ticket_event(payload, event.at), rooms)

    def ticket_changed(self, event: TicketChanged) -> None:
        """Emit each event that the change causes."""
        changes = _shown_changes(event)
        payload = _payload(event.after, changes, event)
        rooms = rooms_of(event.after)
        names = _names(changes, event.after)
        if not names and event.note is None:  # the SLA clock alone
            names = [LiveEvent.TICKET_UPDATED]
        shown = ticket_event(payload, event.at)
        for name in names:
            self._emit(name, shown, rooms)
        if event.note is not None:
            payload["note"] = event.note
            self._emit(LiveEvent.TICKET_NOTE_ADDED, ticket_event(payload, event.at), rooms)
        if "assignedTo" in changes:
            self._emit_lost_access(event.before, event.after)

    def _emit_lost_access(self, before: TicketDocument, after: TicketDocument) -> None:
        """Tell agents who lost access to the ticket that it is assigned, and nothing else."""
        if after["assignedTo"] is None:
            return  # every agent sees unassigned tickets
        try:
            agents = set(self._agents.ids_of_role_agent()) - {after["assignedTo"]["agentId"]}
        except PyMongoError as error:  # as a failing emit: the write has happened
            log.warning("agents who lost access to a ticket: %s", type(error).__name__)
            return
        if before["assignedTo"] is not None:
            agents &= {before["assignedTo"]["agentId"]}
        if agents:
            rooms = [agent_room(agent) for agent in sorted(agents)]
            self._emit(LiveEvent.TICKET_ASSIGNED, lost_access(after), rooms)

    def ticket_viewers(self, ticket_id: str, viewers: list[Viewer], rooms: list[str]) -> None:
        if rooms:
            payload = viewers_event({"ticketId": ticket_id, "viewers": viewers})
            self._emit(LiveEvent.TICKET_VIEWERS, payload, rooms)

    # --- conversations --------------------------------------------------------------------

    def message_created(self, event: MessageCreated) -> None:
        conversation_id = event.conversation["_id"]
        payload: MessagePayload = {
            "conversationId": conversation_id,
            "message": event.message,
            "conversation": event.conversation,
            "at": event.at,
        }
        self._emit(LiveEvent.MESSAGE_CREATED, message_event(payload), EVERYONE)
        if capabilities_of(event.conversation["channel"]).reads_thread:
            shown = visitor_message_event({"message": event.message})
            self._emit(LiveEvent.MESSAGE_CREATED, shown, [conversation_room(conversation_id)])

    def message_updated(self, event: MessageUpdated) -> None:
        conversation_id = event.message["conversationId"]
        payload = message_updated({"conversationId": conversation_id, "message": event.message})
        self._emit(LiveEvent.MESSAGE_UPDATED, payload, EVERYONE)

    def conversation_changed(self, event: ConversationChanged) -> None:
        payload: ConversationPayload = {
            "conversationId": event.after["_id"],
            "conversation": event.after,
            "at": utcnow(),
        }
        self._emit(LiveEvent.CONVERSATION_UPDATED, conversation_event(payload), EVERYONE)

    def conversations_merged(self, event: ConversationsMerged) -> None:
        """The source is deleted; its id leads to the target."""
        payload: ConversationPayload = {
            "conversationId": event.source["_id"],
            "mergedInto": event.target["_id"],
            "conversation": event.target,
            "at": utcnow(),
        }
        self._emit(LiveEvent.CONVERSATION_UPDATED, conversation_event(payload), EVERYONE)

    # --- typing ---------------------------------------------------------------------------

    def assistant_typing(self, event: AssistantTyping) -> None:
        payload: AssistantTypingPayload = {"typing": event.typing}
        room = conversation_room(event.conversation_id)
        self._emit(LiveEvent.ASSISTANT_TYPING, assistant_typing(payload), [room])
        payload["conversationId"] = event.conversation_id
        self._emit(LiveEvent.ASSISTANT_TYPING, assistant_typing(payload), EVERYONE)

    def agent_typing(self, conversation_id: str, agent: Assignee) -> None:
        """Agents see who is typing, the customer only that somebody is."""
        payload = conversation_typing({"conversationId": conversation_id, "agent": agent})
        self._emit(LiveEvent.CONVERSATION_TYPING, payload, EVERYONE)
        self._emit(LiveEvent.CONVERSATION_TYPING, {}, [conversation_room(conversation_id)])

    def customer_typing(self, conversation_id: str) -> None:
        payload = conversation_typing({"conversationId": conversation_id, "agent": None})
        self._emit(LiveEvent.CONVERSATION_TYPING, payload, EVERYONE)

    def _emit(self, name: LiveEvent, payload: Json, rooms: list[str]) -> None:
        try:
            self._socketio.emit(name.value, payload, to=rooms)
            EVENTS.labels(name.value).inc()
        except Exception:
            log.exception("event %s was not sent", name)


def _payload(
    ticket: TicketDocument, changes: Changes, event: TicketCreated | TicketChanged
) -> TicketPayload:
    return {
        "ticketId": ticket["_id"],
        "version": ticket["version"],
        "ticket": ticket,
        "changes": changes,
        "actor": event.actor.as_author(),
        "at": event.at,
    }


def _shown_changes(event: TicketChanged) -> Changes:
    """Return what has changed in the form in which clients see it."""
    before, after = ticket_row(event.before, event.at), ticket_row(event.after, event.at)
    changes = changes_between(before, after, *_BOOKKEEPING)
    description = changes_between(
        {"description": event.before["description"]}, {"description": event.after["description"]}
    )
    return changes | description


def _names(changes: Changes, after: TicketDocument) -> list[LiveEvent]:
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
