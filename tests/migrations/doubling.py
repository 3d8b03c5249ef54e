"""A migration to test the runner with.

Run as a program, it applies the migration and kills itself in the middle.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from backend.common.documents import Db
from backend.platform.database import connect
from backend.platform.migrations import Migration, batches, by_id, runner
from backend.settings import load_settings

ROWS = 40
LEASE = 0.6  # seconds


def doubling(in_the_middle: Callable[[Db], object] = lambda _: None) -> Migration:
    """Return a migration that doubles the value of each row."""

    def apply(db: Db) -> None:
        rows = db["rows"]
        for number, batch in enumerate(batches(rows, {"doubled": None}, size=ROWS // 4)):
            rows.update_many(by_id(batch), [{"$set": {"doubled": {"$add": ["$value", "$value"]}}}])
            if number == 1:
                in_the_middle(db)

    return Migration("0001_double", "Double the values", apply)


def _die(_: Db) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    runner.LEASE = LEASE
    runner.apply_pending(connect(load_settings()), [doubling(_die)], print)
