"""While a provider is away, what waits for it costs little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from backend.channels.base import Channels, Retry
from backend.channels.outbox import Outbox, job_kind
from backend.common.actor import ASSISTANT
from backend.common.documents import Db, Document, utcnow
from backend.conversations.deliveries import Deliveries
from backend.platform.jobs import MAX_DUE, Jobs
from backend.services import Features
from backend.settings import Settings
from tests.channels.pigeon import Pigeon
from tests.platform.runners import at_once

CONVERSATIONS = 1_000
MESSAGES = 3  # in each


class Reads(CommandListener):
    """Counts the documents that the database returns."""

    def __init__(self) -> None:
        self.documents = 0

    def started(self, _event: CommandStartedEvent) -> None:
        """Nothing to count yet."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        cursor: Any = event.reply.get("cursor", {})
        self.documents += len(cursor.get("firstBatch", cursor.get("nextBatch", ())))

    def failed(self, _event: CommandFailedEvent) -> None:
        """Returns none."""


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def observed(db: Db, settings: Settings, reads: Reads) -> Iterator[Db]:
    client: MongoClient[Document] = MongoClient(settings.mongodb_uri, event_listeners=[reads])
    with client:
        yield client.get_database(db.name, codec_options=db.codec_options)


def store_pending(db: Db) -> None:
    """Messages that wait in as many conversations of as many customers, and their jobs."""
    now = utcnow()
    ids = [f"{number:024x}" for number in range(CONVERSATIONS)]
    loft = {"channel": "pigeon", "verified": True, "current": True}
    db["customers"].insert_many(
        {"_id": id_, "name": "x", "identities": [loft | {"value": id_}], "createdAt": now}
        for id_ in ids
    )
    db["conversations"].insert_many(
        {
            "_id": id_,
            "customer": {"customerId": id_, "name": "x", "phone": None},
            "channel": "pigeon",
            "mode": "human",
            "lastMessageAt": now,
            "unanswered": False,
            "order": "",
            "createdAt": now,
        }
        for id_ in ids
    )
    db["messages"].insert_many(
        {
            "_id": f"{id_}.{number}",
            "messageId": str(number),
            "conversationId": id_,
            "author": ASSISTANT.as_author(),
            "text": "Hola",
            "media": None,
            "delivery": {"status": "pending", "error": "A storm."},
            "createdAt": now,
        }
        for id_ in ids
        for number in range(MESSAGES)
    )
    kind = job_kind("pigeon")
    db["jobs"].insert_many(
        {
            "_id": f"{kind}:{id_}",
            "kind": kind,
            "key": id_,
            "payload": None,
            "state": "waiting",
            "requests": 1,
            "attempts": 1,
            "dueAt": now,
            "owner": None,
            "leaseUntil": None,
            "createdAt": now,
        }
        for id_ in ids
    )


def test_an_outage_with_many_pending_conversations_costs_a_bounded_part_of_each_tick(
    db: Db, observed: Db, reads: Reads
) -> None:
    store_pending(db)
    pigeon = Pigeon()
    pigeon.next_results.extend(repeat(Retry("A storm.", timedelta(hours=1)), CONVERSATIONS))
    features = Features(observed, at_once)
    deliveries = Deliveries(observed, features.conversations, features.transactions)
    jobs = Jobs(observed, at_once)
    Outbox(
        Channels({pigeon.name: pigeon}), features.conversations, features.customers, deliveries
    ).register(jobs)
    for tick in range(1, CONVERSATIONS // MAX_DUE + 1):
        reads.documents = 0
        jobs.tick()
        assert len(pigeon.sent) == tick * MAX_DUE
        # Of each conversation the job, its customer, itself and its first message.
        assert reads.documents <= 4 * MAX_DUE
    reads.documents = 0
    for _ in range(10):
        jobs.tick()
    assert reads.documents == 0
    assert len(pigeon.sent) == CONVERSATIONS
