"""Copies the whole database to one file, and back.

The file is a ZIP archive. `<collection>.bson` has the documents of that collection one after the
other, as mongodump writes them, and `manifest.json` has their numbers. The archive's directory
comes last and each entry has a checksum, so a truncated or changed file is detected before anything
is restored.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import pymongo
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from backend.collections import FEATURES
from backend.common.documents import Db, Document, iso, utcnow
from backend.platform.database import prepare
from backend.platform.migrations.runner import COLLECTION as MIGRATIONS

FORMAT = 1
MANIFEST = "manifest.json"
# Exists while a restore is unfinished. It keeps the counters from before the restore.
UNFINISHED = "restore_unfinished"
TIMEOUT = 86_400  # seconds, for the whole backup or restore
BATCH_BYTES = 8 * 1024 * 1024

_MIN_DOCUMENT = 5  # bytes: the length and the end
_MAX_DOCUMENT = 16 * 1024 * 1024 + 16 * 1024  # the limit of the server, with its internal fields
_SNAPSHOT_GONE = (239, 246)  # SnapshotTooOld, SnapshotUnavailable

Counts = dict[str, int]
Progress = Callable[[str], None]


class BackupFailed(Exception):
    """The message is one line that says what is wrong and what to do."""


def refuse_unfinished(db: Db) -> None:
    """Raise BackupFailed if a restore into this database was interrupted."""
    if UNFINISHED in db.list_collection_names():
        raise BackupFailed(f"a restore into {db.name} was interrupted: run it again")


def back_up(db: Db, path: Path, progress: Progress = lambda _: None) -> Counts:
    """Write all documents of one moment, and return their number by collection.

    Others can write meanwhile. The file gets its name when it is complete. Only its owner can read
    it, because it has personal data and password hashes. Raises BackupFailed.
    """
    if path.exists():
        raise BackupFailed(f"{path} already exists")
    refuse_unfinished(db)
    draft = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with open(draft, "wb", opener=_private) as file:
            counts = _write(db, file, progress)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OperationFailure as error:
        if error.code not in _SNAPSHOT_GONE:
            raise
        raise BackupFailed(
            "the database does not keep a snapshot for as long as this takes: try again, or raise "
            "its minSnapshotHistoryWindowInSeconds"
        ) from None
    except OSError as error:
        raise BackupFailed(f"{path}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    return counts


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _write(db: Db, file: IO[bytes], progress: Progress) -> Counts:
    counts: Counts = {}
    started_at = utcnow()
    # The fastest compression: the time that the database keeps a snapshot limits the size.
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with (
        pymongo.timeout(TIMEOUT),
        archive,
        db.client.start_session(snapshot=True) as session,
    ):
        db["counters"].find_one(session=session)  # the first read takes the snapshot
        for name in _collections(db):
            with archive.open(f"{name}.bson", "w", force_zip64=True) as entry:
                counts[name] = _write_collection(db, name, entry, session)
            progress(name)
        if not any(count for name, count in counts.items() if name != MIGRATIONS):
            raise BackupFailed(f"there is nothing in {db.name} to back up")
        archive.writestr(MANIFEST, _manifest(db.name, started_at, counts))
    return counts


def _collections(db: Db) -> list[str]:
    """Return the names of collections, without those of MongoDB, such as a profile."""
    return sorted(name for name in db.list_collection_names() if not name.startswith("system."))


def _manifest(database: str, started_at: datetime, counts: Counts) -> str:
    facts = {
        "format": FORMAT,
        "database": database,
        "startedAt": iso(started_at),
        "collections": counts,
    }
    return json.dumps(facts, indent=2)


def _write_collection(db: Db, name: str, entry: IO[bytes], session: ClientSession) -> int:
    count = 0
    for batch in db[name].find_raw_batches(session=session):
        entry.write(batch)
        count += _count(batch)
    return count


def _count(batch: bytes) -> int:
    """Return the number of documents; each starts with its length."""
    count = place = 0
    while place < len(batch):
        place += int.from_bytes(batch[place : place + 4], "little")
        count += 1
    return count


def restore(
    db: Db, path: Path, *, replace: bool = False, progress: Progress = lambda _: None
) -> Counts:
    """Fill an empty database from a file, and return the number of documents by collection.

    The file is checked first. With `replace`, a database with data is emptied. Everyone has to log
    in again. An interrupted restore starts over when it is run again. Raises BackupFailed.
    """
    counts = _check(path)
    with pymongo.timeout(TIMEOUT), zipfile.ZipFile(path) as archive:
        _begin(db, replace)
        for name in counts:
            for batch in _batches(_documents(archive, name)):
                db[name].insert_many(batch, ordered=False)
            progress(name)
        _finish(db, counts)
    return counts


def _check(path: Path) -> Counts:
    """Read the whole file, and return the number of documents by collection."""
    try:
        with zipfile.ZipFile(path) as archive:
            counts = _expected(archive)
            found = {name: sum(1 for _ in _documents(archive, name)) for name in counts}
    except OSError as error:
        raise BackupFailed(f"{path}: {error.strerror}") from None
    # zipfile raises different errors for changed bytes, depending on where they are.
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        BSONError,
        ValueError,
        KeyError,
    ) as error:
        raise BackupFailed(f"{path} is not a complete backup: {error}") from None
    if found != counts:
        raise BackupFailed(f"{path} is not a complete backup: it holds {found} instead of {counts}")
    return counts


def _expected(archive: zipfile.ZipFile) -> Counts:
    manifest = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise BackupFailed(
            f"{archive.filename} has format {manifest['format']}, and this version reads {FORMAT}"
        )
    counts: Counts = manifest["collections"]
    return counts


def _documents(archive: zipfile.ZipFile, name: str) -> Iterator[RawBSONDocument]:
    with archive.open(f"{name}.bson") as entry:
        while head := entry.read(4):
            length = int.from_bytes(head, "little")
            if not _MIN_DOCUMENT <= length <= _MAX_DOCUMENT:
                raise ValueError(f"{name} has a document of {length} bytes")
            yield RawBSONDocument(head + entry.read(length - 4))


def _batches(documents: Iterator[RawBSONDocument]) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.raw)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _begin(db: Db, replace: bool) -> None:
    names = _collections(db)
    if UNFINISHED not in names:
        data = (name for name in names if name != MIGRATIONS)
        if not replace and any(db[name].find_one({}, {"_id": True}) for name in data):
            raise BackupFailed(f"the database {db.name} is not empty: --replace empties it first")
        db.create_collection(UNFINISHED)
    _keep_highest(db["counters"], db[UNFINISHED])
    for name in names:
        if name != UNFINISHED:
            db.drop_collection(name)


def _keep_highest(counters: Collection[Document], kept: Collection[Document]) -> None:
    for counter in counters.find():
        highest = {"$max": {"sequence": counter["sequence"]}}
        kept.update_one({"_id": counter["_id"]}, highest, upsert=True)


def _finish(db: Db, counts: Counts) -> None:
    for name, expected in counts.items():
        found = db[name].count_documents({})
        if found != expected:
            raise BackupFailed(f"{name} has {found} documents now instead of {expected}")
    # After the documents, because building an index is faster than updating it; and after counting,
    # because migrations may add documents.
    prepare(db, FEATURES)
    # A log-out after the backup must not be undone.
    db["agents"].update_many({}, {"$set": {"sessions": []}})
    # A number that was assigned after the backup must not be assigned again.
    _keep_highest(db[UNFINISHED], db["counters"])
    db.drop_collection(UNFINISHED)
