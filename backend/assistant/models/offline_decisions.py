"""What the offline assistant makes of a customer's text: an intent, and the tool calls it takes.

Nothing in a text can do more than choose among these decisions; the rest of it is a ticket's
description.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from backend.assistant.models import offline_words as words
from backend.assistant.models.offline_topics import CATEGORIES, PRIORITIES
from backend.assistant.phrases import fold, known_words, words_of
from backend.common.documents import Document, utcnow
from backend.settings import Locale
from backend.tickets.models import (
    MAX_DESCRIPTION,
    MAX_NOTE,
    MAX_REASON,
    Category,
    Priority,
    ticket_id,
)

MAX_READ = 2_000  # characters that are looked at, as some patterns take the square of it
MAX_LOOKUPS = 5  # tickets asked for in one message
SUBJECT_LENGTH = 100
TELLING, SENTENCE = 2, 4  # words that a request has at least

ToolCall = tuple[str, Document]  # name and arguments


class Intent(StrEnum):
    STATUS = "status"
    RECENT = "recent"
    COMMENT = "comment"
    REOPEN = "reopen"
    RATE = "rate"
    OPEN = "open"
    REPORT = "report"
    PERSON = "person"
    IDENTITY = "identity"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a text was understood to be, and the tool calls (name, arguments) that follow."""

    intent: Intent
    calls: list[ToolCall] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Message:
    text: str
    folded: str  # as far as it is looked at; each character at its place in the text
    locale: Locale


def decide(text: str, locale: Locale) -> Decision:
    """The first rule that takes the text decides; nothing in the text can do more than that."""
    message = _Message(text, fold(text[:MAX_READ]), locale)
    decisions = (rule(message) for rule in _RULES)
    return next((decision for decision in decisions if decision), Decision(Intent.UNCLEAR))


def _open_ticket(message: _Message) -> Decision | None:
    asked = words.OPEN_TICKET.search(message.folded)
    if asked is None:
        return None
    for part in (message.text[asked.end() :], message.text[: asked.start()]):
        if _says_something(fold(matter := _trimmed(part[:MAX_READ]))):
            category = _topic(message.folded) or Category.OTHER
            return Decision(Intent.OPEN, [_create(message, _subject(matter), category)])
    return Decision(Intent.UNCLEAR)


def _change_ticket(message: _Message) -> Decision | None:
    """A rating, reopening or comment of the one ticket that the text names."""
    numbers = _ticket_numbers(message.folded)
    if len(numbers) != 1:
        return None
    own = {"ticket_id": numbers[0]}
    is_comment = words.COMMENT.search(message.folded)
    if rating := _rating(message.folded, loosely=not is_comment):
        said = {"rating": rating, "comment": shorten(message.text, MAX_REASON)}
        return Decision(Intent.RATE, [("submit_ticket_feedback", own | said)])
    asks = _is_question(message.folded) or words.WHY.match(message.folded)
    if asks and not words.WISH.search(message.folded):
        return None
    if words.REOPEN.search(message.folded):
        reason = {"reason": shorten(message.text, MAX_REASON)}
        return Decision(Intent.REOPEN, [("reopen_ticket", own | reason)])
    if is_comment or _tells_detail(message.folded):
        comment = {"comment": message.text[:MAX_NOTE].strip()}
        return Decision(Intent.COMMENT, [("add_ticket_comment", own | comment)])
    return None


def _rating(folded: str, *, loosely: bool) -> int | None:
    """A number of stars or of five; `loosely` also one that only words like "rate" tell of."""
    said = _without(folded, words.NUMBERED_TICKETS)
    rated = words.RATING.search(said) or (loosely and words.MARK.search(said))
    return int(rated[1]) if rated else None


def _tells_detail(folded: str) -> bool:
    asks = "?" in folded or words.ASKING.search(folded)
    return not asks and words.DETAIL.search(folded) is not None


def _numbered_tickets(message: _Message) -> Decision | None:
    calls = [_look_up(number) for number in _ticket_numbers(message.folded)]
    return Decision(Intent.STATUS, calls[:MAX_LOOKUPS]) if calls else None


def _ticket_numbers(folded: str) -> list[str]:
    found: list[str] = []
    for pattern in (words.NUMBERED_TICKETS, words.BARE_TICKET_NUMBER):
        for match in pattern.finditer(folded):
            numbers = next(group for group in match.groupdict().values() if group)
            found += [
                ticket_id(int(year or utcnow().year), int(sequence))
                for year, sequence in words.YEAR_AND_SEQUENCE.findall(numbers)
            ]
    return list(dict.fromkeys(found))


