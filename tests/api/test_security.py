"""Security headers, trusted proxies and the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pymongo.errors import AutoReconnect

from backend.app import SERVICES, create_app
from backend.auth.routes import COOKIE
from backend.common.documents import Db
from backend.http.rate_limits import LOGIN_ADDRESS
from backend.services import Services
from backend.settings import Settings
from backend.tickets.repository import TicketRepository
from tests.api.test_auth import Browser
from tests.desk import API, PASSWORD, Desk

PATHS = [f"{API}/openapi.json", f"{API}/tickets", "/health", f"{API}/docs", "/nothing.js", "/"]


def directives(policy: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_security_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    policy = directives(headers["Content-Security-Policy"])
    assert policy["frame-ancestors"] == "'none'"
    scripts = policy.get("script-src", policy["default-src"])
    assert "unsafe" not in scripts
    assert scripts in ("'self'", "'none'")
    # No other site is allowed.
    assert "Access-Control-Allow-Origin" not in headers


def test_responses_are_not_stored_by_browsers(desk: Desk) -> None:
    ticket = f"/tickets/{desk.ticket()['ticketId']}"
    for path in (ticket, "/tickets", "/tickets/stats", "/customers", "/auth/me", "/nothing"):
        assert desk.supervisor.get(path).headers["Cache-Control"] == "no-store", path
    seen = desk.supervisor.request("GET", ticket, headers={"If-None-Match": "*"})
    assert (seen.status_code, seen.headers["Cache-Control"]) == (304, "no-store")


def test_another_site_is_not_let_in(app: Flask) -> None:
    headers = {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}
    answer = app.test_client().options(f"{API}/tickets", headers=headers)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_tls_is_enforced_where_it_is_used(app: Flask) -> None:
    plain, over_tls = (
        app.test_client().get("/health", base_url=f"{scheme}://localhost").headers
        for scheme in ("http", "https")
    )
    assert "Strict-Transport-Security" not in plain
    assert over_tls["Strict-Transport-Security"] == "max-age=31536000"


@pytest.fixture
def proxied(settings: Settings, db: Db) -> Iterator[Flask]:
    """Behind one proxy."""
    yield from _app(settings, trusted_proxies=1)


@pytest.fixture
def direct(settings: Settings, db: Db) -> Iterator[Flask]:
    """Without a proxy."""
    yield from _app(settings, trusted_proxies=0)


def _app(settings: Settings, *, trusted_proxies: int) -> Iterator[Flask]:
    # In a demo, forwarded requests are refused.
    app = create_app(
        settings.model_copy(update={"trusted_proxies": trusted_proxies, "demo": False})
    )
    yield app
    app.extensions[SERVICES].db.client.close()


def full(app: Flask, address: str) -> None:
    """Use up the logins that one address may try in a minute."""
    services: Services = app.extensions[SERVICES]
    for _ in range(60):
        services.rate_limits.count(LOGIN_ADDRESS, address)


def log_in(app: Flask, desk: Desk, **headers: str) -> Any:
    return app.test_client().post(
        f"{API}/auth/login",
        json={"email": desk.ana.email, "password": PASSWORD},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        environ_overrides={"REMOTE_ADDR": "10.9.9.9"},
    )


def test_processes_share_counts_and_a_restart_keeps_them(
    app: Flask, proxied: Flask, desk: Desk
) -> None:
    full(app, "198.51.100.9")
    answer = log_in(proxied, desk, X_Forwarded_For="198.51.100.9")
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_behind_a_proxy_the_address_that_it_added_counts(proxied: Flask, desk: Desk) -> None:
    full(proxied, "198.51.100.7")
    assert log_in(proxied, desk, X_Forwarded_For="198.51.100.7").status_code == 429
    # The client's own header is ignored, in both directions.
    assert log_in(proxied, desk, X_Forwarded_For="203.0.113.1, 198.51.100.7").status_code == 429
    assert log_in(proxied, desk, X_Forwarded_For="198.51.100.7, 203.0.113.1").status_code == 200
    answer = log_in(proxied, desk, X_Forwarded_For="203.0.113.1", X_Forwarded_Proto="https")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]


def test_without_a_proxy_no_such_header_is_believed(direct: Flask, desk: Desk) -> None:
    full(direct, "198.51.100.8")
    answer = log_in(direct, desk, X_Forwarded_For="198.51.100.8", X_Forwarded_Proto="https")
    assert answer.status_code == 200
    assert "Secure" not in answer.headers["Set-Cookie"]


def acts(db: Db, **matching: Any) -> list[str]:
    return [record["act"] for record in db["audit_log"].find(matching).sort("_id", 1)]


def test_logins_and_their_failures_are_in_the_audit_log(desk: Desk, db: Db) -> None:
    browser = Browser(desk)
    browser.login(desk.ana.email, "wrong password")
    browser.login(desk.ana.email)
    stolen = browser.cookie
    for _ in range(2):
        browser.post("refresh")
    thief = Browser(desk)
    thief.cookie = stolen
    thief.post("refresh")
    browser.login(desk.ana.email)
    browser.post("logout")
    assert acts(db, agentId=desk.ana.agent_id) == [
        "login_failed",
        "login",
        "refresh_reused",
        "login",
        "logout",
    ]
    reuse = db["audit_log"].find_one({"act": "refresh_reused"})
    assert reuse is not None
    assert reuse["address"] == thief.address
    assert reuse["actorId"] is None
    # Nothing happened, so there is no entry.
    browser.post("logout")
    assert len(acts(db)) == 5


def test_a_failed_login_without_an_account_records_no_input(desk: Desk, db: Db) -> None:
    Browser(desk).login("my-secret-password-in-the-wrong-field", "x")
    [record] = db["audit_log"].find()
    assert record["act"] == "login_failed"
    assert record["agentId"] is None
    assert "secret" not in str(record)


def test_account_changes_and_exports_are_in_the_audit_log(desk: Desk, db: Db) -> None:
    made = desk.admin.post(
        "/agents", {"name": "Eva", "email": "eva@desk.test", "password": "a good password"}
    ).json
    desk.admin.put(f"/agents/{made['agentId']}", {"role": "admin", "password": "another password"})
    desk.admin.put(f"/agents/{made['agentId']}", {"active": False})
    assert desk.ana.put(f"/agents/{made['agentId']}", {"active": True}).status_code == 403
    desk.supervisor.get("/tickets/export.csv", status="new")
    created, promoted, closed, exported = db["audit_log"].find().sort("_id", 1)
    assert created["act"] == "agent_created"
    assert (promoted["role"], promoted["fields"]) == ("admin", ["password", "role"])
    assert (closed["active"], closed["fields"]) == (False, ["active"])
    assert {record["actorId"] for record in (created, promoted, closed)} == {desk.admin.agent_id}
    assert (exported["act"], exported["actorId"]) == ("tickets_exported", desk.supervisor.agent_id)
    assert "another password" not in str(promoted)


def test_no_secret_is_logged_or_audited(
    desk: Desk, db: Db, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser = Browser(desk)
    token = browser.login(desk.ana.email).json["accessToken"]
    cookies = [browser.cookie]
    browser.login(desk.ana.email, "a wrong secret password")
    browser.post("refresh")
    cookies.append(browser.cookie)
    for body in ({"email": desk.ana.email, "password": ["a wrong secret password"]}, "x"):
        browser.post("login", body)
    desk.app.test_client().get(f"{API}/tickets", headers={"Authorization": f"Bearer {token}x"})
    browser.client.set_cookie(COOKIE, f"{cookies[0]}x", path="/api/v2/auth")
    browser.post("refresh")
    kept = caplog.text + str(list(db["audit_log"].find())) + repr(settings)
    secrets = [PASSWORD, "a wrong secret password", token, *cookies, settings.signing_key]
    assert [secret for secret in secrets if secret in kept] == []


def test_audit_entries_expire(db: Db) -> None:
    indexes = db["audit_log"].index_information().values()
    assert any(index.get("expireAfterSeconds") == 365 * 24 * 3600 for index in indexes)


@pytest.mark.parametrize(("fault", "status"), [(RuntimeError, 500), (AutoReconnect, 503)])
def test_a_failure_shows_only_its_request_id(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: type[Exception],
    status: int,
) -> None:
    def fail(*_: object) -> None:
        raise fault("a secret of the inside")

    monkeypatch.setattr(TicketRepository, "find", fail)
    headers = {"Authorization": f"Bearer {desk.ana.token}"}
    answer = desk.app.test_client().get(f"{API}/tickets/TICKET-2026-000001", headers=headers)
    assert answer.status_code == status
    assert answer.json is not None
    assert "inside" not in answer.text
    assert answer.json["requestId"] == answer.headers["X-Request-Id"]
    assert answer.json["requestId"] in caplog.text
