"""Jobs: work that happens later, or that must survive a crash.

A job is a document. Enqueued in the transaction of what causes it, it is started at once by the
process that commits, and by any process once it is due: after a failure with exponential backoff,
after a crash when its lease ends. One process at a time runs one job. After its last attempt it is
`dead`, kept for people to see and retry.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NotRequired, TypedDict, cast

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from backend.common.documents import Db, Document, index, new_id, utcnow, validator
from backend.platform.metrics import JOBS

log = logging.getLogger(__name__)

TICK = 1.0  # seconds between checks for due jobs
AFTER_OUTAGE = timedelta(seconds=1)  # before a job that failed with the database runs again
RENEWAL = timedelta(seconds=4)  # between renewals of the leases of a process
RECURRING = "recurring"  # the key of the one job of a recurring kind
MAX_DUE = 200  # jobs started at one tick
MAX_BACKOFF = timedelta(minutes=5)
MAX_REASON = 500  # characters kept of a failure


class JobState(StrEnum):
    WAITING = "waiting"
    DEAD = "dead"


class JobDocument(TypedDict):
    _id: str  # kind and key, which deduplicate requests
    kind: str
    key: str
    state: str
    payload: Document | None
    requests: int  # how often it was requested; a request while it runs makes it run again
    attempts: int
    dueAt: datetime
    owner: str | None
    leaseUntil: datetime | None
    error: NotRequired[str]
    createdAt: datetime


VALIDATORS = {
    "jobs": validator(
        {
            "_id": "string",
            "kind": "string",
            "key": "string",
            "requests": "int",
            "attempts": "int",
            "dueAt": "date",
            "createdAt": "date",
        },
        state={"enum": [state.value for state in JobState]},
    )
}

INDEXES = {"jobs": [index(("state", 1), ("dueAt", 1)), index(("kind", 1), ("state", 1))]}


class RetryLater(Exception):
    """The job cannot be done now. It runs again after `after`, or after its own backoff."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Lost(Exception):
    """The job's lease ended while this process was blocked; another process may have it."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """How jobs of one kind run: `inline` ones in the caller, right after the commit."""

    name: str
    handle: Callable[[RunningJob], object]
    max_attempts: int | None = 20  # None: the handler decides when to give up
    lease: timedelta = timedelta(seconds=12)  # a dead process's job is due again after this
    max_concurrent: int = 16  # in one process
    inline: bool = False
    first_backoff: timedelta = timedelta(seconds=1)
    every: timedelta | None = None  # a recurring job, of one process at a time


class RunningJob:
    def __init__(self, document: JobDocument, kind: JobKind, jobs: Jobs) -> None:
        self.kind = kind
        self.id = document["_id"]
        self.key = document["key"]
        self.payload = document["payload"] or {}
        self.created_at = document["createdAt"]
        self.attempts = document["attempts"]  # this one included
        self.requests = document["requests"]
        self.owner = document["owner"] or ""
        self._jobs = jobs

    def renew_lease(self) -> None:
        """Renew the lease before an action that must not happen twice. Raises Lost."""
        if not self._jobs.renew(self):
            raise Lost

    def progress(self) -> None:
        """Count attempts from the beginning, after a part is done. Raises Lost."""
        self.attempts = 1
        if not self._jobs.renew(self, attempts=1):
            raise Lost


class Jobs:
    def __init__(self, db: Db, start_background_task: Callable[..., object]) -> None:
        self._jobs = db["jobs"]
        self._start_task = start_background_task
        self._kinds: dict[str, JobKind] = {}
        self._slots: dict[str, threading.Semaphore] = {}
        self._started: set[str] = set()  # those that this process is about to claim
        self._running: dict[str, RunningJob] = {}  # by owner
        self._renewed_at = utcnow()
        self._unscheduled: list[JobKind] = []  # recurring ones, until the first tick

    def register(self, kind: JobKind) -> None:
        self._kinds[kind.name] = kind
        if kind.every is not None:
            self._unscheduled.append(kind)
        self._slots[kind.name] = threading.Semaphore(kind.max_concurrent)

    def enqueue(
        self,
        kind: str,
        key: str,
        payload: Document | None = None,
        session: ClientSession | None = None,
    ) -> str:
        """Request a job and return its id. One that waits or is dead is due at once.

        `payload` replaces that of an earlier request with the same key.
        """
        now = utcnow()
        job_id = f"{kind}:{key}"
        request = _request(kind, key, payload, now)
        self._jobs.update_one({"_id": job_id}, request, upsert=True, session=session)
        return job_id

    def cancel(self, kind: str, key: str, session: ClientSession | None = None) -> None:
        self._jobs.delete_one({"_id": f"{kind}:{key}"}, session=session)

    def start(self, job_id: str) -> None:
        """Run a job that is due, unless another process has it."""
        kind = self._kinds.get(job_id.partition(":")[0])
        if kind is None:  # of a channel that is not set up: it waits until one is
            return
        if kind.inline:
            self._run(kind, job_id)
        else:
            self._spawn(kind, job_id)

    def tick(self) -> None:
        """Renew the leases of this process, and start what is due."""
        while self._unscheduled:
            self._schedule(self._unscheduled[-1])
            self._unscheduled.pop()
        now = utcnow()
        if now - self._renewed_at >= RENEWAL:
            self._renewed_at = now
            for job in list(self._running.values()):
                self.renew(job)
        due = {**_due(now), "kind": {"$in": list(self._kinds)}}
        found = self._jobs.find(due, {"kind": True}).sort("dueAt", 1).limit(MAX_DUE)
        for document in list(found):
            self._spawn(self._kinds[document["kind"]], document["_id"])

    def retry(self, job_id: str) -> bool:
        """Make a dead job due again, for a person who asks for it. False when there is none."""
        again = {"state": JobState.WAITING.value, "dueAt": utcnow(), "attempts": 0}
        dead = {"_id": job_id, "state": JobState.DEAD.value}
        return self._jobs.update_one(dead, {"$set": again}).matched_count == 1

    def renew(self, job: RunningJob, **fields: object) -> bool:
        result = self._jobs.update_one(
            _owned(job), {"$set": {"leaseUntil": utcnow() + job.kind.lease, **fields}}
        )
        return result.matched_count == 1

    def _schedule(self, kind: JobKind) -> None:
        job_id = f"{kind.name}:{RECURRING}"
        if self._jobs.find_one({"_id": job_id}, {"_id": True}) is None:
            self.enqueue(kind.name, RECURRING)

    # --- one job --------------------------------------------------------------------------

    def _spawn(self, kind: JobKind, job_id: str) -> None:
        if job_id not in self._started:
            self._started.add(job_id)
            self._start_task(self._run, kind, job_id)

    def _run(self, kind: JobKind, job_id: str) -> None:
        """Run the job until it is no longer due. Any failure is retried."""
        with self._slots[kind.name]:
            try:
                job = self._claim(kind, job_id)
                self._started.discard(job_id)  # now, as the next tick finds it leased
                while job is not None and not self._attempt(job):
                    job = self._claim(kind, job_id)
            except PyMongoError as error:  # its lease ends, and then it is due again
                log.warning("job %s cut off: %s", job_id, type(error).__name__)
            finally:
                self._started.discard(job_id)

    def _claim(self, kind: JobKind, job_id: str) -> RunningJob | None:
        now = utcnow()
        claimed = self._jobs.find_one_and_update(
            {"_id": job_id, **_due(now)},
            {"$set": {"owner": new_id(), "leaseUntil": now + kind.lease}, "$inc": {"attempts": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return RunningJob(cast(JobDocument, claimed), kind, self) if claimed else None

    def _attempt(self, job: RunningJob) -> bool:
        """Run the job once. True when it is done and was not requested again."""
        self._running[job.owner] = job
        try:
            job.kind.handle(job)
        except Lost:
            return True
        except RetryLater as failure:
            self._postpone(job, failure.reason, failure.after)
        except PyMongoError as error:
            self._release(job, type(error).__name__)
            raise
        except Exception as error:
            log.exception("job %s failed", job.id)
            self._postpone(job, f"{type(error).__name__}: {error}", None)
        else:
            JOBS.labels(job.kind.name, "done").inc()
            return self._complete(job)
        finally:
            del self._running[job.owner]
        return False

    def _complete(self, job: RunningJob) -> bool:
        if job.kind.every is not None:
            self._give_back(job, {"dueAt": utcnow() + job.kind.every, "attempts": 0})
            return True
        finished = self._jobs.delete_one({**_owned(job), "requests": job.requests})
        if finished.deleted_count:
            return True
        self._give_back(job, {"dueAt": utcnow(), "attempts": 0})
        return False

    def _postpone(self, job: RunningJob, reason: str, after: timedelta | None) -> None:
        """Make the job due again later, or dead when that was its last attempt."""
        error = reason[:MAX_REASON]
        is_last = job.kind.max_attempts is not None and job.attempts >= job.kind.max_attempts
        if is_last and job.kind.every is None and self._bury(job, error):
            log.error("job %s is dead after %d attempts: %s", job.id, job.attempts, reason)
            JOBS.labels(job.kind.name, "dead").inc()
            return
        wait = max(backoff(job.kind, job.attempts), after or timedelta())
        attempts = 0 if is_last else job.attempts
        self._give_back(job, {"dueAt": utcnow() + wait, "attempts": attempts, "error": error})
        JOBS.labels(job.kind.name, "postponed").inc()

    def _bury(self, job: RunningJob, error: str) -> bool:
        """False when the job was requested again meanwhile: that request has its own attempts."""
        dead = {"state": JobState.DEAD.value, "error": error, "owner": None, "leaseUntil": None}
        not_requested_again = {**_owned(job), "requests": job.requests}
        return self._jobs.update_one(not_requested_again, {"$set": dead}).matched_count == 1

    def _release(self, job: RunningJob, reason: str) -> None:
        """Make the job due again soon after a failure of the database; counts as no attempt."""
        with suppress(PyMongoError):
            fields = {
                "dueAt": utcnow() + AFTER_OUTAGE,
                "attempts": job.attempts - 1,
                "error": reason,
            }
            self._give_back(job, fields)

    def _give_back(self, job: RunningJob, fields: Document) -> None:
        released = {"owner": None, "leaseUntil": None, **fields}
        self._jobs.update_one(_owned(job), {"$set": released})


def backoff(kind: JobKind, attempts: int) -> timedelta:
    """Doubles with each attempt up to MAX_BACKOFF, and is spread over its second half."""
    longest = min(kind.first_backoff * 2.0 ** min(attempts - 1, 16), MAX_BACKOFF)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _request(kind: str, key: str, payload: Document | None, now: datetime) -> list[Document]:
    dead = {"$eq": ["$state", JobState.DEAD.value]}
    return [
        {
            "$set": {
                "kind": {"$literal": kind},
                "key": {"$literal": key},
                "payload": {"$literal": payload},
                "state": JobState.WAITING.value,
                "requests": {"$add": [{"$ifNull": ["$requests", 0]}, 1]},
                "attempts": {"$cond": [dead, 0, {"$ifNull": ["$attempts", 0]}]},
                "dueAt": now,
                "owner": {"$ifNull": ["$owner", None]},
                "leaseUntil": {"$ifNull": ["$leaseUntil", None]},
                "createdAt": {"$ifNull": ["$createdAt", now]},
            }
        }
    ]


def _due(now: datetime) -> Document:
    return {
        "state": JobState.WAITING.value,
        "dueAt": {"$lte": now},
        "$or": [{"leaseUntil": None}, {"leaseUntil": {"$lte": now}}],
    }


def _owned(job: RunningJob) -> Document:
    return {"_id": job.id, "owner": job.owner}
