"""Measure the list of 100,000 conversations by each of its filters."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from backend.channels import registry
from backend.common.actor import Role
from backend.common.documents import Db, Document, new_id, utcnow
from backend.common.paging import Page
from backend.conversations.listing import reading_of
from backend.conversations.models import Mode
from backend.conversations.repository import ConversationRepository
from backend.conversations.schemas import ConversationQuery
from backend.http.schemas import DEFAULT_LIMIT
from bench.calls import Call
from bench.people import Person

CONVERSATIONS = 100_000
BATCH = 1_000  # documents per write
# Out of 100 conversations.
_HUMAN = 20
_UNANSWERED = 3
_FLAGGED = 1


def fill(db: Db) -> None:
    """Add conversations up to CONVERSATIONS, each with a different customer."""
    chance = random.Random(7)  # noqa: S311 - the same conversations every time
    missing = CONVERSATIONS - db["conversations"].count_documents({})
    made = [_conversation(chance) for _ in range(max(0, missing))]
    for start in range(0, len(made), BATCH):
        db["conversations"].insert_many(made[start : start + BATCH], ordered=False)


class ConversationCalls:
    """Makes lists by each filter, with the bare reads."""

    def __init__(self, db: Db, people: dict[Role, list[Person]]) -> None:
        self._conversations = ConversationRepository(db)
        self._people = people[Role.AGENT]
        self._random = random.Random(7)  # noqa: S311 - the same calls every time
        customers = db["conversations"].find({}, {"customer": True}).limit(BATCH)
        self._customers = [found["customer"]["customerId"] for found in customers]

    def kinds(self) -> dict[str, Callable[[], Call]]:
        return {
            "conversations": self._list,
            **{
                f"conversations, {name} {value}": partial(self._list, **{name: value})
                for name, value in _filters()
            },
            "conversations of a customer": lambda: self._list(
                customerId=self._random.choice(self._customers)
            ),
        }

    def _list(self, **query: str) -> Call:
        asked = ConversationQuery().load(query)

        def bare() -> None:
            self._conversations.page(reading_of(asked), Page(1, DEFAULT_LIMIT))

        person = self._random.choice(self._people)
        return Call("GET", f"/conversations?{urlencode(query)}", person, bare)


def _filters() -> Iterator[tuple[str, str]]:
    yield from (("mode", mode.value) for mode in Mode)
    yield from (("channel", channel) for channel in list(registry.REGISTERED))
    for name in ("unanswered", "flagged"):
        yield from ((name, value) for value in ("true", "false"))


def _conversation(chance: random.Random) -> Document:
    conversation_id, at = new_id(), utcnow() - timedelta(minutes=chance.expovariate(1 / 100_000))
    unanswered = chance.randrange(100) < _UNANSWERED
    is_flagged = chance.randrange(100) < _FLAGGED
    wanted = "1|" if unanswered or is_flagged else "0|"
    last: dict[str, Any] = {"text": "Gracias", "mediaType": None, "authorType": "customer"}
    return {
        "_id": conversation_id,
        "customer": {"customerId": new_id(), "name": "Cliente", "phone": None},
        "channel": chance.choice(list(registry.REGISTERED)),
        "mode": (Mode.HUMAN if chance.randrange(100) < _HUMAN else Mode.ASSISTANT).value,
        "flagged": {"reason": "Pide una persona", "at": at} if is_flagged else None,
        "lastMessageAt": at,
        "lastMessage": last,
        "unanswered": unanswered,
        "createdAt": at,
        "run": None,
        "order": f"{wanted}{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"Z|{conversation_id}",
    }
