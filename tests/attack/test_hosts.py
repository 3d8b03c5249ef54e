"""The desk answers to its own names alone, and believes no header that anyone can send."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.attack.conftest import AppWith
from tests.desk import API

HEALTH = "/health"
PUBLIC = "https://desk.example.com"
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens there


def status(app: Flask, host: str | None, path: str = HEALTH, **headers: str) -> int:
    environ: dict[str, Any] = {} if host is None else {"HTTP_HOST": host}
    if host is None:
        builder = app.test_client().open(path, environ_overrides={"HTTP_HOST": ""})
        return builder.status_code
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, environ_overrides=environ, headers=named).status_code


@pytest.mark.parametrize(
    ("variables", "host", "expected"),
    [
        ({"demo": True}, "127.0.0.1:8000", 200),
        ({"demo": True}, "localhost", 200),
        ({"demo": True}, "[::1]:8000", 200),
        ({"demo": True}, "127.9.9.9", 200),
        ({"demo": True}, "evil.example", 400),
        ({"demo": True}, "localhost.evil.example", 400),
        ({"demo": True}, "127.0.0.1.evil.example", 400),
        ({"demo": True, "host": ANY_ADDRESS}, "192.0.2.1", 400),
        ({"demo": True, "public_url": PUBLIC}, "desk.example.com", 200),
        ({"demo": False}, "evil.example", 400),
        ({"demo": False}, "127.0.0.1", 200),
        ({"demo": False, "host": "desk"}, "desk:8000", 200),
        ({"demo": False, "host": ANY_ADDRESS}, "192.0.2.1:8000", 200),
        ({"demo": False, "host": ANY_ADDRESS}, "evil.example", 400),
        ({"demo": False, "public_url": PUBLIC}, "desk.example.com", 200),
        ({"demo": False, "public_url": PUBLIC}, "DESK.example.com.:443", 200),
        ({"demo": False, "public_url": PUBLIC}, "evil.example", 400),
        ({"demo": False, "public_url": PUBLIC}, "desk.example.com.evil.example", 400),
        ({"demo": False, "public_url": PUBLIC, "host": ANY_ADDRESS}, "192.0.2.1", 400),
    ],
)
def test_only_own_host_names_are_answered(
    app_with: AppWith, variables: dict[str, Any], host: str, expected: int
) -> None:
    assert status(app_with(**variables), host) == expected


@pytest.mark.parametrize("host", [None, "", "127.0.0.1,127.0.0.1", "a b", "user@127.0.0.1", "a/b"])
def test_a_request_names_one_host(app_with: AppWith, host: str | None) -> None:
    assert status(app_with(demo=False), host) == 400


def test_a_web_socket_needs_an_allowed_host_name_too(app_with: AppWith) -> None:
    app = app_with(demo=True)
    path = "/socket.io/?EIO=4&transport=polling"
    assert status(app, "evil.example", path) == 400
    assert status(app, "127.0.0.1", path) == 200


@pytest.mark.parametrize(
    "header",
    [
        {"X_Forwarded_For": "203.0.113.9"},
        {"X_Forwarded_Host": "127.0.0.1"},
        {"X_Forwarded_Proto": "https"},
        {"Forwarded": "for=203.0.113.9"},
        {"X_Real_IP": "203.0.113.9"},
    ],
)
def test_forwarded_requests_are_refused_in_a_demo(
    app_with: AppWith, header: dict[str, str]
) -> None:
    assert status(app_with(demo=True), "127.0.0.1", **header) == 403
    assert status(app_with(demo=False), "127.0.0.1", **header) == 200


def test_a_demo_behind_a_trusted_proxy_accepts_its_requests_only(app_with: AppWith) -> None:
    app = app_with(demo=True, trusted_proxies=1)
    assert status(app, "127.0.0.1", X_Forwarded_For="127.0.0.1", X_Forwarded_Proto="http") == 200
    assert status(app, "127.0.0.1", X_Forwarded_For="203.0.113.9, 127.0.0.1") == 403


@pytest.mark.parametrize("trusted_proxies", [0, 1])
def test_forwarding_headers_change_nothing_without_a_proxy(
    app_with: AppWith, trusted_proxies: int
) -> None:
    """A page of another site that claims the host it comes from opens no socket."""
    app = app_with(demo=False, trusted_proxies=trusted_proxies)
    path = "/socket.io/?EIO=4&transport=polling"
    claim = {"Origin": "https://evil.example", "X_Forwarded_Host": "evil.example"}
    assert status(app, "127.0.0.1", path, **claim) == 400
    assert status(app, "127.0.0.1", f"{API}/config", **claim) == 200
