"""The database's own failures: a primary that dies, one that is slow, full or read-only."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.collections import FEATURES
from backend.platform.database import prepare
from tests.conftest import SECRET_KEY
from tests.desk import API, wait_for
from tests.live import LiveDesk, LiveServer
from tests.scale.load import SECONDS, Load
from tests.scale.replica_set import ReplicaSet
from tests.scale.slow_line import SlowLine

WRITES = ["insert", "update", "findAndModify", "delete"]
BOUND = 8.0  # seconds: 4 s an operation, and a busy machine
CROWD = 120  # more than the 100 connections that a process has


@pytest.fixture(scope="module")
def replica_set(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaSet]:
    with ReplicaSet(tmp_path_factory.mktemp("three")) as nodes:
        yield nodes


@contextmanager
def serving(uri: str, name: str, output: Path) -> Iterator[LiveServer]:
    live = LiveServer("eventlet", output, MONGODB_URI=uri, MONGODB_DB=name, SECRET_KEY=SECRET_KEY)
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def server(
    replica_set: ReplicaSet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    with serving(replica_set.uri, "three", tmp_path_factory.mktemp("live") / "output") as live:
        yield live


@pytest.fixture
def desk(server: LiveServer, password_hash: str) -> Iterator[LiveDesk]:
    people = LiveDesk(server, password_hash)
    yield people
    people.close()


def test_a_process_that_starts_while_another_builds_an_index_waits_for_it(
    replica_set: ReplicaSet, server: LiveServer
) -> None:
    """As when a new version is taken by one process after the other."""
    server.db["tickets"].drop_index("sla.resolvedAt_1")
    with ThreadPoolExecutor(2) as processes:
        with replica_set.building_indexes():
            first = processes.submit(prepare, server.db, FEATURES)
            wait_for(lambda: builders(server) == 1)
            second = processes.submit(prepare, server.db, FEATURES)
            wait_for(lambda: builders(server) == 2 or second.done())
        first.result()
        second.result()


def builders(server: LiveServer) -> int:
    """How many create indexes at this moment."""
    asking = {"$match": {"command.createIndexes": "tickets"}}
    return len(list(server.db.client.admin.aggregate([{"$currentOp": {}}, asking])))


def create(server: LiveServer, desk: LiveDesk, body: Any, key: str) -> httpx.Response:
    return httpx.post(
        f"{server.url}{API}/tickets",
        json=body,
        headers={"Authorization": f"Bearer {desk.supervisor.token}", "Idempotency-Key": key},
        timeout=30,
    )


def test_the_primary_is_killed_under_load_and_nothing_acknowledged_is_lost_or_doubled(
    replica_set: ReplicaSet, server: LiveServer, desk: LiveDesk
) -> None:
    people = [desk.hire("supervisor") for _ in range(4)]
    with Load(server.url, people, desk.customer()["customerId"], retries=True) as load:
        load.wait_for_more(20)
        killed = replica_set.kill_primary()
        load.wait_for_more(20)  # on the next primary, by itself
        replica_set.start_again(killed)
        load.wait_for_more(10)
    load.check(server.db)
    # What failed meanwhile said so as the API does, and asked to come again.
    assert all(
        " 503 " in failure and "database_unavailable" in failure for failure in load.failures
    )


@pytest.fixture
def line(mongodb_uri: str) -> Iterator[SlowLine]:
    with SlowLine(mongodb_uri) as line:
        yield line


@pytest.fixture
def far_server(line: SlowLine, tmp_path: Path) -> Iterator[LiveServer]:
    with serving(line.uri, "far", tmp_path / "output") as live:
        yield live


def test_a_slow_database_is_waited_for_and_a_hanging_one_is_not(
    line: SlowLine, far_server: LiveServer, password_hash: str
) -> None:
    desk = LiveDesk(far_server, password_hash)
    body = desk.ticket_body()
    line.delay = 0.15
    assert create(far_server, desk, body, "slow").status_code == 201
    line.delay = 0.0
    line.hang()
    with ThreadPoolExecutor(CROWD) as crowd:
        waiting = [crowd.submit(create, far_server, desk, body, f"{n}") for n in range(CROWD)]
        # The process itself is not held up.
        assert httpx.get(f"{far_server.url}/health", timeout=2).status_code == 200
        answers = [answer.result() for answer in waiting]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(503, "database_unavailable")}
    assert max(answer.elapsed.total_seconds() for answer in answers) < BOUND
    line.flow()

    def create_at_last(number: int) -> Any:
        return wait_for(lambda: _made(create(far_server, desk, body, f"{number}")), SECONDS)

    with ThreadPoolExecutor(CROWD) as crowd:
        made = list(crowd.map(create_at_last, range(CROWD)))
    # Each retried request has one ticket, and none is missing.
    assert len({ticket["ticketId"] for ticket in made}) == CROWD
    desk.close()


def _made(answer: httpx.Response) -> Any:
    """The ticket, new or made before; None while the database is still found to be away."""
    return answer.json() if answer.is_success else None


@pytest.mark.parametrize(
    ("problem", "code"), [("OutOfDiskSpace", 14031), ("read only: Unauthorized", 13)]
)
def test_a_database_that_takes_no_writes_says_so_and_is_still_read(
    replica_set: ReplicaSet, server: LiveServer, desk: LiveDesk, problem: str, code: int
) -> None:
    ticket, body, visitor = desk.ticket(), desk.ticket_body(), desk.visitor()
    with replica_set.failing(WRITES, errorCode=code):
        refused = create(server, desk, body, f"{problem} meanwhile")
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        assert refused.headers["Retry-After"]
        many = {"ticketIds": [ticket["ticketId"]] * 2 + ["none"], "change": {"priority": "low"}}
        results = desk.supervisor.post("/tickets/bulk", many).json["results"]
        assert [result["error"]["code"] for result in results] == ["database_unavailable"] * 2
        assert desk.ana.get(f"/tickets/{ticket['ticketId']}").status_code == 200
        assert visitor.get("/channels/web/messages").status_code == 200
    assert create(server, desk, body, f"{problem} after").status_code == 201
