"""The MongoDB client, and the indexes and validators that every feature declares in its models."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC

import pymongo
from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.write_concern import WriteConcern

from backend.agents import models as agents
from backend.assistant import runs
from backend.common.documents import Db, Document
from backend.conversations import models as conversations
from backend.customers import models as customers
from backend.http import rate_limits
from backend.platform import audit
from backend.realtime import viewers
from backend.settings import Settings
from backend.tickets import models as tickets

FEATURES = (agents, audit, customers, conversations, tickets, runs, viewers, rate_limits)

# Bounds each operation as a whole, retries included, so that a request fails within 5 s;
# counting statistics alone may take longer (`tickets/stats.py`).
OPERATION_TIMEOUT_MS = 4_000
# A new index on a large collection takes its time.
PREPARE_TIMEOUT = 3_600  # seconds

_NAMESPACE_EXISTS = 48

# What earlier versions made and this one does not use; one of theirs that is still at work during
# an upgrade goes on without. Only these are dropped: others may be the operator's own.
RETIRED_INDEXES = {
    "messages": {"awaiting", "outbox"},
    "tickets": {
        "escalated_1_updatedAt_-1_number_-1",
        "status_1_updatedAt_-1_number_-1",
        "priority_1_updatedAt_-1_number_-1",
        "sla.clock_1_sla.breachAt_1",
        "statistics",
        "counted",
        "updatedAt_-1_number_-1",
        "statusRank_1_updatedAt_-1_number_-1",
        "statusRank_1_number_1",
        "priorityRank_1_number_1",
        "sla.resolutionDueAt_1_number_1",
        "assignedTo.agentId_1_updatedAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_updatedAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_createdAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_priorityRank_-1_number_-1",
        "assignedTo.agentId_1_statusRank_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_sla.resolutionDueAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_number_-1",
        "statusRank_1_updatedAt_-1_number_-1_createdAt_1",
        "statusRank_1_createdAt_-1_number_-1",
        "statusRank_1_priorityRank_-1_number_-1",
        "statusRank_-1_number_-1",
        "statusRank_1_sla.resolutionDueAt_-1_number_-1",
        "statusRank_1_number_-1",
        "by_clock",
        "by_escalation",
        "updatedAt_-1_number_-1_createdAt_1",
        "priorityRank_1_updatedAt_-1_number_-1",
        "category_1_updatedAt_-1_number_-1",
        "tags_1_updatedAt_-1_number_-1",
    },
}


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


def prepare(db: Db) -> None:
    """Create collections, validators and indexes, and what older documents lack; safe to repeat and
    to run from many processes.
    """
    with pymongo.timeout(PREPARE_TIMEOUT):
        for feature in FEATURES:
            for name, validator in feature.VALIDATORS.items():
                _declare(db, name, validator)
        for feature in FEATURES:
            for name, indexes in feature.INDEXES.items():
                db[name].create_indexes(indexes)
        db["tickets"].update_many(*tickets.BACKFILL)
        for name, retired in RETIRED_INDEXES.items():
            for index in retired & db[name].index_information().keys():
                with suppress(OperationFailure):  # another process was faster
                    db[name].drop_index(index)


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
