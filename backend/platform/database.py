"""The MongoDB client, and what a database needs before the application uses it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC
from typing import Protocol

import pymongo
from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.operations import IndexModel
from pymongo.write_concern import WriteConcern

from backend.common.documents import Db, Document
from backend.platform.migrations import all_migrations, runner
from backend.platform.migrations.runner import Progress
from backend.settings import Settings


class Collections(Protocol):
    """A module that owns collections: their validators and indexes by collection."""

    VALIDATORS: dict[str, Document]
    INDEXES: dict[str, list[IndexModel]]


# Bounds each operation as a whole, retries included, so that a request fails within 5 s;
# counting statistics alone may take longer (`tickets/stats.py`).
OPERATION_TIMEOUT_MS = 4_000
# A new index on a large collection takes its time.
PREPARE_TIMEOUT = 3_600  # seconds

_NAMESPACE_EXISTS = 48


def connect(settings: Settings, uri: str | None = None) -> Db:
    """Open the client (lazily: nothing is sent until the first operation).

    Majority writes, repeated once by the driver: what was acknowledged survives the loss of a
    primary.
    """
    client: MongoClient[Document] = MongoClient(
        uri or settings.mongodb_uri,
        serverSelectionTimeoutMS=3_000,
        connectTimeoutMS=2_000,
        timeoutMS=OPERATION_TIMEOUT_MS,
        maxPoolSize=100,
        appname="mostrador",
    )
    return client.get_database(
        settings.mongodb_db,
        codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
        write_concern=WriteConcern("majority"),
    )


def prepare(db: Db, features: Sequence[Collections], progress: Progress = lambda _: None) -> None:
    """Create collections, validators and indexes, and apply the pending migrations.

    Safe to repeat and to run from many processes. `progress` gets a line for each migration.
    """
    is_new = not db.list_collection_names()
    with pymongo.timeout(PREPARE_TIMEOUT):
        for feature in features:
            for name, validator in feature.VALIDATORS.items():
                _declare(db, name, validator)
        for feature in features:
            for name, indexes in feature.INDEXES.items():
                db[name].create_indexes(indexes)
        if is_new:
            runner.record_all(db, all_migrations())
        else:
            runner.apply_pending(db, all_migrations(), progress)


def _declare(db: Db, name: str, validator: Document) -> None:
    try:
        db.create_collection(name, check_exists=False, validator=validator)
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
        # Only then, as the database refuses it while another process builds an index.
        if db[name].options().get("validator") != validator:
            db.command("collMod", name, validator=validator)


def in_brief(error: PyMongoError) -> str:
    """What the database or its driver said, in one line."""
    return re.split(r" \(configured timeouts|, full error", str(error))[0]
