"""Jobs that come back: sweeps of one process at a time."""

from __future__ import annotations

from datetime import timedelta

from backend.common.documents import Db, utcnow
from backend.platform.jobs import RECURRING, JobKind, Jobs, RunningJob


def test_a_recurring_job_runs_once_and_is_due_again_later(db: Db) -> None:
    ran: list[str] = []

    def sweep(job: RunningJob) -> None:
        ran.append(job.id)

    def at_once(task: object, *arguments: object) -> None:
        assert callable(task)
        task(*arguments)

    processes = [Jobs(db, at_once) for _ in range(2)]
    for jobs in processes:
        jobs.register(JobKind("sweep", sweep, every=timedelta(minutes=10)))
    for jobs in processes * 2:
        jobs.tick()
    assert ran == [f"sweep:{RECURRING}"]
    stored = db["jobs"].find_one({"_id": f"sweep:{RECURRING}"})
    assert stored is not None
    wait = stored["dueAt"] - utcnow()
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)
    db["jobs"].update_one({"_id": stored["_id"]}, {"$set": {"dueAt": utcnow()}})
    processes[0].tick()
    assert len(ran) == 2
