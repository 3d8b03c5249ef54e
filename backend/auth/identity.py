"""Who is asking: turns the Authorization header into an actor or a visitor."""

from __future__ import annotations

from flask import g, request

from backend.agents.service import actor_of
from backend.auth.tokens import Visitor
from backend.common.actor import Actor
from backend.common.documents import Document
from backend.common.errors import Unauthenticated
from backend.http.rate_limits import API_AGENT
from backend.services import services


def require_agent() -> None:
    """A blueprint's `before_request`: only agents who are logged in get past."""
    agent, _ = services().auth.authenticate(_bearer() or "")
    services().rate_limits.count(API_AGENT, agent["_id"])
    g.agent = agent


def current_agent() -> Document:
    agent: Document = g.agent
    return agent


def current_actor() -> Actor:
    return actor_of(g.agent)


def current_visitor() -> Visitor | None:
    """The web visitor who asks; None without a token. Raises Unauthenticated for a bad one."""
    token = _bearer()
    if token is None:
        return None
    visitor = services().tokens.read_visitor(token)
    if visitor is None:
        raise Unauthenticated("The session has ended; start a new one.")
    return visitor


def _bearer() -> str | None:
    """The token of the request; None without an Authorization header."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
