"""An application with WhatsApp set up, whose Graph API the test scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from backend.app import SERVICES, create_app
from backend.assistant.loop import REPLY
from backend.collections import FEATURES
from backend.common.documents import Db
from backend.platform.database import connect, prepare
from backend.services import Services
from backend.settings import Settings
from tests.channels.graph import ACCESS_TOKEN, PHONE_NUMBER_ID, Graph
from tests.channels.meta import APP_SECRET, VERIFY_TOKEN, User
from tests.desk import Desk, wait_for


@pytest.fixture(scope="session")
def graph_server() -> Iterator[Graph]:
    with Graph() as server:
        yield server


@pytest.fixture
def graph(graph_server: Graph) -> Iterator[Graph]:
    yield graph_server.fresh()
    assert graph_server.wrong == []
    graph_server.fresh()


@pytest.fixture(scope="session")
def whatsapp_settings(settings: Settings, graph_server: Graph) -> Settings:
    """With a database of its own: the outbox of another application would send from there too."""
    return settings.model_copy(
        update={
            "mongodb_db": "mostrador_whatsapp",
            "whatsapp_verify_token": VERIFY_TOKEN,
            "whatsapp_app_secret": APP_SECRET,
            "whatsapp_access_token": ACCESS_TOKEN,
            "whatsapp_phone_number_id": PHONE_NUMBER_ID,
            "whatsapp_api_url": graph_server.url,
        }
    )


@pytest.fixture(scope="session")
def whatsapp_app(whatsapp_settings: Settings) -> Iterator[Flask]:
    db = connect(whatsapp_settings)
    prepare(db, FEATURES)
    app = create_app(whatsapp_settings)
    yield app
    app.extensions[SERVICES].db.client.close()
    db.client.close()


@pytest.fixture
def counter(whatsapp_app: Flask, graph: Graph, password_hash: str) -> Iterator[Desk]:
    """A desk with WhatsApp. Ends when nothing is left to answer or send."""
    services: Services = whatsapp_app.extensions[SERVICES]
    db = services.db
    for name in db.list_collection_names():
        if name != "counters":
            db[name].delete_many({})
    yield Desk(whatsapp_app, db, password_hash)
    db["conversations"].update_many({}, {"$set": {"mode": "human"}})
    db["messages"].update_many(
        {"delivery.status": "pending"}, {"$set": {"delivery.status": "failed"}}
    )
    graph.fresh()
    wait_for(lambda: _is_idle(db))


def _is_idle(db: Db) -> bool:
    return db["jobs"].find_one({"kind": REPLY}) is None


@pytest.fixture
def user(counter: Desk) -> User:
    """A new WhatsApp user."""
    return User(counter)
