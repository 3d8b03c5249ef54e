"""A real mongod for the whole run, an application on it, and people to act with."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from flask import Flask

from backend.agents.passwords import hash_password
from backend.app import SERVICES, create_app
from backend.collections import FEATURES
from backend.common.documents import Db
from backend.launcher.embedded import EmbeddedMongo
from backend.platform.database import connect, prepare
from backend.platform.migrations.runner import COLLECTION as MIGRATIONS
from backend.services import Services
from backend.settings import Settings, load_settings
from backend.tickets import stats
from tests.desk import PASSWORD, Desk

SECRET_KEY = secrets.token_urlsafe(32)


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedMongo(tmp_path_factory.mktemp("mongo")) as mongo:
        yield mongo.uri


@pytest.fixture(scope="session")
def settings(mongodb_uri: str) -> Settings:
    return load_settings(
        mongodb_uri=mongodb_uri,
        mongodb_db="mostrador_tests",
        secret_key=SECRET_KEY,
        async_mode="threading",
        demo=True,
        web_chat_secret="a secret that the site shares",
        openai_api_key=None,
        redis_url=None,
    )


@pytest.fixture(scope="session")
def prepared(settings: Settings) -> Iterator[Db]:
    db = connect(settings)
    prepare(db, FEATURES)
    yield db
    db.client.close()


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def db(prepared: Db) -> Db:
    """Empty, with its indexes and validators, and all migrations applied."""
    for name in prepared.list_collection_names():
        if name != MIGRATIONS:
            prepared[name].delete_many({})
    return prepared


@pytest.fixture(scope="session")
def session_app(settings: Settings, prepared: Db) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    app.extensions[SERVICES].db.client.close()


@pytest.fixture
def app(session_app: Flask, db: Db, monkeypatch: pytest.MonkeyPatch) -> Flask:
    # All tests share the application, so that one would see what another had counted.
    monkeypatch.setattr(stats, "KEPT_FOR", 0)
    return session_app


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions[SERVICES]
    return found


@pytest.fixture
def desk(app: Flask, db: Db, password_hash: str) -> Desk:
    """A desk with an admin, a supervisor and two agents, each ready to send requests."""
    return Desk(app, db, password_hash)
