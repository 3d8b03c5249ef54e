"""Every real-time test runs against both workers that gunicorn may serve the application from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import SECRET_KEY
from tests.live import LiveDesk, LiveServer, served


@pytest.fixture(scope="package", params=["eventlet", "threading"])
def server(
    request: pytest.FixtureRequest, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    with served(
        request.param,
        tmp_path_factory.mktemp("live") / "output",
        MONGODB_URI=mongodb_uri,
        MONGODB_DB=f"live_{request.param}",
        SECRET_KEY=SECRET_KEY,
    ) as live:
        yield live


@pytest.fixture
def desk(server: LiveServer, password_hash: str) -> Iterator[LiveDesk]:
    people = LiveDesk(server, password_hash)
    yield people
    people.close()