def _recent_tickets(message: _Message) -> Decision | None:
    if words.RECENT_TICKETS.search(message.folded):
        return Decision(Intent.RECENT, [_look_up()])
    return None


def _identity(message: _Message) -> Decision | None:
    rest = _without(message.folded, words.IDENTITY)
    if rest == message.folded or _says_something(rest):
        return None
    return Decision(Intent.IDENTITY)


def _ask_for_person(message: _Message) -> Decision | None:
    alone = words.PERSON_ALONE.fullmatch(_without_small_talk(message.folded))
    wanted = words.PERSON.search(message.folded) and not words.HAVE_TO.search(message.folded)
    if not alone and not wanted:
        return None
    reason = {"reason": shorten(message.text, MAX_REASON)}
    return Decision(Intent.PERSON, [("request_human", reason)])


def _small_talk(message: _Message) -> Decision | None:
    if _without_small_talk(message.folded):
        return None
    kinds = (
        (words.VAGUE, Intent.UNCLEAR),
        (words.GOODBYE, Intent.GOODBYE),
        (words.THANKS, Intent.THANKS),
        (words.GREETING, Intent.GREETING),
    )
    return next((Decision(intent) for kind, intent in kinds if kind.search(message.folded)), None)


def _report(message: _Message) -> Decision | None:
    folded = message.folded
    if words.OFF_TOPIC.search(folded) and not words.TROUBLE.search(folded):
        return None
    if not _says_something(folded) or not _is_language(folded):
        return None
    return Decision(
        Intent.REPORT, [_create(message, _subject(message.text[:MAX_READ]), _category(folded))]
    )


_RULES: tuple[Callable[[_Message], Decision | None], ...] = (
    _open_ticket,
    _change_ticket,
    _numbered_tickets,
    _recent_tickets,
    _identity,
    _ask_for_person,
    _small_talk,
    _report,
)


def _trimmed(matter: str) -> str:
    """Without the "about" before it and the "please can you" after it."""
    folded = fold(matter)
    lead, trail = words.LEADING.match(folded), words.TRAILING.search(folded)
    return matter[lead.end() if lead else 0 : trail.start() if trail else None].strip()


def _without(folded: str, *patterns: re.Pattern[str]) -> str:
    for pattern in patterns:
        folded = pattern.sub(" ", folded)
    return folded


def _without_small_talk(folded: str) -> str:
    """The words left when politeness and vague wishes are taken away."""
    rest = _without(folded, words.VAGUE, words.GOODBYE, words.GREETING, words.THANKS, words.FILLER)
    return " ".join(words_of(rest))


def _says_something(folded: str) -> bool:
    return bool(_without_small_talk(folded))


def _is_language(folded: str) -> bool:
    """Two words and a subject that we know, a question, or a sentence with a common word."""
    said = words_of(_without(folded, words.GREETING, words.THANKS))
    count = len([word for word in said if not word.isdecimal()])
    if _topic(folded):
        return count >= TELLING
    if _is_question(folded):
        return count > TELLING
    return count >= SENTENCE and known_words(folded) > 0


def _topic(folded: str) -> Category | None:
    return next((kind for kind, pattern in CATEGORIES if pattern.search(folded)), None)


def _is_question(folded: str) -> bool:
    return words.QUESTION.search(_without(folded, words.GREETING)) is not None


def _category(folded: str) -> Category:
    """The topic, but for a question where nothing went wrong: that asks for information."""
    topic = _topic(folded)
    if topic is Category.FEATURE_REQUEST:
        return topic
    if _is_question(folded) and not words.TROUBLE.search(folded):
        return Category.GENERAL_INQUIRY
    return topic or Category.OTHER


def _priority(folded: str) -> Priority | None:
    return next((kind for kind, pattern in PRIORITIES if pattern.search(folded)), None)


def _subject(text: str) -> str:
    """The first sentence that names something we know, else the first that says anything."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()]
    known = (part for part in sentences if _topic(fold(part)))
    telling = (part for part in sentences if _says_something(fold(part)))
    sentence = next(known, None) or next(telling, None) or text
    return shorten(sentence[:1].upper() + sentence[1:], SUBJECT_LENGTH)


def shorten(text: str, length: int) -> str:
    """One line of at most `length` characters, cut between words where it can be."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def _create(message: _Message, subject: str, category: Category) -> ToolCall:
    priority = _priority(message.folded)
    return "create_ticket_report", {
        "subject": subject,
        "description": message.text[:MAX_DESCRIPTION],
        "category": category.value,
        "priority": priority and priority.value,
        "location": None,
    }


def _look_up(ticket: str | None = None) -> ToolCall:
    recent = None if ticket else True
    return "get_ticket_information", {"ticket_id": ticket, "lookup_recent": recent}
