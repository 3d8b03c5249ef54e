"""Jobs run once, again after a failure, and in another process after a crash."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from backend.common.documents import Db, Document, utcnow
from backend.platform.jobs import (
    MAX_BACKOFF,
    RECURRING,
    JobKind,
    Jobs,
    Lost,
    RetryLater,
    RunningJob,
    backoff,
)
from backend.settings import Settings
from tests.desk import wait_for
from tests.platform.runners import SHORT_LEASE, at_once, in_thread, make_due, runner, start_endless


def stored(db: Db, job_id: str) -> Document | None:
    return db["jobs"].find_one({"_id": job_id})


class Handler:
    """Records what it is given, and fails as often as it is told to."""

    def __init__(self, failures: int = 0, error: Exception | None = None) -> None:
        self.jobs: list[RunningJob] = []
        self._failures = failures
        self._error = error or RuntimeError("not today")

    def __call__(self, job: RunningJob) -> None:
        self.jobs.append(job)
        if len(self.jobs) <= self._failures:
            raise self._error


# --- pure -----------------------------------------------------------------------------------


def test_the_backoff_doubles_up_to_a_bound_and_varies() -> None:
    kind = JobKind("any", Handler(), first_backoff=timedelta(seconds=1))
    for attempts, longest in ((1, 1), (2, 2), (5, 16), (8, 128), (9, 256), (10, 300), (1_000, 300)):
        waits = [backoff(kind, attempts) for _ in range(50)]
        assert all(longest / 2 <= wait.total_seconds() <= longest for wait in waits)
        assert len(set(waits)) > 1
    assert timedelta(seconds=300) == MAX_BACKOFF


# --- one process ----------------------------------------------------------------------------


def test_a_job_gets_its_payload_and_is_gone_when_it_is_done(db: Db) -> None:
    handler = Handler()
    jobs = runner(db, JobKind("greet", handler))
    job_id = jobs.enqueue("greet", "k1", {"name": "Ana", "$odd": {"a.b": "$name"}})
    jobs.start(job_id)
    [job] = handler.jobs
    assert (job.id, job.key, job.attempts) == ("greet:k1", "k1", 1)
    assert job.payload == {"name": "Ana", "$odd": {"a.b": "$name"}}
    assert stored(db, job_id) is None
    jobs.start(job_id)
    jobs.tick()
    assert len(handler.jobs) == 1


def test_a_job_requested_twice_is_one_with_the_latest_payload(db: Db) -> None:
    handler = Handler()
    jobs = runner(db, JobKind("greet", handler))
    for name in ("Ana", "Bruno"):
        jobs.enqueue("greet", "k1", {"name": name})
    jobs.enqueue("greet", "k2")
    jobs.tick()
    assert sorted((job.key, job.payload.get("name")) for job in handler.jobs) == [
        ("k1", "Bruno"),
        ("k2", None),
    ]


def test_a_failed_job_waits_for_its_backoff_and_runs_again(db: Db) -> None:
    handler = Handler(failures=2)
    jobs = runner(db, JobKind("fail", handler, first_backoff=timedelta(minutes=2)))
    job_id = jobs.enqueue("fail", "k1")
    jobs.start(job_id)
    jobs.tick()
    job = stored(db, job_id)
    assert job is not None
    assert (len(handler.jobs), job["attempts"], job["owner"]) == (1, 1, None)
    assert job["error"] == "RuntimeError: not today"
    assert timedelta(seconds=55) < job["dueAt"] - utcnow() <= timedelta(minutes=2)
    for _ in range(2):
        make_due(db, job_id)
        jobs.tick()
    assert [job.attempts for job in handler.jobs] == [1, 2, 3]
    assert stored(db, job_id) is None


def test_a_handler_may_say_when_to_try_again(db: Db) -> None:
    later = RetryLater("the channel is busy", after=timedelta(minutes=30))
    jobs = runner(db, JobKind("fail", Handler(1, later)))
    jobs.start(jobs.enqueue("fail", "k1"))
    job = stored(db, "fail:k1")
    assert job is not None
    assert job["error"] == "the channel is busy"
    assert timedelta(minutes=29) < job["dueAt"] - utcnow() <= timedelta(minutes=30)


def test_after_its_last_attempt_a_job_is_dead_until_it_is_retried(db: Db) -> None:
    handler = Handler(failures=2)
    jobs = runner(db, JobKind("fail", handler, max_attempts=2))
    job_id = jobs.enqueue("fail", "k1")
    for _ in range(3):
        make_due(db, job_id)
        jobs.tick()
    job = stored(db, job_id)
    assert job is not None
    assert (job["state"], job["attempts"], len(handler.jobs)) == ("dead", 2, 2)
    assert jobs.retry(job_id)
    assert not jobs.retry(job_id)
    jobs.tick()
    assert [job.attempts for job in handler.jobs] == [1, 2, 1]
    assert stored(db, job_id) is None


def test_a_dead_job_that_is_requested_again_runs_again(db: Db) -> None:
    handler = Handler(failures=1)
    jobs = runner(db, JobKind("fail", handler, max_attempts=1))
    jobs.start(jobs.enqueue("fail", "k1"))
    jobs.start(jobs.enqueue("fail", "k1"))
    assert [job.attempts for job in handler.jobs] == [1, 1]
    assert stored(db, "fail:k1") is None


def test_a_request_while_the_job_runs_runs_it_again(db: Db) -> None:
    payloads: list[Any] = []

    def handle(job: RunningJob) -> None:
        payloads.append(job.payload.get("name"))
        if len(payloads) == 1:
            jobs.enqueue("greet", "k1", {"name": "Bruno"})

    jobs = runner(db, JobKind("greet", handle))
    jobs.start(jobs.enqueue("greet", "k1", {"name": "Ana"}))
    assert payloads == ["Ana", "Bruno"]
    assert stored(db, "greet:k1") is None


def test_a_request_during_the_last_attempt_is_not_lost(db: Db) -> None:
    attempts: list[int] = []

    def handle(job: RunningJob) -> None:
        attempts.append(job.attempts)
        if len(attempts) == 1:
            jobs.enqueue("fail", "k1")
            raise RuntimeError("the last attempt")

    jobs = runner(db, JobKind("fail", handle, max_attempts=1))
    jobs.start(jobs.enqueue("fail", "k1"))
    job = stored(db, "fail:k1")
    assert job is not None
    assert job["state"] == "waiting"
    make_due(db, "fail:k1")
    jobs.tick()
    assert attempts == [1, 1]


def test_a_recurring_job_never_dies(db: Db) -> None:
    handler = Handler(failures=2)
    kind = JobKind("sweep", handler, max_attempts=1, every=timedelta(minutes=10))
    jobs = runner(db, kind)
    jobs.tick()
    for _ in range(2):
        make_due(db, f"sweep:{RECURRING}")
        jobs.tick()
    assert len(handler.jobs) == 3
    job = stored(db, f"sweep:{RECURRING}")
    assert job is not None
    assert (job["state"], job["attempts"]) == ("waiting", 0)


def test_a_cancelled_job_does_not_run(db: Db) -> None:
    handler = Handler()
    jobs = runner(db, JobKind("greet", handler))
    job_id = jobs.enqueue("greet", "k1")
    jobs.cancel("greet", "k1")
    jobs.start(job_id)
    jobs.tick()
    assert handler.jobs == []


def test_a_job_that_is_cancelled_while_it_runs_has_lost_its_lease(db: Db) -> None:
    went_on: list[str] = []

    def handle(job: RunningJob) -> None:
        jobs.cancel("greet", "k1")
        job.renew_lease()
        went_on.append(job.id)

    jobs = runner(db, JobKind("greet", handle))
    jobs.start(jobs.enqueue("greet", "k1"))
    assert went_on == []
    assert stored(db, "greet:k1") is None


def test_a_job_of_an_unknown_kind_waits_for_a_process_that_knows_it(db: Db) -> None:
    handler = Handler()
    ignorant = runner(db)
    job_id = ignorant.enqueue("greet", "k1")
    ignorant.start(job_id)
    ignorant.tick()
    assert stored(db, job_id) is not None
    runner(db, JobKind("greet", handler)).tick()
    assert len(handler.jobs) == 1


def test_an_inline_job_runs_in_the_caller_and_others_in_the_background(db: Db) -> None:
    handler = Handler()
    background: list[Any] = []
    jobs = Jobs(db, lambda *task: background.append(task))
    jobs.register(JobKind("now", handler, inline=True))
    jobs.register(JobKind("soon", handler))
    for name in ("now", "soon"):
        jobs.start(jobs.enqueue(name, "k1"))
    assert [job.kind.name for job in handler.jobs] == ["now"]
    [(task, *arguments)] = background
    at_once(task, *arguments)
    assert [job.kind.name for job in handler.jobs] == ["now", "soon"]


def test_no_more_jobs_of_a_kind_run_at_once_than_it_allows(db: Db) -> None:
    running: set[str] = set()
    most: list[int] = []
    go_on = threading.Event()

    def handle(job: RunningJob) -> None:
        running.add(job.id)
        most.append(len(running))
        go_on.wait(10)
        running.discard(job.id)

    threads: list[threading.Thread] = []
    jobs = Jobs(db, lambda *task: threads.append(in_thread(*task)))
    jobs.register(JobKind("slow", handle, max_concurrent=2))
    for number in range(6):
        jobs.enqueue("slow", str(number))
    jobs.tick()
    wait_for(lambda: len(running) == 2)
    assert db["jobs"].count_documents({"owner": {"$ne": None}}) == 2
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert db["jobs"].count_documents({}) == 0
    assert len(most) == 6
    assert max(most) == 2


# --- several processes ----------------------------------------------------------------------


def test_of_several_processes_one_runs_the_job(db: Db) -> None:
    handler = Handler()
    processes = [runner(db, JobKind("greet", handler)) for _ in range(8)]
    job_id = processes[0].enqueue("greet", "k1")
    together = threading.Barrier(len(processes))

    def start(jobs: Jobs) -> None:
        together.wait()
        jobs.start(job_id)

    for thread in [in_thread(start, jobs) for jobs in processes]:
        thread.join(10)
    assert len(handler.jobs) == 1


def test_a_process_that_stood_still_too_long_loses_its_job(db: Db) -> None:
    handler = Handler()
    lost: list[bool] = []

    def stand_still(job: RunningJob) -> None:
        past = {"$set": {"leaseUntil": utcnow() - timedelta(seconds=1)}}
        db["jobs"].update_one({"_id": job.id}, past)
        runner(db, JobKind("greet", handler)).tick()
        with pytest.raises(Lost):
            job.renew_lease()
        lost.append(True)

    slow = runner(db, JobKind("greet", stand_still))
    slow.start(slow.enqueue("greet", "k1"))
    assert lost
    assert len(handler.jobs) == 1
    assert stored(db, "greet:k1") is None


def test_a_lease_is_renewed_while_the_job_runs(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.platform.jobs.RENEWAL", timedelta(0))
    leases: list[Any] = []

    def handle(job: RunningJob) -> None:
        soon = utcnow() + timedelta(seconds=1)
        db["jobs"].update_one({"_id": job.id}, {"$set": {"leaseUntil": soon}})
        jobs.tick()
        found = stored(db, job.id)
        assert found is not None
        leases.append(found["leaseUntil"] - soon)

    jobs = runner(db, JobKind("greet", handle))
    jobs.start(jobs.enqueue("greet", "k1"))
    assert leases[0] > timedelta(seconds=5)


def test_a_killed_process_job_is_taken_over_when_its_lease_ends(db: Db, settings: Settings) -> None:
    handler = Handler()
    survivor = runner(db, JobKind("greet", handler, lease=SHORT_LEASE))
    survivor.enqueue("greet", "k1", {"name": "Ana"})
    process = start_endless(settings, "greet")
    wait_for(lambda: db["work"].find_one({"job": "greet:k1"}), 30)
    process.kill()
    process.join()

    def taken_over() -> bool:
        survivor.tick()
        return bool(handler.jobs)

    wait_for(taken_over)
    [job] = handler.jobs
    assert (job.attempts, job.payload) == (2, {"name": "Ana"})
    assert stored(db, "greet:k1") is None
