"""Which web visitor is asking."""

from __future__ import annotations

from backend.auth.tokens import Tokens, Visitor
from backend.common.errors import Unauthenticated
from backend.http.identity import bearer_token
from backend.http.services import service


def current_visitor() -> Visitor | None:
    """The web visitor who asks; None without a token. Raises Unauthenticated for a bad one."""
    token = bearer_token()
    if token is None:
        return None
    visitor = service(Tokens).read_visitor(token)
    if visitor is None:
        raise Unauthenticated("The session has ended; start a new one.")
    return visitor
