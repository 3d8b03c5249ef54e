"""Logging in, refreshing, logging out, and the limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient

from backend.agents import passwords
from backend.auth.routes import COOKIE
from backend.auth.tokens import ACCESS_LIFETIME
from backend.common.documents import Db, utcnow
from backend.http.rate_limits import LOGIN_ACCOUNT, LOGIN_ADDRESS
from backend.services import Services
from tests.conftest import SECRET_KEY
from tests.desk import API, PASSWORD, Desk, Person, Reply

_addresses = count(1)


class Browser:
    """A client with its own address and cookies."""

    def __init__(self, desk: Desk) -> None:
        self.app = desk.app
        self.client: FlaskClient = desk.app.test_client()
        number = next(_addresses)
        self.address = f"10.1.{number // 250}.{number % 250}"

    def post(self, path: str, body: Any = None) -> Reply:
        return self.client.post(
            f"{API}/auth/{path}", json=body, environ_overrides={"REMOTE_ADDR": self.address}
        )

    def login(self, email: str, password: str = PASSWORD) -> Reply:
        return self.post("login", {"email": email, "password": password})

    @property
    def cookie(self) -> str:
        cookie = self.client.get_cookie(COOKIE, path="/api/v2/auth")
        return cookie.value if cookie else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.set_cookie(COOKIE, value, path="/api/v2/auth")


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return Browser(desk)


def allowed(desk: Desk, token: str) -> bool:
    """Return whether this access token is valid."""
    status: int = Person(desk.app, token).get("/auth/me").status_code
    assert status in (200, 401)
    return status == 200


def test_logging_in_answers_with_a_token_and_who_it_is(desk: Desk, browser: Browser) -> None:
    answer = browser.login(desk.ana.email)
    assert answer.status_code == 200
    assert answer.json["expiresIn"] == ACCESS_LIFETIME.total_seconds()
    assert answer.json["agent"] == {
        "agentId": desk.ana.agent_id,
        "name": "Ana",
        "email": desk.ana.email,
        "role": "agent",
        "active": True,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert Person(desk.app, answer.json["accessToken"]).get("/auth/me").json["name"] == "Ana"


def test_the_refresh_cookie_is_out_of_reach_of_scripts_and_other_sites(
    desk: Desk, browser: Browser
) -> None:
    plain = browser.login(desk.ana.email).headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/api/v2/auth", "Max-Age=1209600"):
        assert part in plain
    assert "Secure" not in plain
    over_tls = desk.app.test_client().post(
        f"{API}/auth/login",
        json={"email": desk.ana.email, "password": PASSWORD},
        base_url="https://localhost",
        environ_overrides={"REMOTE_ADDR": browser.address},
    )
    assert "Secure" in over_tls.headers["Set-Cookie"]


def test_the_email_is_accepted_as_people_type_it(desk: Desk, browser: Browser) -> None:
    assert browser.login(f" {desk.ana.email.upper()} ").status_code == 200


def test_nobody_can_find_out_which_accounts_exist(desk: Desk, db: Db) -> None:
    db["agents"].update_one({"_id": desk.bruno.agent_id}, {"$set": {"active": False}})
    answers = [
        Browser(desk).login(desk.ana.email, "wrong password"),
        Browser(desk).login("nobody@desk.test"),
        Browser(desk).login(desk.bruno.email),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers
    first, *others = [answer.json | {"requestId": ""} for answer in answers]
    assert others == [first, first]


def test_refreshing_gives_a_new_token_and_a_new_cookie(desk: Desk, browser: Browser) -> None:
    browser.login(desk.ana.email)
    first = browser.cookie
    answer = browser.post("refresh")
    assert answer.status_code == 200
    assert allowed(desk, answer.json["accessToken"])
    assert browser.cookie != first
    assert browser.post("refresh").status_code == 200


def test_a_cookie_used_again_ends_the_session(desk: Desk, db: Db, browser: Browser) -> None:
    browser.login(desk.ana.email)
    stolen = browser.cookie
    token = browser.post("refresh").json["accessToken"]
    thief = Browser(desk)
    thief.cookie = stolen
    # A moment after the rotation it may be another tab of the same browser.
    assert thief.post("refresh").status_code == 200
    assert allowed(desk, token)
    _rotated_before(db, desk.ana.agent_id, timedelta(seconds=11))
    assert thief.post("refresh").status_code == 401
    assert not allowed(desk, token)
    assert browser.post("refresh").status_code == 401


def test_a_cookie_of_long_before_ends_the_session_too(desk: Desk, browser: Browser) -> None:
    browser.login(desk.ana.email)
    oldest = browser.cookie
    for _ in range(2):
        token = browser.post("refresh").json["accessToken"]
    thief = Browser(desk)
    thief.cookie = oldest
    assert thief.post("refresh").status_code == 401
    assert not allowed(desk, token)


def _rotated_before(db: Db, agent_id: str, age: timedelta) -> None:
    moved = db["agents"].update_one(
        {"_id": agent_id, "sessions.previousHash": {"$exists": True}},
        {"$set": {"sessions.$[used].rotatedAt": utcnow() - age}},
        array_filters=[{"used.previousHash": {"$exists": True}}],
    )
    assert moved.modified_count == 1


def test_two_tabs_may_refresh_at_once(desk: Desk, browser: Browser) -> None:
    browser.login(desk.ana.email)

    def refresh(_tab: int) -> Reply:
        tab = Browser(desk)
        tab.cookie = browser.cookie
        return tab.post("refresh")

    for _ in range(5):
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(refresh, range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        assert all(allowed(desk, answer.json["accessToken"]) for answer in answers)
        # One of them carries the next cookie.
        [cookie] = [a.headers["Set-Cookie"] for a in answers if "Set-Cookie" in a.headers]
        browser.cookie = cookie.partition(";")[0].partition("=")[2]


def test_logging_out_ends_the_access_token_at_once(desk: Desk, browser: Browser) -> None:
    token = browser.login(desk.ana.email).json["accessToken"]
    other = Browser(desk).login(desk.ana.email).json["accessToken"]
    answer = browser.post("logout")
    assert answer.status_code == 204
    assert browser.cookie == ""
    assert not allowed(desk, token)
    assert allowed(desk, other)  # another device stays logged in
    assert browser.post("refresh").status_code == 401
    assert browser.post("logout").status_code == 204  # nothing to do is no failure


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "..", "a.b.c.d", "{$gt:1}", "é.é.é"])
def test_an_invalid_cookie_gets_401(desk: Desk, browser: Browser, cookie: str) -> None:
    browser.cookie = cookie
    assert browser.post("refresh").status_code == 401
    assert browser.post("logout").status_code == 204


def test_a_session_expires(desk: Desk, db: Db, browser: Browser) -> None:
    browser.login(desk.ana.email)
    db["agents"].update_one(
        {"_id": desk.ana.agent_id}, {"$set": {"sessions.$[].expiresAt": utcnow()}}
    )
    assert browser.post("refresh").status_code == 401


def test_expired_forged_and_misused_tokens_are_refused(
    desk: Desk, services: Services, browser: Browser
) -> None:
    token = browser.login(desk.ana.email).json["accessToken"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert not allowed(desk, jwt.encode(claims | {"exp": 1}, SECRET_KEY, "HS256"))
    assert not allowed(desk, jwt.encode(claims, SECRET_KEY + "x", "HS256"))
    assert not allowed(desk, jwt.encode(claims, "", "none"))
    for missing in ("exp", "sub", "sid", "aud"):
        rest = {name: value for name, value in claims.items() if name != missing}
        assert not allowed(desk, jwt.encode(rest, SECRET_KEY, "HS256")), missing
    visitor = services.tokens.issue_visitor(claims["sub"], claims["sid"])
    assert not allowed(desk, visitor)
    # The reverse: an agent's token is not a visitor's.
    as_visitor = Person(desk.app, token)
    assert as_visitor.get("/channels/web/messages").status_code == 401
    assert as_visitor.post("/channels/web/messages", {"text": "x"}).status_code == 401


def test_the_eleventh_login_of_an_account_in_a_minute_has_to_wait(
    desk: Desk, services: Services
) -> None:
    def login() -> Reply:  # from everywhere
        return Browser(desk).login(desk.ana.email, "wrong password")

    for _ in range(9):  # without the hashing
        services.rate_limits.count(LOGIN_ACCOUNT, desk.ana.email)
    assert login().status_code == 401
    answer = login()
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    # The right password has to wait, too; other accounts need not.
    assert Browser(desk).login(desk.ana.email).status_code == 429
    assert Browser(desk).login(f" {desk.ana.email.upper()}").status_code == 429
    assert Browser(desk).login(desk.bruno.email).status_code == 200


def test_the_61st_login_of_an_address_in_a_minute_has_to_wait(
    desk: Desk, services: Services, browser: Browser
) -> None:
    for _ in range(59):  # without the hashing
        services.rate_limits.count(LOGIN_ADDRESS, browser.address)
    assert browser.login(desk.ana.email).status_code == 200
    assert browser.login(desk.bruno.email).status_code == 429
    assert Browser(desk).login(desk.ana.email).status_code == 200


@pytest.mark.parametrize(
    "change", [{"role": "supervisor"}, {"active": False}, {"password": "another good password"}]
)
def test_a_change_of_rights_ends_the_agents_sessions(
    desk: Desk, browser: Browser, change: dict[str, Any]
) -> None:
    token = browser.login(desk.ana.email).json["accessToken"]
    assert desk.admin.put(f"/agents/{desk.ana.agent_id}", change).status_code == 200
    assert not allowed(desk, token)
    assert browser.post("refresh").status_code == 401
    again = browser.login(desk.ana.email, change.get("password", PASSWORD))
    assert again.status_code == (401 if change == {"active": False} else 200)
    if "role" in change:
        assert again.json["agent"]["role"] == "supervisor"


@pytest.mark.parametrize("change", [{"active": False}, {"password": "another good password"}])
def test_a_login_under_way_does_not_outlive_what_ends_sessions(
    desk: Desk, browser: Browser, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    """The old password is verified, and the admin's change comes before the session is stored."""
    verify = passwords.verify_password

    def changed_meanwhile(stored: str | None, password: str) -> bool:
        right = verify(stored, password)
        assert desk.admin.put(f"/agents/{desk.ana.agent_id}", change).status_code == 200
        return right

    monkeypatch.setattr(passwords, "verify_password", changed_meanwhile)
    assert browser.login(desk.ana.email).status_code == 401
    assert browser.post("refresh").status_code == 401


def test_a_new_name_ends_no_session(desk: Desk, browser: Browser) -> None:
    token = browser.login(desk.ana.email).json["accessToken"]
    same = {"email": desk.ana.email, "role": "agent", "active": True}
    answer = desk.admin.put(f"/agents/{desk.ana.agent_id}", {"name": "Ana María"} | same)
    assert answer.status_code == 200
    assert Person(desk.app, token).get("/auth/me").json["name"] == "Ana María"


def test_the_password_is_never_readable(desk: Desk, db: Db, browser: Browser) -> None:
    login = browser.login(desk.ana.email)
    assert PASSWORD not in str(list(db["agents"].find()))
    for text in (login.text, desk.admin.get("/agents").text, desk.ana.get("/auth/me").text):
        assert "argon2" not in text
        assert "assword" not in text
