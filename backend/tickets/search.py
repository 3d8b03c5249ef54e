"""What an agent's search means, and which of the tickets it finds comes first.

Digits find ticket numbers and phones in whole or in part; words find subject, description, tags and
customer names, accents and case ignored, all words required. Text and number indexes are written
with the ticket itself, so the next request finds it.

The text index cannot intersect words: asked for several, it reads the tickets of each. So one word
leads, the rarest, and the others are looked for in its tickets. Where even that one stands in more
than MAX_LED tickets, the MAX_READ that changed last are read instead, of those that the asking
agent may see and the other filters leave. Ranked are at most MAX_HITS of the same.

So a broad search costs no more on a large desk than on a small one; when it has not read all, it
says so. A single word that nothing narrows is taken in the order of the text index: its score
first, then the newest.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from pymongo.collection import Collection

from backend.documents import Document, fold
from backend.paging import Hits, Order
from backend.tickets.models import SEARCH_WEIGHTS

MAX_HITS = 1_000
# A word's tickets lie scattered, those that changed last near each other. Of a million, which do
# not fit the memory, reading 3,000 here and there takes as long as 10,000 in a row.
MAX_LED = 3_000
MAX_READ = 10_000
MAX_WORDS = 10

# One number that sorts: how near a hit is, and among equals the last change in milliseconds.
RELEVANCE = Order("relevance", descending=True, tiebreak="number")
_TIMES = 10**13
_EXACT = 1_000

_WHOLE_ID = re.compile(r"ticket-(\d{4})-(\d+)", re.IGNORECASE)
_YEAR_AND_NUMBER = re.compile(r"(\d{4})-(\d{6,9})")
_DIGITS = re.compile(r"(?:ticket)?[\s\-+()./#]*((?:\d[\s\-()./]*)+)", re.IGNORECASE)
# What the text index does not split at although it is no letter: alone it is no word, next to one
# it is part of it (`user_id`, `50€`, `col·lecció`).
_SIGNS = "_·\u20a0-\u20c0"
_WORDS = re.compile(rf"[{_SIGNS}]*[^\W_][\w{_SIGNS}]*")
_LONGEST_NUMBER = 9  # digits
_ACCENTED = {
    "a": "aáàâäãå",
    "c": "cç",
    "e": "eéèêë",
    "i": "iíìîï",
    "n": "nñ",
    "o": "oóòôöõ",
    "u": "uúùûü",
    "y": "yýÿ",
}
_IN_WORDS = rf"[\p{{L}}\p{{N}}\p{{M}}{_SIGNS}]"


@dataclass(frozen=True, slots=True)
class Search:
    """`matching` is what could be meant, `exact` the ticket whose number was typed."""

    matching: Document
    exact: Document | None = None
    score: Any = 0  # of what matches, as an aggregation expression
    words: tuple[str, ...] = ()

    @property
    def anything(self) -> Document:
        """Everything that it finds, as one filter."""
        return {"$or": [self.exact, self.matching]} if self.exact else self.matching

    def hits(self, tickets: Collection[Document], filters: list[Document]) -> Hits:
        filters = [part for part in filters if part]
        if self.words:
            return self._hits_of_words(tickets, filters)
        if self.exact is None:
            return Hits(_ranked([*filters, self.matching], self.score))
        others = _ranked([*filters, self.matching, {"$nor": [self.exact]}], self.score)
        union = {"$unionWith": {"coll": tickets.name, "pipeline": others}}
        return Hits([*_ranked([*filters, self.exact], _EXACT), union])

    def _hits_of_words(self, tickets: Collection[Document], filters: list[Document]) -> Hits:
        if len(self.words) == 1 and not filters:
            return Hits(_ranked([self.matching], self.score))
        lead, frequency = _rarest(tickets, self.words)
        if frequency <= MAX_LED:
            return Hits(_ranked([*filters, _all_of(self.words, lead)], self.score))
        narrow: Document = {"$and": filters} if filters else {}
        newest: list[Document] = [
            {"$match": narrow},
            {"$sort": {"updatedAt": -1, "number": -1}},
            {"$limit": MAX_READ},
        ]
        words = [_stands_somewhere(word) for word in dict.fromkeys(self.words)]
        complete = not _more_than_read(tickets, narrow)
        return Hits([*newest, *_ranked(words, self.score)], complete)


def search_for(text: str) -> Search:
    """What `text` means; a search that finds nothing if it means nothing."""
    text = unicodedata.normalize("NFC", text)
    if whole := _WHOLE_ID.fullmatch(text):
        return Search({"_id": f"TICKET-{whole[1]}-{int(whole[2]):06d}"})
    if number := _DIGITS.fullmatch(text):
        digits = re.sub(r"\D", "", number[1])
        return Search({"search.numbers": {"$regex": f"^{digits}"}}, _exact(text, digits))
    words = tuple(_WORDS.findall(text)[:MAX_WORDS])
    if not words:
        return Search({"_id": {"$in": []}})
    return Search(_all_of(words, max(words, key=len)), score=_score(words), words=words)


def _all_of(words: tuple[str, ...], lead: str) -> Document:
    """Which word leads makes no difference to what is found, only to how much is read."""
    others = dict.fromkeys(word for word in words if word != lead)
    return {"$and": [{"$text": {"$search": lead}}, *map(_stands_somewhere, others)]}


def _rarest(tickets: Collection[Document], words: tuple[str, ...]) -> tuple[str, int]:
    """The word that stands in the fewest tickets, and in how many; more than MAX_LED are not told
    apart. Of equals it is the longest, which is rare most likely: hence asked for first.
    """
    by_length = sorted(words, key=len, reverse=True)
    rarest, fewest = by_length[0], MAX_LED + 1
    for word in by_length:
        frequency = tickets.count_documents({"$text": {"$search": word}}, limit=fewest)
        if frequency < fewest:
            rarest, fewest = word, frequency
        if not fewest:  # as a limit it would be none
            break
    return rarest, fewest


def _more_than_read(tickets: Collection[Document], narrow: Document) -> bool:
    if narrow:
        return tickets.count_documents(narrow, limit=MAX_READ + 1) > MAX_READ
    return tickets.estimated_document_count() > MAX_READ


def _stands_somewhere(word: str) -> Document:
    """As a whole word in one of the fields of the text index."""
    whole = f"(?<!{_IN_WORDS}){_pattern(word)}(?!{_IN_WORDS})"
    return {"$or": [{field: {"$regex": whole, "$options": "i"}} for field in SEARCH_WEIGHTS]}


def _exact(text: str, digits: str) -> Document | None:
    if dated := _YEAR_AND_NUMBER.fullmatch(text.strip().lstrip("#")):
        return {"_id": f"TICKET-{dated[1]}-{dated[2]}"}
    if len(digits) > _LONGEST_NUMBER:
        return None
    # The number of a ticket of any year; what only ends in it, such as a phone, is not meant.
    sequence = int(digits)
    return {
        "search.numbers": f"{sequence:06d}",
        "$expr": {"$eq": [{"$mod": ["$number", 10**9]}, sequence]},
    }


def _ranked(filters: list[Document], score: Any) -> list[Document]:
    return [
        {"$match": {"$and": filters}},
        {"$limit": MAX_HITS + 1},  # one more tells that there are more
        {
            "$set": {
                RELEVANCE.field: {
                    "$add": [{"$multiply": [score, _TIMES]}, {"$toLong": "$updatedAt"}]
                }
            }
        },
    ]


def _score(words: tuple[str, ...]) -> Document:
    """Each word counts by the best place that it stands in; else it is in the description."""
    labels = {
        "$reduce": {
            "input": "$tags",
            "initialValue": "$customer.name",
            "in": {"$concat": ["$$value", " ", "$$this"]},
        }
    }
    return {
        "$add": [
            {
                "$switch": {
                    "branches": [
                        {"case": _contains("$subject", word), "then": SEARCH_WEIGHTS["subject"]},
                        {"case": _contains(labels, word), "then": SEARCH_WEIGHTS["tags"]},
                    ],
                    "default": SEARCH_WEIGHTS["description"],
                }
            }
            for word in words
        ]
    }


def _contains(text: Any, word: str) -> Document:
    return {"$regexMatch": {"input": text, "regex": _pattern(word), "options": "i"}}


def _pattern(word: str) -> str:
    """Accents ignored, as in the text index, be they part of a letter or signs behind it."""
    return "".join(
        (f"[{_ACCENTED[letter]}{char}]" if letter in _ACCENTED else re.escape(char)) + r"\p{M}*"
        for char, letter in ((char, fold(char)) for char in word)
    )
