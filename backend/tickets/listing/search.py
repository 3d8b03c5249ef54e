"""What an agent's search means, and which of the tickets it finds comes first.

Digits find ticket numbers and phones in whole or in part; words find subject, description, tags and
customer names, accents and case ignored, all words required. Text and number indexes are written
with the ticket itself, so the next request finds it.

The text index cannot intersect words: asked for several, it reads the tickets of each. So one word
leads, the rarest, and the others are looked for in its tickets. Where even that one stands in more
than MAX_LED tickets, two lots are looked at: the MAX_RECENT tickets that changed last, of those
that the asking agent may see and the other filters leave, so that the one just written is found;
and the first MAX_LED of the word that leads, in the order of the index: its score, then the newest.
Ranked are at most MAX_HITS of each.

So a broad search costs no more on a large desk than on a small one; when it has not read all, it
says so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from pymongo.collection import Collection

from backend.common.documents import Document, fold
from backend.common.paging import Hits, Order, all_of, count_up_to
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
        if self.words:
            return self._hits_of_words(tickets, filters)
        if self.exact is None:
            return Hits(_ranked([*filters, self.matching], self.score))
        others = _ranked([*filters, self.matching, {"$nor": [self.exact]}], self.score)
        union = {"$unionWith": {"coll": tickets.name, "pipeline": others}}
        return Hits([*_ranked([*filters, self.exact], _EXACT), union])

    def _hits_of_words(self, tickets: Collection[Document], filters: list[Document]) -> Hits:
        lead, frequency = _rarest(tickets, self.words)
        led, *others = _led_by(lead, self.words)
        if frequency <= MAX_LED:
            return Hits(_ranked([led, *filters, *others], self.score))
        recent: list[Document] = [
            {"$match": all_of(filters)},
            {"$sort": {"updatedAt": -1, "number": -1}},
            {"$limit": MAX_RECENT},
            *_ranked([_stands_somewhere(lead), *others], self.score),
        ]
        if count_up_to(tickets, all_of(filters), MAX_RECENT) <= MAX_RECENT:
            return Hits(recent)
        first = [{"$match": led}, {"$limit": MAX_LED}, *_ranked([*filters, *others], self.score)]
        union = {"$unionWith": {"coll": tickets.name, "pipeline": first}}
        return Hits([*recent, union, *_EACH_ONCE], complete=False)


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


def _rarest(tickets: Collection[Document], words: tuple[str, ...]) -> tuple[str, int]:
    """The word that stands in the fewest tickets, and in how many; more than MAX_LED are not told
    apart. Of equals it is the longest, which is rare most likely: hence asked for first.
    """
    by_length = sorted(words, key=len, reverse=True)
    rarest, fewest = by_length[0], MAX_LED + 1
    for word in by_length:
        frequency = count_up_to(tickets, {"$text": {"$search": word}}, fewest - 1)
        if frequency < fewest:
            rarest, fewest = word, frequency
        if not fewest:  # none stands in fewer
            break
    return rarest, fewest


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
