"""The link of the first start makes one admin, once, and nobody else finds it out."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from flask import Flask

from backend.agents.models import new_account
from backend.agents.repository import AgentRepository
from backend.auth import setup
from backend.auth.setup import Setup
from backend.common.actor import Role
from backend.common.documents import Db
from tests.desk import API, Desk, Person, Reply
from tests.run.conftest import Mostrador, mostrador

__all__ = ["mostrador"]  # a fixture

PASSWORD = "correct horse battery"


def body(token: str, **overrides: str) -> dict[str, str]:
    return {
        "token": token,
        "name": "Ada",
        "email": "ada@desk.test",
        "password": PASSWORD,
    } | overrides


def set_up(app: Flask, token: str, **overrides: str) -> Reply:
    return Person(app, None).post("/auth/setup", body(token, **overrides))


@pytest.fixture
def token(db: Db) -> str:
    found = Setup(db).new_token()
    assert found is not None
    return found


def test_the_link_creates_the_first_admin_and_logs_in(app: Flask, db: Db, token: str) -> None:
    answer = set_up(app, token)
    assert answer.status_code == 201, answer.text
    assert answer.json["agent"]["role"] == "admin"
    ada = Person(app, answer.json["accessToken"])
    assert ada.get("/agents").json["pagination"]["total"] == 1
    assert db["audit_log"].find_one({"act": "agent_created"})


def test_the_link_works_once(app: Flask, db: Db, token: str) -> None:
    def attempt(number: int) -> int:
        status: int = set_up(app, token, email=f"ada{number}@desk.test").status_code
        return status

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(attempt, range(4)))
    assert statuses == [201, 403, 403, 403]
    assert db["agents"].count_documents({}) == 1
    assert set_up(app, token).status_code == 403


def test_a_wrong_old_or_replaced_link_is_refused(
    app: Flask, db: Db, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(app, token[:-1] + "_").status_code == 403
    Setup(db).new_token()
    assert set_up(app, token).status_code == 403
    monkeypatch.setattr(setup, "LIFETIME", -setup.LIFETIME)
    expired = Setup(db).new_token()
    assert expired is not None
    assert set_up(app, expired).status_code == 403
    assert db["agents"].count_documents({}) == 0


def test_a_refused_account_leaves_the_link_usable(
    app: Flask, db: Db, token: str, password_hash: str
) -> None:
    assert set_up(app, token, password="short").status_code == 422
    taken = new_account("Ada", "ada@desk.test", Role.AGENT, password_hash)
    AgentRepository(db).insert(taken)
    assert set_up(app, token).status_code == 409
    assert set_up(app, token, email="admin@desk.test").status_code == 201


def test_no_link_is_printed_if_an_admin_exists(desk: Desk, db: Db) -> None:
    assert Setup(db).new_token() is None


def test_the_token_is_stored_as_a_hash_alone(db: Db, token: str) -> None:
    assert token not in str(list(db["meta"].find()))


def test_a_start_without_demo_prints_the_link_until_there_is_an_admin(
    mostrador: Mostrador,
) -> None:
    mostrador.start(DEMO="0")
    link = re.search(r"(http://\S+)/setup#(\S+)", mostrador.output.read_text())
    assert link is not None
    assert link[1] == mostrador.url
    answer = httpx.post(f"{mostrador.url}{API}/auth/setup", json=body(link[2]), timeout=30)
    assert answer.status_code == 201, answer.text
    mostrador.stop()
    mostrador.start(DEMO="0")
    assert not mostrador.said("/setup")
