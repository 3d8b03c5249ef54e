"""Tokens with odd claims, of other keys, and requests of other sites."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest

from backend.auth.tokens import Tokens
from backend.common.documents import utcnow
from tests.attack.conftest import AppWith
from tests.conftest import SECRET_KEY
from tests.desk import API, PASSWORD, Desk, Person

OTHER_KEY = "another key of forty characters or so ..."


def signed(desk: Desk, **changes: Any) -> str:
    """Ana's token with other claims, as only the key's owner can sign it."""
    assert desk.ana.token
    claims = jwt.decode(desk.ana.token, options={"verify_signature": False})
    return jwt.encode(claims | changes, SECRET_KEY, "HS256")


@pytest.mark.parametrize(
    "changes",
    [
        {"sid": {"$ne": None}},
        {"sid": ["a"]},
        {"sid": 7},
        {"sid": None},
        {"sid": ""},
        {"sub": {"$ne": None}},
        {"sub": 7},
        {"sub": ["a"]},
        {"exp": "soon"},
        {"exp": {"$gt": 0}},
        {"exp": 1e300},
        {"exp": 10**15},
        {"aud": {"access": True}},
        {"aud": ["access", 7]},
    ],
)
def test_a_signed_token_with_odd_claims_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    token = signed(desk, **changes)
    assert Person(desk.app, token).get("/auth/me").status_code == 401
    assert Person(desk.app, signed(desk)).get("/auth/me").status_code == 200


@pytest.mark.parametrize("conversation", [{"$ne": None}, ["a"], 7, ""])
def test_a_visitors_signed_token_with_odd_claims_is_refused(desk: Desk, conversation: Any) -> None:
    claims = {"sub": "c", "conv": conversation, "aud": "visitor"}
    token = jwt.encode(claims | {"exp": utcnow() + timedelta(days=1)}, SECRET_KEY, "HS256")
    assert Person(desk.app, token).get("/channels/web/messages").status_code == 401


def test_while_the_key_is_rotated_tokens_of_the_previous_one_are_accepted(
    app_with: AppWith, desk: Desk
) -> None:
    rotated = app_with(secret_key=OTHER_KEY, secret_key_previous=SECRET_KEY)
    assert Person(rotated, desk.ana.token).get("/auth/me").status_code == 200
    afterwards = app_with(secret_key=OTHER_KEY)
    assert Person(afterwards, desk.ana.token).get("/auth/me").status_code == 401


def test_new_tokens_are_of_the_current_key_and_name_it() -> None:
    token = Tokens(OTHER_KEY, previous_key=SECRET_KEY).issue_access("a", "s")
    assert Tokens(OTHER_KEY).read_access(token)
    assert Tokens(SECRET_KEY).read_access(token) is None
    kid = jwt.get_unverified_header(token)["kid"]
    assert kid
    assert kid not in (OTHER_KEY, SECRET_KEY)


@pytest.mark.parametrize("kid", ["unknown", "../key", None])
def test_a_token_that_names_another_key_is_refused(desk: Desk, kid: str | None) -> None:
    claims = jwt.decode(desk.ana.token or "", options={"verify_signature": False})
    token = jwt.encode(claims, OTHER_KEY, "HS256", headers={"kid": kid} if kid else {})
    assert Person(desk.app, token).get("/auth/me").status_code == 401


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example"]
)
@pytest.mark.parametrize("action", ["refresh", "logout"])
def test_another_site_can_neither_refresh_nor_end_a_session(
    desk: Desk, origin: str, action: str
) -> None:
    browser = desk.app.test_client()
    credentials = {"email": desk.ana.email, "password": PASSWORD}
    assert browser.post(f"{API}/auth/login", json=credentials).status_code == 200
    answer = browser.post(f"{API}/auth/{action}", headers={"Origin": origin})
    assert answer.status_code == 403
    own = browser.post(f"{API}/auth/refresh", headers={"Origin": "http://localhost"})
    assert own.status_code == 200
