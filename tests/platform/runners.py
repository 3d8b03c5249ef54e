"""Processes that run jobs: some within the test, and a real one that can be killed."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.process import BaseProcess

from backend.common.documents import Db, utcnow
from backend.platform.database import connect
from backend.platform.jobs import JobKind, Jobs, RunningJob
from backend.settings import Settings

SHORT_LEASE = timedelta(milliseconds=200)


def at_once(task: Callable[..., object], *arguments: object) -> None:
    task(*arguments)


def in_thread(task: Callable[..., object], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=task, args=arguments)
    thread.start()
    return thread


def runner(db: Db, *kinds: JobKind) -> Jobs:
    jobs = Jobs(db, at_once)
    for kind in kinds:
        jobs.register(kind)
    return jobs


def make_due(db: Db, job_id: str) -> None:
    """As if the time of its next attempt had come."""
    changed = db["jobs"].update_one({"_id": job_id}, {"$set": {"dueAt": utcnow()}})
    assert changed.matched_count == 1


def start_endless(settings: Settings, name: str) -> BaseProcess:
    """A process that claims the due job of this kind and never finishes it."""
    process = multiprocessing.get_context("spawn").Process(
        target=_run_endless, args=(settings, name)
    )
    process.start()
    return process


def _run_endless(settings: Settings, name: str) -> None:
    db = connect(settings)

    def handle(job: RunningJob) -> None:
        db["work"].insert_one({"job": job.id, "attempt": job.attempts})
        time.sleep(3_600)

    runner(db, JobKind(name, handle, lease=SHORT_LEASE)).tick()
