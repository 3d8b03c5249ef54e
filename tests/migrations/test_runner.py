"""Each migration is applied once, in order, by one process at a time, whatever happens to it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from backend.collections import FEATURES
from backend.common.documents import Db
from backend.platform.database import connect, prepare
from backend.platform.migrations import Migration, all_migrations, runner
from backend.platform.migrations.runner import apply_pending
from backend.settings import Settings
from tests.desk import wait_for
from tests.migrations.doubling import LEASE, ROWS, doubling
from tests.run.conftest import ROOT, environment


@pytest.fixture
def own(settings: Settings) -> Settings:
    return settings.model_copy(update={"mongodb_db": "mostrador_migrations"})


@pytest.fixture
def rows(own: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Db]:
    """A database of its own with rows to migrate, and leases that expire soon."""
    monkeypatch.setattr(runner, "LEASE", LEASE)
    db = connect(own)
    with db.client:
        db["rows"].insert_many([{"_id": number, "value": number} for number in range(ROWS)])
        yield db
        db.client.drop_database(db.name)


def doubled(db: Db) -> int:
    """Return how many rows have been migrated."""
    return db["rows"].count_documents(
        {"$expr": {"$eq": ["$doubled", {"$multiply": ["$value", 2]}]}}
    )


def test_the_numbers_of_migrations_have_no_gap_and_no_duplicate() -> None:
    numbers = [int(migration.name.split("_")[0]) for migration in all_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_new_database_records_all_migrations_and_runs_none(own: Settings) -> None:
    said: list[str] = []
    db = connect(own)
    with db.client:
        prepare(db, FEATURES, said.append)
        recorded = list(db["migrations"].find().sort("_id"))
        assert [record["_id"] for record in recorded] == [found.name for found in all_migrations()]
        prepare(db, FEATURES, said.append)
        assert list(db["migrations"].find().sort("_id")) == recorded
        db.client.drop_database(db.name)
    assert said == []


def test_a_migration_is_applied_once(rows: Db) -> None:
    said: list[str] = []
    for _ in range(2):
        apply_pending(rows, [doubling()], said.append)
    assert doubled(rows) == ROWS
    assert said == ["Upgrading the database: Double the values"]


def test_of_two_processes_one_applies_it_and_the_other_waits(rows: Db, own: Settings) -> None:
    entered, may_go_on = Event(), Event()

    def hold(_: Db) -> None:
        entered.set()
        assert may_go_on.wait(20)

    def fail(_: Db) -> None:
        raise AssertionError("both apply it")

    first_said: list[str] = []
    second_said: list[str] = []
    other = connect(own)
    with other.client, ThreadPoolExecutor(2) as processes:
        first = processes.submit(apply_pending, rows, [doubling(hold)], first_said.append)
        assert entered.wait(20)
        [claimed] = rows["migrations"].find()
        second = processes.submit(apply_pending, other, [doubling(fail)], second_said.append)
        # The lease has expired more than once by then, had it not been renewed.
        wait_for(
            lambda: rows["migrations"].find_one(
                {
                    "$expr": {
                        "$gt": [
                            {"$subtract": ["$leaseUntil", claimed["leaseUntil"]]},
                            2_000 * LEASE,
                        ]
                    }
                }
            )
        )
        assert not second.done()
        may_go_on.set()
        first.result(20)
        second.result(20)
    assert doubled(rows) == ROWS
    assert first_said == ["Upgrading the database: Double the values"]
    assert second_said == ["Waiting for another process: Double the values"]


def test_a_migration_of_a_killed_process_is_completed_by_the_next(rows: Db, own: Settings) -> None:
    killed = subprocess.run(
        [sys.executable, "-m", "tests.migrations.doubling"],
        check=False,
        cwd=ROOT,
        env=environment(
            MONGODB_URI=own.mongodb_uri or "",
            MONGODB_DB=own.mongodb_db,
            SECRET_KEY=own.signing_key,
        ),
    )
    assert killed.returncode == -signal.SIGKILL
    assert 0 < doubled(rows) < ROWS
    apply_pending(rows, [doubling()], print)
    assert doubled(rows) == ROWS


def test_a_failing_migration_stops_later_ones_and_is_retried(
    rows: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LEASE", 60.0)
    applied: list[str] = []

    def fail(_: Db) -> None:
        raise ValueError("a document of an unknown form")

    later = Migration("0002_later", "Do more", lambda _: applied.append("later"))
    with pytest.raises(ValueError, match="unknown form"):
        apply_pending(rows, [doubling(fail), later], print)
    assert applied == []
    said: list[str] = []
    apply_pending(rows, [doubling(), later], said.append)
    assert doubled(rows) == ROWS
    assert applied == ["later"]
    assert said == ["Upgrading the database: Double the values", "Upgrading the database: Do more"]


def test_a_process_that_lost_its_lease_waits_for_the_new_owner(rows: Db, own: Settings) -> None:
    """As after the process was suspended for longer than the lease."""
    finished: list[bool] = []

    def lose(db: Db) -> None:
        db["migrations"].update_one({}, {"$set": {"owner": "another", "leaseUntil": None}})

    def finish(line: str) -> None:
        if line.startswith("Waiting"):
            finished.append(True)
            rows["migrations"].update_one({}, {"$currentDate": {"appliedAt": True}})

    apply_pending(rows, [doubling(lose)], finish)
    assert finished == [True]
