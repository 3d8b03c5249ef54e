"""Periodic work continues after errors: access must end in any case."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from pymongo import MongoClient
from pymongo.errors import InvalidOperation, PyMongoError

from backend.auth.service import AuthService
from backend.common.documents import Db
from backend.platform.periodic import run_periodically
from tests.desk import Desk, wait_for


def test_a_socket_that_cannot_be_closed_does_not_keep_others_open(
    app: Flask, db: Db, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = Desk(app, db, password_hash)
    socketio = app.extensions["socketio"]
    close = socketio.server.disconnect
    failures = [KeyError("it went by itself"), RuntimeError("a bug of our own")]

    def fail_first(sid: str, *args: Any, **kwargs: Any) -> None:
        if failures:
            raise failures.pop()
        close(sid, *args, **kwargs)

    monkeypatch.setattr(socketio.server, "disconnect", fail_first)
    clients = [
        socketio.test_client(app, auth={"token": agent.token})
        for agent in (people.ana, people.bruno)
    ]
    assert all(client.is_connected() for client in clients)
    for agent in (people.ana, people.bruno):
        people.admin.put(f"/agents/{agent.agent_id}", {"active": False})
    wait_for(lambda: not any(client.is_connected() for client in clients))


def test_periodic_work_continues_after_errors_until_the_client_is_closed(
    mongodb_uri: str, caplog: pytest.LogCaptureFixture
) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    errors = [PyMongoError("no primary"), RuntimeError("a bug"), InvalidOperation("a misuse")]
    calls: list[Exception] = []

    def work() -> None:
        client.admin.command("ping")
        calls.append(errors[len(calls) % len(errors)])
        raise calls[-1]

    thread = threading.Thread(target=run_periodically, args=("test", 0.01, work), daemon=True)
    thread.start()
    wait_for(lambda: len(calls) > len(errors))
    client.close()
    thread.join(5)
    assert not thread.is_alive()
    assert all(str(error) in caplog.text for error in errors)


def test_a_client_that_cannot_be_checked_is_refused(
    app: Flask,
    db: Db,
    password_hash: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    socketio = app.extensions["socketio"]
    auth = {"token": Desk(app, db, password_hash).ana.token}
    client = socketio.test_client(app, auth=auth)
    assert client.is_connected()
    client.disconnect()

    def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(AuthService, "authenticate", fail)
    assert not socketio.test_client(app, auth=auth).is_connected()
    assert "a fault of ours" in caplog.text
