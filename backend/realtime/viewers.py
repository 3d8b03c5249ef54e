"""Who is looking at a ticket, and who is typing a note on it, in all processes.

A look is a document with an end: the process that holds the socket renews it, so the looks of one
that died fade by themselves. Only those who may see the ticket now are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Db, Document, utcnow
from backend.common.errors import NotFound
from backend.realtime.events import LiveEvents
from backend.tickets.service import TicketService
from backend.tickets.visibility import agent_room

LASTS = timedelta(seconds=30)


class Viewers:
    def __init__(self, db: Db, tickets: TicketService, events: LiveEvents) -> None:
        self._viewers = db["viewers"]
        self._tickets = tickets
        self._events = events

    def look(self, socket_id: str, ticket_id: str, typing: bool, *, actor: Actor) -> None:
        """An agent has the ticket open. Raises NotFound when they may not see it."""
        self._tickets.get_ticket_by_id(ticket_id, actor=actor)
        view = {
            "socketId": socket_id,
            "ticketId": ticket_id,
            "agentId": actor.id,
            "name": actor.name,
            "role": actor.role or Role.AGENT,
            "typing": typing,
            "expiresAt": utcnow() + LASTS,
        }
        self._viewers.replace_one({"_id": f"{socket_id}:{ticket_id}"}, view, upsert=True)
        self._tell(ticket_id)

    def leave(self, socket_id: str, ticket_id: str) -> None:
        if self._viewers.delete_one({"_id": f"{socket_id}:{ticket_id}"}).deleted_count:
            self._tell(ticket_id)

    def leave_all(self, socket_id: str) -> None:
        left = [view["ticketId"] for view in self._viewers.find({"socketId": socket_id})]
        if left:
            self._viewers.delete_many({"socketId": socket_id})
        for ticket_id in left:
            self._tell(ticket_id)

    def renew(self, socket_ids: Iterable[str]) -> None:
        """These sockets are still open."""
        self._viewers.update_many(
            {"socketId": {"$in": list(socket_ids)}}, {"$set": {"expiresAt": utcnow() + LASTS}}
        )

    def _tell(self, ticket_id: str) -> None:
        """Tell those who look, each once however many windows they have open."""
        views = self._viewers.find({"ticketId": ticket_id, "expiresAt": {"$gt": utcnow()}})
        people: dict[str, Document] = {}
        for view in views.sort("_id", 1):
            if self._may_see(view, ticket_id):
                person = people.setdefault(
                    view["agentId"],
                    {"agentId": view["agentId"], "name": view["name"], "typing": False},
                )
                person["typing"] = person["typing"] or view["typing"]
        rooms = [agent_room(agent_id) for agent_id in people]
        self._events.ticket_viewers(ticket_id, list(people.values()), rooms)

    def _may_see(self, view: Document, ticket_id: str) -> bool:
        actor = Actor(ActorType.AGENT, view["agentId"], view["name"], Role(view["role"]))
        try:
            self._tickets.get_ticket_by_id(ticket_id, actor=actor)
        except NotFound:
            return False
        return True
