"""An application whose assistant asks a provider that the test scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from llmock.testing import LLMockServer

from backend.app import SERVICES, create_app
from backend.assistant.loop import REPLY
from backend.assistant.models.circuit import Circuit
from backend.assistant.models.openai import OpenAIModel
from backend.collections import FEATURES
from backend.common.documents import Db
from backend.platform.database import connect, prepare
from backend.services import Services
from backend.settings import Settings
from tests.assistant.chat import Chat
from tests.assistant.provider import Provider
from tests.desk import Desk, wait_for


@pytest.fixture(scope="session")
def provider_server() -> Iterator[Provider]:
    server = LLMockServer()
    provider = Provider(server)
    with server:
        yield provider


@pytest.fixture
def provider(provider_server: Provider) -> Iterator[Provider]:
    yield provider_server.fresh()
    provider_server.fresh()  # answers requests that still wait


@pytest.fixture(scope="session")
def model_settings(settings: Settings, provider_server: Provider) -> Settings:
    """With a database of its own: the assistant of another application would answer there too."""
    return settings.model_copy(
        update={
            "mongodb_db": "mostrador_assistant",
            "openai_api_key": "a key",
            "openai_base_url": provider_server.base_url("openai"),
        }
    )


@pytest.fixture(scope="session")
def model_app(model_settings: Settings) -> Iterator[Flask]:
    db = connect(model_settings)
    prepare(db, FEATURES)
    app = create_app(model_settings)
    yield app
    app.extensions[SERVICES].db.client.close()
    db.client.close()


@pytest.fixture
def model_services(model_app: Flask) -> Services:
    services: Services = model_app.extensions[SERVICES]
    return services


@pytest.fixture
def support(
    model_app: Flask, model_services: Services, provider: Provider, password_hash: str
) -> Iterator[Desk]:
    """The people of a desk whose assistant asks the provider. Ends when no run is under way."""
    assert isinstance(model_services.assistant.model, OpenAIModel)
    model_services.assistant.model.circuit = Circuit()  # whatever failed in other tests
    yield Desk(model_app, model_services.db, password_hash)
    provider.fresh()
    wait_for(lambda: _is_idle(model_services.db))


def _is_idle(db: Db) -> bool:
    return db["jobs"].find_one({"kind": REPLY}) is None


@pytest.fixture
def chat(support: Desk) -> Chat:
    """A new customer."""
    return Chat(support)
