"""What an agent's search means, and how its hits are ranked. Nothing here reads the database.

Digits find ticket numbers and phones in whole or in part; words find subject, description, tags and
customer names. Accents and case are ignored, and all words are required. Text and number indexes
are written with the ticket itself, so the next request finds it.

The text index cannot intersect words: asked for several, it reads the tickets of each. So the
rarest word leads, and the others are matched against its tickets. Where even that word occurs in
more than MAX_LED tickets, two sets are searched: the MAX_RECENT tickets that changed last, of those
that the agent may see and the filters select, so that a ticket just written is found; and the first
MAX_LED of the leading word, in the order of the index: its score, then the newest. At most MAX_HITS
of each are ranked.

So a broad search costs no more on a large desk than on a small one. When it has not read
everything, it says so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from backend.common.cursors import Order
from backend.common.documents import Document, fold
from backend.common.reading import all_of
from backend.tickets.listing.indexes import ORDERS
from backend.tickets.models import SEARCH_WEIGHTS

MAX_HITS = 500
MAX_LED = 1_500
MAX_RECENT = 500
MAX_WORDS = 10

# One number that sorts: how near a hit is, and among equals the last change in milliseconds.
RELEVANCE = Order("relevance", descending=True, tiebreak="number")
_TIMES = 10**13
_EXACT = 1_000

# Of a hit nothing but where it stands in each order: of most it is all that is asked.
_PLACES = dict.fromkeys((RELEVANCE.field, *ORDERS), True)
_EACH_ONCE: list[Document] = [
    {"$group": {"_id": "$_id", "hit": {"$first": "$$ROOT"}}},
    {"$replaceRoot": {"newRoot": "$hit"}},
]

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
class Hits:
    """The stages that find tickets, and whether they look at all there are."""

    stages: list[Document]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Search:
    """What a text means: `exact` is the ticket whose number was typed, `matching` what else it
    could be. The stages are for an aggregation of the tickets, within a list's conditions.
    """

    matching: Document
    exact: Document | None = None
    score: Any = 0  # of what matches, as an aggregation expression
    words: tuple[str, ...] = ()

    @property
    def anything(self) -> Document:
        """Everything that it finds, as one filter."""
        return {"$or": [self.exact, self.matching]} if self.exact else self.matching

    @property
    def words_to_count(self) -> list[str]:
        """The words, those that are most likely rare first: `led_by` wants the rarest."""
        return sorted(self.words, key=len, reverse=True)

    def by_number(self, collection: str, conditions: Document) -> Hits:
        if self.exact is None:
            return Hits(_ranked([conditions, self.matching], self.score))
        others = _ranked([conditions, self.matching, {"$nor": [self.exact]}], self.score)
        union = {"$unionWith": {"coll": collection, "pipeline": others}}
        return Hits([*_ranked([conditions, self.exact], _EXACT), union])

    def led_by(self, word: str, conditions: Document) -> Hits:
        """Look at every ticket with this word."""
        led, *others = _led_by(word, self.words)
        return Hits(_ranked([led, conditions, *others], self.score))

    def among_recent(self, conditions: Document) -> Hits:
        """Look at the tickets that changed last. That is all when there are no more of them."""
        recent: list[Document] = [
            {"$match": conditions},
            {"$sort": {"updatedAt": -1, "number": -1}},
            {"$limit": MAX_RECENT},
        ]
        return Hits([*recent, *_ranked([_stands_somewhere(one) for one in self.words], self.score)])

    def among_many(self, collection: str, word: str, conditions: Document) -> Hits:
        """Look at the tickets that changed last, and at the first ones with this word."""
        led, *others = _led_by(word, self.words)
        first = [{"$match": led}, {"$limit": MAX_LED}]
        ranked = _ranked([conditions, *others], self.score)
        union = {"$unionWith": {"coll": collection, "pipeline": [*first, *ranked]}}
        recent = self.among_recent(conditions)
        return Hits([*recent.stages, union, *_EACH_ONCE], complete=False)


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
    matching = {"$and": _led_by(max(words, key=len), words)}
    return Search(matching, score=_score(words), words=words)


def _led_by(lead: str, words: tuple[str, ...]) -> list[Document]:
    """Which word leads makes no difference to what is found, only to how much is read."""
    others = dict.fromkeys(word for word in words if word != lead)
    return [{"$text": {"$search": lead}}, *map(_stands_somewhere, others)]


def _stands_somewhere(word: str) -> Document:
    """As a whole word in one of the fields of the text index."""
    # What stands before it is looked at behind its first letter: what begins with a letter is
    # looked for a quarter faster.
    first = _any_form(word[0])
    whole = f"{first}(?<!{_IN_WORDS}.){_pattern(word).removeprefix(first)}(?!{_IN_WORDS})"
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
        {"$match": all_of(filters)},
        {"$limit": MAX_HITS + 1},  # one more tells that there are more
        {
            "$set": {
                RELEVANCE.field: {
                    "$add": [{"$multiply": [score, _TIMES]}, {"$toLong": "$updatedAt"}]
                }
            }
        },
        {"$project": _PLACES},
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
    return "".join(_any_form(char) + r"\p{M}*" for char in word)


def _any_form(char: str) -> str:
    letter = fold(char)
    return f"[{_ACCENTED[letter]}{char}]" if letter in _ACCENTED else re.escape(char)
