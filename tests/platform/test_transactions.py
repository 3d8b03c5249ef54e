"""A write, its events and its jobs are stored together or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from backend.common.actor import SYSTEM, Actor
from backend.common.documents import Db, utcnow
from backend.platform import transactions as module
from backend.platform.events import Entry, EventBus
from backend.platform.jobs import JobKind, RunningJob
from backend.platform.transactions import Transaction, Transactions, WriteCollision
from tests.platform.runners import runner


@dataclass(frozen=True)
class Painted:
    colour: str
    actor: Actor = SYSTEM

    @property
    def at(self) -> datetime:
        return utcnow()

    def entry(self) -> Entry:
        changes = {"colour": {"from": None, "to": self.colour}}
        return Entry("painted", {"ticketId": "T1"}, changes, 2)


class Site:
    """A database with a bus, and a job that records what it is run for."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.bus = EventBus()
        self.dried: list[str] = []
        jobs = runner(db, JobKind("dry", self._dry))
        self.transactions = Transactions(db, self.bus, jobs)

    def paint(self, tx: Transaction, colour: str = "red") -> None:
        self.db["walls"].update_one(
            {"_id": "w1"}, {"$set": {"colour": colour}}, upsert=True, session=tx.session
        )
        tx.publish(Painted(colour))
        tx.enqueue("dry", "w1")

    @property
    def stored(self) -> list[Any]:
        """The colour of the wall, the colours in the log, and the jobs."""
        wall = self.db["walls"].find_one({"_id": "w1"}) or {}
        logged = [event["changes"]["colour"]["to"] for event in self.db["events"].find()]
        return [wall.get("colour"), logged, self.db["jobs"].count_documents({})]

    def _dry(self, job: RunningJob) -> None:
        self.dried.append(job.key)


@pytest.fixture
def site(db: Db) -> Site:
    return Site(db)


def test_a_commit_stores_the_change_with_its_event_and_starts_its_jobs(site: Site) -> None:
    site.transactions.run(site.paint)
    assert site.stored == ["red", ["red"], 0]
    assert site.dried == ["w1"]
    event = site.db["events"].find_one()
    assert event is not None
    assert {name: event[name] for name in ("type", "ticketId", "version", "actor")} == {
        "type": "painted",
        "ticketId": "T1",
        "version": 2,
        "actor": SYSTEM.as_author(),
    }


def test_a_failure_stores_nothing(site: Site) -> None:
    def work(tx: Transaction) -> None:
        site.paint(tx)
        raise ValueError("changed my mind")

    heard: list[Painted] = []
    site.bus.after(Painted, heard.append)
    with pytest.raises(ValueError, match="changed my mind"):
        site.transactions.run(work)
    assert site.stored == [None, [], 0]
    assert site.dried == []
    assert heard == []


def test_a_subscriber_within_writes_and_fails_with_the_transaction(site: Site) -> None:
    def also(tx: Transaction, event: Painted) -> None:
        site.db["notes"].insert_one({"of": event.colour}, session=tx.session)
        if event.colour == "black":
            raise ValueError("too dark")

    site.bus.within(Painted, also)
    with pytest.raises(ValueError, match="too dark"):
        site.transactions.run(lambda tx: site.paint(tx, "black"))
    assert site.stored == [None, [], 0]
    assert site.db["notes"].count_documents({}) == 0
    site.transactions.run(site.paint)
    assert site.db["notes"].count_documents({"of": "red"}) == 1


def test_a_subscriber_after_the_commit_fails_nothing(site: Site) -> None:
    heard: list[list[Any]] = []

    def fail(_event: Painted) -> None:
        raise ValueError("not heard")

    site.bus.after(Painted, fail)
    site.bus.after(Painted, lambda _event: heard.append(site.stored))
    site.transactions.run(site.paint)
    assert heard == [["red", ["red"], 1]]  # committed, and the job is about to start
    assert site.dried == ["w1"]


def test_a_collision_runs_the_work_again_and_publishes_once(site: Site) -> None:
    heard: list[Painted] = []
    site.bus.after(Painted, heard.append)
    site.db["walls"].insert_one({"_id": "w1", "colour": "white", "coats": 0})
    attempts: list[int] = []

    def work(tx: Transaction) -> int:
        wall = site.db["walls"].find_one({"_id": "w1"}, session=tx.session)
        assert wall is not None
        attempts.append(wall["coats"])
        if len(attempts) == 1:  # somebody else paints first
            site.db["walls"].update_one({"_id": "w1"}, {"$inc": {"coats": 1}})
        site.paint(tx)
        return int(wall["coats"])

    assert site.transactions.run(work) == 1
    assert attempts == [0, 1]
    assert site.stored == ["red", ["red"], 0]
    assert len(heard) == 1
    assert site.dried == ["w1"]


def collide(site: Site) -> Any:
    site.db["walls"].insert_one({"_id": "w1", "coats": 0})

    def work(tx: Transaction) -> None:
        site.db["walls"].find_one({"_id": "w1"}, session=tx.session)
        site.db["walls"].update_one({"_id": "w1"}, {"$inc": {"coats": 1}})
        site.paint(tx)

    return work


def test_a_collision_is_reported_to_work_that_reads_first(site: Site) -> None:
    with pytest.raises(WriteCollision):
        site.transactions.run_once(collide(site))
    assert site.stored == [None, [], 0]


def test_endless_collisions_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_FOR", 0.05)
    with pytest.raises(OperationFailure):
        site.transactions.run(collide(site))
    assert site.stored == [None, [], 0]


def test_one_job_is_started_once_however_often_it_is_asked_for(site: Site) -> None:
    def work(tx: Transaction) -> None:
        for colour in ("red", "blue"):
            site.paint(tx, colour)

    site.transactions.run(work)
    assert site.stored == ["blue", ["red", "blue"], 0]
    assert site.dried == ["w1"]


def test_a_cancelled_job_is_gone_with_the_commit(site: Site) -> None:
    site.transactions.run(lambda tx: tx.enqueue("later", "w1"))  # nobody runs these here

    def fail(tx: Transaction) -> None:
        tx.cancel("later", "w1")
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        site.transactions.run(fail)
    assert site.db["jobs"].count_documents({}) == 1
    site.transactions.run(lambda tx: tx.cancel("later", "w1"))
    assert site.db["jobs"].count_documents({}) == 0
