"""Processes and Redis stop and start under load: clients do not notice, or recover."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.desk import wait_for
from tests.scale.cluster import Cluster
from tests.scale.load import SECONDS, Load
from tests.scale.screen import Screen

# A client whose handshake is cut leaves its socket to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

Loads = Callable[..., Load]


def all_agree(screens: list[Screen]) -> None:
    deadline = time.monotonic() + SECONDS
    while differences := [line for screen in screens for line in screen.differences()]:
        assert time.monotonic() < deadline, "\n".join(differences)


def test_a_killed_process_loses_nothing_and_its_clients_go_elsewhere(
    cluster: Cluster, load: Loads, screens: list[Screen]
) -> None:
    with load(retries=True) as people:
        people.wait_for_more(10)
        cluster.kill_process(0)
        people.wait_for_more(10)  # by the others
        wait_for(lambda: cluster.is_ready(0), SECONDS)
        people.wait_for_more(10)
    people.check(cluster.db)
    all_agree(screens)
    assert sum(screen.connections for screen in screens) > len(screens)


def test_replacing_all_processes_fails_no_request(
    cluster: Cluster, load: Loads, screens: list[Screen]
) -> None:
    cluster.db["tickets"].drop_index(
        "sla.resolvedAt_1"
    )  # as if the new code were the first to use it
    with load() as people:
        people.wait_for_more(10)
        cluster.replace_all()
        people.wait_for_more(10)
    assert people.failures == []
    assert "sla.resolvedAt_1" in cluster.db["tickets"].index_information()
    people.check(cluster.db)
    all_agree(screens)
    assert all(screen.connections > 1 for screen in screens)


def test_while_redis_is_killed_no_request_fails_and_clients_catch_up(
    cluster: Cluster, load: Loads, screens: list[Screen]
) -> None:
    with load() as people:
        people.wait_for_more(10)
        redis = cluster.redis()
        assert redis is not None
        os.kill(redis, signal.SIGKILL)
        people.wait_for_more(10)
        wait_for(lambda: cluster.redis() not in (None, redis), SECONDS)
        people.wait_for_more(10)
    assert people.failures == []
    all_agree(screens)


def test_while_redis_hangs_no_request_fails_and_clients_catch_up(
    cluster: Cluster, load: Loads, screens: list[Screen]
) -> None:
    redis = cluster.redis()
    assert redis is not None
    with load() as people:
        people.wait_for_more(10)
        os.kill(redis, signal.SIGSTOP)
        try:
            people.wait_for_more(10)
        finally:
            os.kill(redis, signal.SIGCONT)
        people.wait_for_more(10)
    assert people.failures == []
    all_agree(screens)
