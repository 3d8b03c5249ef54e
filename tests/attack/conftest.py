"""Applications with other settings than the rest of the tests have, and a server to attack."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from backend.app import SERVICES, create_app
from backend.common.documents import Db
from backend.settings import Settings, load_settings
from tests.conftest import SECRET_KEY
from tests.live import LiveDesk, LiveServer, served

AppWith = Callable[..., Flask]


@pytest.fixture
def app_with(settings: Settings, db: Db) -> Iterator[AppWith]:
    """Makes an application on the test database: `app_with(demo=False)`."""
    apps: list[Flask] = []

    def make(**changes: object) -> Flask:
        app = create_app(load_settings(**settings.model_dump() | changes))
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions[SERVICES].db.client.close()


@pytest.fixture(scope="package", params=["eventlet", "threading"])
def server(
    request: pytest.FixtureRequest, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """Behind a proxy, so that an attacker can come from many addresses."""
    with served(
        request.param,
        tmp_path_factory.mktemp("attacked") / "output",
        MONGODB_URI=mongodb_uri,
        MONGODB_DB=f"attacked_{request.param}",
        SECRET_KEY=SECRET_KEY,
        TRUSTED_PROXIES="1",
        DEMO="0",
    ) as live:
        yield live


@pytest.fixture
def live_desk(server: LiveServer, password_hash: str) -> Iterator[LiveDesk]:
    people = LiveDesk(server, password_hash)
    yield people
    people.close()
