"""Every filter of the conversation list is read from an index, the count included."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from backend.common.documents import Db, Document
from backend.common.paging import Page
from backend.conversations import channels
from backend.conversations.listing import reading_of
from backend.conversations.models import ConversationDocument, Mode
from backend.conversations.repository import ConversationRepository
from backend.conversations.schemas import ConversationQuery
from backend.settings import Settings
from tests.api.plans import PAGE, Recorder, documents_read, faults, keys_read, reads, recorded

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CONVERSATIONS = 3_000
FEW = 60  # of them are unanswered, and as many flagged

FILTERS = [
    *({"mode": mode.value} for mode in Mode),
    *({"channel": channel} for channel in channels.names()),
    *({name: value} for name in ("unanswered", "flagged") for value in ("true", "false")),
    {"customerId": f"{7:024x}"},
]


class Explained:
    def __init__(self, db: Db, recorder: Recorder) -> None:
        self._db = db
        self._recorder = recorder
        self._conversations = ConversationRepository(db)

    def list(self, **query: str) -> tuple[list[ConversationDocument], list[Document]]:
        """Return the conversations of a list, and the plans of the page and of the count."""
        self._recorder.commands.clear()
        loaded = ConversationQuery().load(query)
        found = self._conversations.page(reading_of(loaded), Page(1, PAGE))
        return found.documents, self._recorder.explain(self._db)


@pytest.fixture(scope="module")
def explained(settings: Settings) -> Iterator[Explained]:
    with recorded(settings, "conversations") as (db, recorder):
        repository = ConversationRepository(db)
        db["conversations"].insert_many(_conversation(number) for number in range(CONVERSATIONS))
        for conversation in db["conversations"].find():
            repository.update(conversation["_id"], {"lastMessage": None})  # sets the order
        yield Explained(db, recorder)


def _conversation(number: int) -> Document:
    dice = random.Random(number)  # noqa: S311 - the same conversations every time
    at = NOW - timedelta(minutes=number)
    flagged = {"reason": "Asks for a person", "at": at} if number % 50 == 1 else None
    return {
        "_id": f"{number:024x}",
        "customer": {"customerId": f"{number:024x}", "name": "x", "phone": None},
        "channel": dice.choice(channels.names()),
        "mode": dice.choice(list(Mode)).value,
        "flagged": flagged,
        "lastMessageAt": at,
        "lastMessage": None,
        "unanswered": number % 50 == 0,
        "createdAt": at,
        "run": None,
        "order": "",
    }


@pytest.mark.parametrize("query", [{}, *FILTERS], ids=str)
def test_a_filter_is_read_and_counted_from_its_index(
    explained: Explained, query: dict[str, str]
) -> None:
    documents, plans = explained.list(**query)
    assert documents
    assert faults(plans) == []
    page, *count = plans
    assert documents_read(page) == min(len(documents), PAGE) + (len(documents) == PAGE)
    assert sum(map(documents_read, count)) == 0


def test_two_filters_together_read_no_conversation_that_they_leave_out(
    explained: Explained,
) -> None:
    for one, other in combinations(FILTERS[:-1], 2):
        if one.keys() == other.keys():
            continue
        documents, plans = explained.list(**one, **other)
        assert faults(plans) == [], (one, other)
        assert sum(map(documents_read, plans)) <= len(documents) + 1, (one, other)


@pytest.mark.parametrize("name", ["unanswered", "flagged"])
def test_few_flagged_conversations_are_read_without_the_others(
    explained: Explained, name: str
) -> None:
    documents, plans = explained.list(**{name: "true"})
    assert len(documents) == PAGE
    assert all(keys_read(read) <= FEW + 5 for read in reads(plans))
