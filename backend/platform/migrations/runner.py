"""Applies pending migrations. Any number of processes may try at once.

Each migration has one document in `migrations`. A process claims it with a lease and renews the
lease while `apply` runs; the others wait until it is applied. A lease that has expired belongs to
a process that died, and the next one claims the migration and applies it again from the start.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.operations import IndexModel

from backend.common.documents import Db, Document, new_id, utcnow, validator
from backend.platform.migrations import Migration

LEASE = 15.0  # seconds
POLL = 0.2  # seconds

COLLECTION = "migrations"
VALIDATORS = {COLLECTION: validator({"_id": "string", "description": "string"})}
INDEXES: dict[str, list[IndexModel]] = {}

Progress = Callable[[str], None]


def record_all(db: Db, migrations: Sequence[Migration]) -> None:
    """Record the migrations as applied in a new database, which has nothing to migrate."""
    for migration in migrations:
        facts = {"description": migration.description, "appliedAt": utcnow()}
        db[COLLECTION].update_one({"_id": migration.name}, {"$setOnInsert": facts}, upsert=True)


def apply_pending(db: Db, migrations: Sequence[Migration], progress: Progress) -> None:
    """Apply in order what has not been applied; return once all of it is, by whatever process."""
    records = db[COLLECTION]
    applied = records.distinct("_id", {"appliedAt": {"$exists": True}})
    for migration in migrations:
        if migration.name not in applied:
            _apply_or_wait(db, migration, progress)


def _apply_or_wait(db: Db, migration: Migration, progress: Progress) -> None:
    records = db[COLLECTION]
    waiting = False
    while not _is_applied(records, migration):
        owner = new_id()
        if _claim(records, migration, owner):
            progress(f"Upgrading the database: {migration.description}")
            own = {"_id": migration.name, "owner": owner}
            _apply(db, migration, own)
            # Nothing is recorded when another process has the lease by now: wait for that one.
            records.update_one(own, {"$set": {"appliedAt": utcnow()}})
        elif not waiting:
            progress(f"Waiting for another process: {migration.description}")
            waiting = True
        else:
            time.sleep(POLL)


def _is_applied(records: Collection[Document], migration: Migration) -> bool:
    applied = {"_id": migration.name, "appliedAt": {"$exists": True}}
    return records.find_one(applied) is not None


def _claim(records: Collection[Document], migration: Migration, owner: str) -> bool:
    now = utcnow()
    free = {
        "_id": migration.name,
        "appliedAt": {"$exists": False},
        "leaseUntil": {"$lte": now},
    }
    claim = {"description": migration.description, "owner": owner, "startedAt": now} | _lease()
    try:
        records.update_one(free, {"$set": claim}, upsert=True)
    except DuplicateKeyError:  # it is claimed or applied
        return False
    return True


def _lease() -> Document:
    return {"leaseUntil": utcnow() + timedelta(seconds=LEASE)}


def _apply(db: Db, migration: Migration, own: Document) -> None:
    """Apply a claimed migration while a thread renews its lease."""
    records = db[COLLECTION]
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(LEASE / 3):
            with suppress(PyMongoError):  # such as while a new primary is elected
                records.update_one(own, {"$set": _lease()})

    renewal = threading.Thread(target=renew, daemon=True)
    renewal.start()
    failed = True
    try:
        migration.apply(db)
        failed = False
    finally:
        ended.set()
        renewal.join()
        if failed:  # whoever starts next need not wait for the lease to expire
            with suppress(PyMongoError):
                records.update_one(own, {"$set": {"leaseUntil": utcnow()}})
