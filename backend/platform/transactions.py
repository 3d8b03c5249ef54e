"""One transaction holds a write, the events it publishes and the jobs they cause.

A process killed between any two steps leaves either all of it or nothing. Measured against a marker
on the changed document that a worker completes later: the transaction is the cheaper of the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import random
from typing import TypeVar

from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from backend.common.documents import Db, Document
from backend.platform.events import EventBus, EventLog, LoggedEvent
from backend.platform.jobs import Jobs

R = TypeVar("R")

# Seconds, once more at each attempt, over which writers spread that collided.
RETRY_SPREAD = 0.005
RETRY_FOR = 4.0  # seconds

_WRITE_CONFLICT = 112  # the server's code


class WriteCollision(Exception):
    """Another transaction is writing one of the same documents."""

    def __init__(self, error: OperationFailure) -> None:
        super().__init__(str(error))
        self.error = error


class Transaction:
    """What one piece of work writes. `session` goes to every database call that belongs to it."""

    def __init__(self, session: ClientSession, bus: EventBus, log: EventLog, jobs: Jobs) -> None:
        self.session = session
        self._bus = bus
        self._log = log
        self._jobs = jobs
        self.events: list[LoggedEvent] = []
        self.job_ids: list[str] = []

    def publish(self, event: LoggedEvent) -> None:
        """Add the event to the log, and let those react that write within the transaction."""
        self._log.append(event, self.session)
        self.events.append(event)
        self._bus.dispatch_within(self, event)

    def enqueue(self, kind: str, key: str, payload: Document | None = None) -> None:
        """Ask for a job of this kind; the same key again asks for the same job once more."""
        self.job_ids.append(self._jobs.enqueue(kind, key, payload, self.session))

    def cancel(self, kind: str, key: str) -> None:
        """Forget the job. One that is running has lost its lease."""
        self._jobs.cancel(kind, key, self.session)


class Transactions:
    def __init__(self, db: Db, bus: EventBus, jobs: Jobs) -> None:
        self._client = db.client
        self._bus = bus
        self._log = EventLog(db)
        self._jobs = jobs

    def run(self, work: Callable[[Transaction], R]) -> R:
        """Commit what `work` writes, then call the subscribers and start the jobs.

        `work` runs again when another writer collides with it, so it must have no effect of its
        own beside the database. What it raises passes and nothing is written.
        """
        deadline = time.monotonic() + RETRY_FOR
        attempt = 0
        while True:
            try:
                return self.run_once(work)
            except WriteCollision as collision:
                if time.monotonic() > deadline:
                    raise collision.error from None
            attempt += 1
            pause_after(attempt)

    def run_once(self, work: Callable[[Transaction], R]) -> R:
        """The same, for who reads again before the next attempt. Raises WriteCollision."""
        done: Transaction | None = None

        def body(session: ClientSession) -> R:
            nonlocal done
            done = Transaction(session, self._bus, self._log, self._jobs)
            try:
                return work(done)
            except OperationFailure as error:
                if error.code == _WRITE_CONFLICT:
                    raise WriteCollision(error) from None
                raise

        with self._client.start_session() as session:
            result = session.with_transaction(body)
        assert done is not None
        for event in done.events:
            self._bus.dispatch_after(event)
        for job_id in dict.fromkeys(done.job_ids):
            self._jobs.start(job_id)
        return result


def pause_after(attempt: int) -> None:
    """Wait before the next attempt: those who collided spread over a growing while."""
    time.sleep(random() * attempt * RETRY_SPREAD)  # noqa: S311 - no secret
