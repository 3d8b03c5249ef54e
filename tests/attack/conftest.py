"""Applications with other settings than the rest of the tests have."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from backend.app import SERVICES, create_app
from backend.common.documents import Db
from backend.settings import Settings, load_settings

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
