"""One cluster for all of these tests."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import SECRET_KEY
from tests.live import LiveDesk
from tests.scale.cluster import Cluster
from tests.scale.load import Load
from tests.scale.screen import Screen


@pytest.fixture(scope="package")
def cluster(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = Cluster(
        tmp_path_factory.mktemp("cluster"),
        MONGODB_URI=mongodb_uri,
        MONGODB_DB="cluster",
        SECRET_KEY=SECRET_KEY,
        DEMO="0",
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def desk(cluster: Cluster, password_hash: str) -> Iterator[LiveDesk]:
    people = LiveDesk(cluster, password_hash)
    yield people
    people.close()


@pytest.fixture
def load(cluster: Cluster, desk: LiveDesk) -> Callable[..., Load]:
    def start(**options: bool) -> Load:
        people = [desk.hire("supervisor") for _ in range(2)]
        return Load(cluster.url, people, desk.customer()["customerId"], **options)

    return start


@pytest.fixture
def screens(cluster: Cluster, desk: LiveDesk) -> Iterator[list[Screen]]:
    """Clients through nginx, which has the least busy process take each."""
    found = [Screen(cluster.url, desk.supervisor) for _ in cluster.urls]
    yield found
    for screen in found:
        screen.close()
    gc.collect()
