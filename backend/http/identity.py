"""Turns the Authorization header into an actor."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, request

from backend.common.actor import Actor
from backend.common.errors import Forbidden
from backend.http.rate_limits import API_AGENT, RateLimits
from backend.http.services import service


class Authentication:
    """Finds the actor of an access token; the auth feature provides the function."""

    def __init__(self, authenticate: Callable[[str], Actor]) -> None:
        """`authenticate` raises Unauthenticated for an invalid token."""
        self.authenticate = authenticate


def require_agent() -> None:
    """A blueprint's `before_request`. Raises Unauthenticated unless an agent is logged in."""
    actor = service(Authentication).authenticate(bearer_token() or "")
    service(RateLimits).count(API_AGENT, actor.id)
    g.actor = actor


def current_actor() -> Actor:
    actor: Actor = g.actor
    return actor


def refuse_other_sites() -> None:
    """Check a route that a cookie authenticates. Raises Forbidden for a page of another site."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise Forbidden("Requests from other sites are not allowed.")


def bearer_token() -> str | None:
    """Return the token of the request; None without an Authorization header."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
