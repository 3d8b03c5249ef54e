"""Labelled examples of what customers write. Those nearest in meaning to a text vote on its label.

`offline_examples.txt` has one example per line: language | intent and category | text.
"""

from __future__ import annotations

import heapq
import math
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from backend.assistant.encoder import encode
from backend.settings import Locale
from backend.tickets.models import Category

if TYPE_CHECKING:
    from backend.assistant.encoder import Vectors

VOTERS = 20
SHARPNESS = 10.0  # a vote weighs e^(SHARPNESS × similarity)

_TICKET = (
    r"(?:tickets?|tikets?|tikcets?|tickts?|ticets?|tiquets?|cas[eo]s?|incidente?s?|incidencias?"
    r"|complaints?|reclamos?|reclamaci[oó]n(?:es)?|quejas?|solicitud(?:es)?|folios?|expedientes?)"
)
_SIGN = r"(?:n(?:umber|[uú]mero)(?: (?:is|es))?|n[uú]m|nro|no|nº|n|id|with|con|the|el)"
_NUMBER = r"(?:20\d\d\W{1,3})?\d{1,9}"
# "TICKET-2026-000123", "casos nº 7 y 8"; without the word 2026-000123, or #7 or 000123 at the end.
MENTION = re.compile(
    rf"\b{_TICKET}(?:\W+{_SIGN}\b)*\W*{_NUMBER}"
    rf"(?:[\s,;&]+(?:y |and )?{_NUMBER}(?=\W*$))?(?!\w)"
    r"|(?<![\w.,/-])20\d\d-\d{5,9}(?![\w/-])|(?<!\S)(?:#\W?\d{1,9}|0\d{5})(?=\W*$)",
    re.IGNORECASE,
)

L = TypeVar("L", bound=StrEnum)

_loading = threading.Lock()


class Intent(StrEnum):
    TICKET = "ticket"
    STATUS = "status"
    COMMENT = "comment"
    REOPEN = "reopen"
    RATE = "rate"
    RECENT = "recent"
    PERSON = "person"
    IDENTITY = "identity"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    UNCLEAR = "unclear"


class Example(NamedTuple):
    locale: Locale
    intent: Intent
    category: Category | None  # for tickets; None where reasonable people would disagree
    text: str
    names_ticket: bool


class Examples(NamedTuple):
    rows: list[Example]
    vectors: Vectors

    def vote(self, vector: Vectors, label: Callable[[Example], L | None]) -> tuple[L, float]:
        """Return the label that wins among the nearest examples, and its share of the votes.

        Examples for which `label` returns None do not vote.
        """
        similarities: list[float] = (self.vectors @ vector).tolist()
        pairs = zip(similarities, self.rows, strict=True)
        labelled = [(similarity, name) for similarity, row in pairs if (name := label(row))]
        votes: defaultdict[L, float] = defaultdict(float)
        for similarity, name in heapq.nlargest(VOTERS, labelled):
            votes[name] += math.exp(SHARPNESS * similarity)
        elected = max(votes, key=votes.__getitem__)
        return elected, votes[elected] / sum(votes.values())

    def likeness(self, vector: Vectors, intent: Intent) -> float:
        """Return the similarity (at most 1) to the nearest example of the intent."""
        similarities: list[float] = (self.vectors @ vector).tolist()
        return max(
            similarity
            for similarity, row in zip(similarities, self.rows, strict=True)
            if row.intent is intent
        )


def meaning(texts: list[str]) -> Vectors:
    return encode([text.lower() for text in texts])


def without_mentions(text: str) -> str:
    """Return the text without ticket numbers, which would make all such texts look alike."""
    return MENTION.sub("", text)


def shipped_examples() -> Examples:
    """Return the examples of the product. The first call encodes them, in half a second."""
    with _loading:
        return _load()


@cache
def _load() -> Examples:
    rows = read_examples(Path(__file__).with_suffix(".txt"))
    return Examples(rows, meaning([without_mentions(row.text) for row in rows]))


def read_examples(path: Path) -> list[Example]:
    return [_read(line) for line in path.read_text("utf-8").splitlines()]


def _read(line: str) -> Example:
    locale, labels, text = line.split(" | ", 2)
    intent, _, category = labels.partition(" ")
    return Example(
        Locale(locale),
        Intent(intent),
        Category(category) if category else None,
        text,
        MENTION.search(text) is not None,
    )
