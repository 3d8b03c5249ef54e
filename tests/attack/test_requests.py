"""Odd and oversized requests: small answers, no growth, no error of ours."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask import Flask

from backend.http.parsing import SMALL_BODY
from backend.http.rate_limits import LOGIN_ADDRESS
from backend.services import Services
from tests.attack.conftest import AppWith
from tests.desk import API, Desk

SESSIONS = f"{API}/channels/web/sessions"


def metrics(app: Flask, **environ: str) -> Any:
    return app.test_client().get("/metrics", environ_overrides=environ)


def test_invented_methods_and_paths_add_no_series(app: Flask) -> None:
    client = app.test_client()
    for number in range(3):
        client.open(f"/{number}.js", method=f"BREW{number}")
    metrics(app)
    before = len(metrics(app).text)
    for number in range(200):
        client.open(f"/none{number}.js", method=f"INVENTED{number}")
    assert len(metrics(app).text) < before + 500
    assert "INVENTED" not in metrics(app).text


def test_metrics_are_for_this_machine_or_a_token(app_with: AppWith) -> None:
    app = app_with(demo=False, metrics_token="a token for prometheus")
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert metrics(app).status_code == 200
    assert metrics(app, REMOTE_ADDR="::ffff:127.0.0.1").status_code == 200
    assert metrics(app, **elsewhere).status_code == 403
    assert metrics(app, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 403
    assert metrics(app, **elsewhere, HTTP_AUTHORIZATION="Bearer wrong").status_code == 403
    token = "Bearer a token for prometheus"
    assert metrics(app, **elsewhere, HTTP_AUTHORIZATION=token).status_code == 200


@pytest.mark.parametrize("path", [f"{API}/auth/login", f"{API}/auth/setup", SESSIONS])
def test_a_body_of_a_login_or_session_stays_small(app: Flask, db: Any, path: str) -> None:
    body = json.dumps({"email": "a@b.test", "password": "x" * SMALL_BODY})
    answer = app.test_client().post(path, data=body, content_type="application/json")
    assert answer.status_code == 413
    assert len(answer.data) < 1_000


def test_a_body_with_very_many_fields_is_refused_at_once(desk: Desk) -> None:
    body = {f"field{number}": 0 for number in range(40_000)}
    began = time.process_time()
    answer = desk.ana.post("/tickets", body)
    assert answer.status_code == 422
    assert len(answer.text) < 1_000
    assert time.process_time() - began < 0.5


def test_at_most_twenty_errors_are_reported(desk: Desk) -> None:
    answer = desk.ana.post("/tickets", {f"field{number}": 0 for number in range(90)})
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 20


def test_logins_are_counted_before_their_body_is_read(desk: Desk, services: Services) -> None:
    for _ in range(60):
        services.rate_limits.count(LOGIN_ADDRESS, "127.0.0.1")
    answer = desk.app.test_client().post(f"{API}/auth/login", data=b"no JSON" * 9_999)
    assert answer.status_code == 429


@pytest.mark.parametrize("length", [300, 5_000])
@pytest.mark.parametrize("compressed", [True, False])
def test_a_very_long_asset_path_is_not_found(app: Flask, length: int, compressed: bool) -> None:
    encoding = {"Accept-Encoding": "br"} if compressed else {}
    answer = app.test_client().get(f"/{'a' * length}.js", headers=encoding)
    assert answer.status_code == 404
