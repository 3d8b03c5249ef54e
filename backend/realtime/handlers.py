"""Socket.IO handlers: who may connect, which rooms they join, and what clients may send."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, join_room, rooms
from pymongo.errors import PyMongoError

from backend.agents.service import actor_of
from backend.auth.service import AuthService
from backend.auth.tokens import Tokens
from backend.common.actor import Actor
from backend.common.errors import AppError, DatabaseUnavailable, Unauthenticated
from backend.http.fields import MAX_ID
from backend.http.services import service
from backend.realtime.connections import Connections
from backend.realtime.events import conversation_room, conversations_among
from backend.realtime.typists import Typists
from backend.realtime.viewers import Viewers
from backend.settings import Settings
from backend.tickets.visibility import rooms_for

log = logging.getLogger(__name__)


def may_connect(settings: Settings, origin: str | None, environ: dict[str, str]) -> bool:
    """Pages of our own, and of the sites that may embed the web chat (RFC 6455, 10.2); whoever is
    no page has no origin, and is not asked for one.
    """
    if origin is None:
        return True
    own = environ.get("HTTP_HOST", "")
    return origin.partition("://")[2] == own or settings.may_embed(origin)


def register_handlers(socketio: SocketIO, connections: Connections) -> None:
    def is_made_up() -> bool:
        """True for an event "connect" or "disconnect" that a client made up: the socket neither
        comes nor goes, as it does while Socket.IO tells of it.
        """
        connected: bool = socketio.server.manager.is_connected(_sid(), "/")
        return connected

    @socketio.on("connect")
    def connect(auth: object = None) -> None:
        if is_made_up():
            return
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str):
            raise Refused("unauthenticated")
        visitor = service(Tokens).read_visitor(token)
        if visitor is not None:
            join_room(conversation_room(visitor.conversation_id))
            return
        try:
            agent, access = service(AuthService).authenticate(token)
        except Unauthenticated:
            raise Refused("unauthenticated") from None
        except PyMongoError:
            raise Refused("database_unavailable") from None
        actor = actor_of(agent)
        for room in rooms_for(actor):
            join_room(room)
        connections.add(_sid(), actor, access)

    @socketio.on("authenticate")
    def authenticate(data: object = None, *_more: object) -> dict[str, bool]:
        """Keep the connection of a client that has a new access token."""
        token = data.get("token") if isinstance(data, dict) else None
        access = service(Tokens).read_access(token) if isinstance(token, str) else None
        return {"ok": access is not None and connections.renew(_sid(), access)}

    @socketio.on("view_ticket")
    @_for_agents(connections)
    def view_ticket(actor: Actor, ticket_id: str, _data: dict[str, object]) -> None:
        """The agent has the ticket open, and is not typing."""
        service(Viewers).look(_sid(), ticket_id, False, actor=actor)

    @socketio.on("note_typing")
    @_for_agents(connections)
    def note_typing(actor: Actor, ticket_id: str, data: dict[str, object]) -> None:
        """The agent began (`typing: true`) or stopped typing a note."""
        service(Viewers).look(_sid(), ticket_id, data.get("typing") is True, actor=actor)

    @socketio.on("leave_ticket")
    @_for_agents(connections)
    def leave_ticket(_actor: Actor, ticket_id: str, _data: dict[str, object]) -> None:
        service(Viewers).leave(_sid(), ticket_id)

    @socketio.on("conversation_typing")
    def conversation_typing(data: object = None, *_more: object) -> dict[str, bool]:
        """A key was pressed: by an agent in a reply (`{conversationId}`), or by a visitor."""
        actor = connections.actor_of(_sid())
        named = data.get("conversationId") if isinstance(data, dict) else None
        if actor is None:
            for conversation_id in conversations_among(rooms()):
                service(Typists).customer(_sid(), conversation_id)
            return {"ok": True}
        if not isinstance(named, str) or not named.isprintable() or len(named) > MAX_ID:
            return {"ok": False}
        return {"ok": service(Typists).agent(_sid(), named, actor=actor)}

    @socketio.on("disconnect")
    def disconnect(*_reason: object) -> None:
        if is_made_up():
            return
        connections.remove(_sid())
        service(Typists).forget(_sid())
        service(Viewers).leave_all(_sid())

    @socketio.on_error_default
    def failed(error: Exception) -> bool:
        expected = isinstance(error, PyMongoError)  # the database is unavailable
        log.error("socket handler failed: %r", error, exc_info=None if expected else error)
        return False  # a client that could not be checked is refused


def _for_agents(
    connections: Connections,
) -> Callable[[Callable[[Actor, str, dict[str, object]], None]], Callable[..., dict[str, object]]]:
    """Decorate a handler for an agent's `{ticketId, …}`. Acknowledges `{ok}`, `code` if refused."""

    def decorate(
        handler: Callable[[Actor, str, dict[str, object]], None],
    ) -> Callable[..., dict[str, object]]:
        @wraps(handler)
        def handle(data: object = None, *_more: object) -> dict[str, object]:
            actor = connections.actor_of(_sid())
            if actor is None:
                return {"ok": False, "code": Unauthenticated.code}
            ticket_id = data.get("ticketId") if isinstance(data, dict) else None
            if (
                not isinstance(data, dict)
                or not isinstance(ticket_id, str)
                or not ticket_id.isprintable()  # half a surrogate pair cannot be encoded
            ):
                return {"ok": False, "code": "validation_error"}
            try:
                handler(actor, ticket_id[:MAX_ID], data)
            except AppError as error:
                return {"ok": False, "code": error.code}
            except PyMongoError as error:
                log.warning("%s: %s", handler.__name__, type(error).__name__)
                return {"ok": False, "code": DatabaseUnavailable.code}
            return {"ok": True}

        return handle

    return decorate


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
    return sid
