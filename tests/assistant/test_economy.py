"""Limits the database calls of a message, so that they do not grow unnoticed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pymongo.monitoring
import pytest
from flask import Flask

from backend.app import SERVICES, create_app
from backend.collections import FEATURES
from backend.common.documents import Db
from backend.platform.database import connect, prepare
from backend.settings import Settings
from tests.assistant.chat import Chat
from tests.desk import Desk, wait_for


class Calls(pymongo.monitoring.CommandListener):
    """The commands of every client since it was registered, except periodic work."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.not_of: set[threading.Thread] = set()

    def started(self, event: Any) -> None:
        if threading.current_thread() not in self.not_of:
            self.names.append(event.command_name)

    def succeeded(self, event: Any) -> None:
        """Counted when it started."""

    def failed(self, event: Any) -> None:
        """Counted when it started."""


@pytest.fixture(scope="module")
def calls() -> Calls:
    listener = Calls()
    pymongo.monitoring.register(listener)
    return listener


@pytest.fixture(scope="module")
def counted_app(settings: Settings, calls: Calls) -> Iterator[Flask]:
    own = settings.model_copy(update={"mongodb_db": "mostrador_economy"})
    db = connect(own)
    prepare(db, FEATURES)
    before = set(threading.enumerate())
    app = create_app(own)
    calls.not_of |= set(threading.enumerate()) - before
    yield app
    app.extensions[SERVICES].db.client.close()
    db.client.drop_database(own.mongodb_db)
    db.client.close()


@pytest.fixture
def counted(counted_app: Flask, password_hash: str) -> Chat:
    return Chat(Desk(counted_app, counted_app.extensions[SERVICES].db, password_hash))


def cost(chat: Chat, calls: Calls, text: str) -> list[str]:
    db: Db = chat.desk.db
    runs = db["assistant_runs"]
    ended = {"conversationId": chat.conversation_id, "finishedAt": {"$exists": True}}
    before = runs.count_documents(ended)
    threads = set(threading.enumerate())
    calls.names.clear()
    chat.says(text)
    wait_for(lambda: not set(threading.enumerate()) - threads)
    names = list(calls.names)
    assert runs.count_documents(ended) == before + 1
    return names


def test_a_message_costs_few_calls(counted: Chat, calls: Calls) -> None:
    small_talk = cost(counted, calls, "Hola")
    # Of which the event log takes two and the job three.
    assert len(small_talk) <= 23, small_talk
    # However many tickets the conversation has.
    for text in ("No puedo entrar en mi cuenta", "La aplicación no funciona", "Me cobraron de más"):
        report = cost(counted, calls, text)
        assert len(report) <= 32, report
