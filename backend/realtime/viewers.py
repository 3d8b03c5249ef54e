"""The agents who have a ticket open, and whether they are typing a note, across processes.

Each open window is a document that expires. The process of its socket renews it, so that the views
of a dead process expire by themselves. Only agents who may see the ticket are told and shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Db, collection, utcnow
from backend.common.errors import NotFound
from backend.realtime.events import LiveEvents
from backend.realtime.models import View
from backend.realtime.recent import Recent
from backend.realtime.schemas import Viewer
from backend.tickets.service import TicketService
from backend.tickets.visibility import agent_room

LASTS = timedelta(seconds=30)


class Viewers:
    def __init__(self, db: Db, tickets: TicketService, events: LiveEvents) -> None:
        self._viewers = collection(db, "viewers", View)
        self._tickets = tickets
        self._events = events
        self._recent = Recent()

    def look(self, socket_id: str, ticket_id: str, typing: bool, *, actor: Actor) -> None:
        """An agent has the ticket open. Raises NotFound when they may not see it."""
        if self._recent.of(socket_id) == (ticket_id, typing):
            return
        if not self._tickets.actors_who_see(ticket_id, [actor]):
            raise NotFound("Ticket not found.")
        view_id = f"{socket_id}:{ticket_id}"
        view: View = {
            "_id": view_id,
            "socketId": socket_id,
            "ticketId": ticket_id,
            "agentId": actor.id,
            "name": actor.name,
            "role": (actor.role or Role.AGENT).value,
            "typing": typing,
            "expiresAt": utcnow() + LASTS,
        }
        self._viewers.replace_one({"_id": view_id}, view, upsert=True)
        self._recent.remember(socket_id, (ticket_id, typing))
        self._publish(ticket_id)

    def leave(self, socket_id: str, ticket_id: str) -> None:
        self._recent.forget(socket_id)
        if self._viewers.delete_one({"_id": f"{socket_id}:{ticket_id}"}).deleted_count:
            self._publish(ticket_id)

    def leave_all(self, socket_id: str) -> None:
        self._recent.forget(socket_id)
        left = [view["ticketId"] for view in self._viewers.find({"socketId": socket_id})]
        if left:
            self._viewers.delete_many({"socketId": socket_id})
        for ticket_id in left:
            self._publish(ticket_id)

    def renew(self, socket_ids: Iterable[str]) -> None:
        """These sockets are still open."""
        self._viewers.update_many(
            {"socketId": {"$in": list(socket_ids)}}, {"$set": {"expiresAt": utcnow() + LASTS}}
        )

    def _publish(self, ticket_id: str) -> None:
        """Publish who has the ticket open to them, each once however many windows they have."""
        views = self._viewers.find({"ticketId": ticket_id, "expiresAt": {"$gt": utcnow()}})
        typing: dict[Actor, bool] = {}
        for view in views.sort("_id", 1):
            actor = Actor(ActorType.AGENT, view["agentId"], view["name"], Role(view["role"]))
            typing[actor] = typing.get(actor, False) or view["typing"]
        actors = self._tickets.actors_who_see(ticket_id, list(typing)) if typing else []
        viewers: list[Viewer] = [
            {"agentId": actor.id, "name": actor.name, "typing": typing[actor]} for actor in actors
        ]
        self._events.ticket_viewers(ticket_id, viewers, [agent_room(actor.id) for actor in actors])
