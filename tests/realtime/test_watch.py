"""A watch outlives whatever goes wrong in it: rights must end in any case."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from backend.auth.service import AuthService
from backend.common.documents import Db
from backend.platform.watch import keep_watch
from tests.desk import Desk, wait_for


def test_a_socket_that_cannot_be_closed_does_not_save_the_others(
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


def test_a_watch_goes_on_until_the_client_of_the_database_is_closed(mongodb_uri: str) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    looks: list[int] = []

    def look() -> None:
        client.admin.command("ping")
        looks.append(1)
        raise (PyMongoError, RuntimeError)[len(looks) % 2]("goes by")

    watch = threading.Thread(target=keep_watch, args=("tests", 0.01, look), daemon=True)
    watch.start()
    wait_for(lambda: len(looks) > 2)
    client.close()
    watch.join(5)
    assert not watch.is_alive()


def test_who_cannot_be_judged_is_not_let_in(
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
