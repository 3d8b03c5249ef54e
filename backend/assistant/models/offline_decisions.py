"""Decide what a customer's text asks for: an intent, and the tool calls that carry it out.

Rules read the numbers and an explicit wish for a ticket; the nearest examples decide the rest. A
text can only choose among these decisions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from backend.assistant.models.offline_examples import (
    MENTION,
    Examples,
    Intent,
    meaning,
    without_mentions,
)
from backend.assistant.phrases import fold
from backend.common.documents import Document, utcnow
from backend.tickets.models import (
    MAX_DESCRIPTION,
    MAX_NOTE,
    MAX_REASON,
    Category,
    Priority,
    ticket_id,
)

MAX_READ = 1_000  # characters that are considered
MAX_SENTENCES = 8  # that may become the subject
MAX_LOOKUPS = 5  # tickets asked for in one message
SUBJECT_LENGTH = 100
MIN_WORDS = 2  # of a problem that becomes a ticket unasked
MAJORITY = 0.5  # of the votes, required to change a ticket or hand over

_NO_MATTER = (Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.UNCLEAR)

_WORD = re.compile(r"[^\W\d_]{2,}")
_YEAR_AND_SEQUENCE = re.compile(r"(?:(20\d\d)\W{1,3})?(\d{1,9})(?!\d)")
# Not a quantity such as "3 people".
_RATING = re.compile(
    r"(?<![\w.,/-])([1-5])(?=\W*$|[.,;:!)]\D|\W*(?:stars?|estrellas?|points?|puntos?|(?:out )?of 5"
    r"|de 5|sobre 5|/ ?5|to|for|al?|para|por|porque|because|gracias|thanks?)\b)"
)

# These and the priorities are matched against folded text: "do not reopen", "please open a ticket
# about".
_REFUSAL = re.compile(r"\b(?:no|not|don.?t|never|nunca) (?:\w+ ){0,2}(?:re-?open|reabr|abr)")
_WISH = re.compile(
    r"(?:\b(?:please|por favor|how do|how can|como|i|we|i.d|want|would|like|need|wish|to|can|could"
    r"|you|me|quiero|quisiera|necesito|deseo|gustaria|puede[ns]?|puedo|podria[ns]?)\W+)*"
    r"\b(?:(?:open|create|raise|file|log|submit|lodge|make|start|abr(?:ir(?:me)?|an?(?:me)?|e)"
    r"|cre(?:ar(?:me)?|an?|en?)|gener(?:ar|en?)|levant(?:ar|en?)|registr(?:ar|en?)|presentar"
    r"|pon(?:er|gan?)|hacer|iniciar)(?:\W+(?:me|an?|una?|another|otr[oa]|formal|support))*"
    r"(?:\W+(?:new|nuev[oa]))?\W+(?:ticket|case|caso|complaint|claim|incident|incidencia"
    r"|reclamo|reclamacion|queja|solicitud|reporte)|new ticket|nuevo ticket"
    r"|report(?:ar)?\W+(?:an?|una?)\W+(?:problema?|issue|fallo|falla))\b(?!\W*(?:n\w*\W*)?\d)"
    r"(?:\W+(?:please|por favor|about|regarding|because|that|with|for|porque|sobre|por|con|para|de"
    r"|an?|una?)\b)*\W*"
)
_PRIORITIES = {
    Priority.LOW: r"not urgent|no (?:rush|hurry)|no (?:es|corre) (?:urgente|prisa)|sin prisa",
    Priority.URGENT: r"\b(?:urgen|emergenc|stole|rob(?:o|aron|ad[oa]s?)\b|fraud|estafa|scam|hacke"
    r"|unauthori[sz]ed|no autoriza|no hice|desconozco|no reconozco|did(?: not|n.?t) make"
    r"|(?:not|n.?t) recogni[sz]e)",
    Priority.HIGH: r"\b(?:asap|cuanto antes|immediately|de inmediato|twice|dos veces|duplica|lost"
    r"|perdi|locked|blocked|bloque|no puedo (?:entrar|acceder)|can(?:.?t|not) (?:access|log))",
}


class Decision(NamedTuple):
    intent: Intent
    calls: list[tuple[str, Document]]  # names and arguments


def decide(text: str, load_examples: Callable[[], Examples]) -> Decision:
    """Return what the text asks for. Loads the examples only if the text has words to compare."""
    read = text[:MAX_READ]
    wish = _WISH.search(fold(read))
    if not wish and (numbers := _ticket_numbers(read)):
        return _about_tickets(text, numbers, load_examples)
    matter = f"{read[: wish.start()]} {read[wish.end() :]}".strip(" \n.,;:") if wish else read
    if not _WORD.search(matter):
        return Decision(Intent.UNCLEAR, [])
    return _about_a_matter(text, matter, wish is not None, load_examples())


def _ticket_numbers(text: str) -> list[str]:
    found = [
        ticket_id(int(year or utcnow().year), int(sequence))
        for mention in MENTION.findall(text)
        for year, sequence in _YEAR_AND_SEQUENCE.findall(mention)
    ]
    return list(dict.fromkeys(found))


def _about_tickets(
    text: str, numbers: list[str], load_examples: Callable[[], Examples]
) -> Decision:
    """Change the ticket if exactly one is named and the text clearly asks to; else look them up."""
    said = without_mentions(text[:MAX_READ])
    if len(numbers) == 1 and _WORD.search(said):
        intent, share = load_examples().vote(
            meaning([said])[0], lambda row: row.intent if row.names_ticket else None
        )
        if share < MAJORITY or _REFUSAL.search(fold(said)):
            intent = Intent.STATUS
        if intent is Intent.PERSON:
            return _hand_over(text)
        own, reason = {"ticket_id": numbers[0]}, shorten(text, MAX_REASON)
        if intent is Intent.REOPEN:
            return Decision(intent, [("reopen_ticket", own | {"reason": reason})])
        if intent is Intent.COMMENT:
            comment = {"comment": text[:MAX_NOTE].strip()}
            return Decision(intent, [("add_ticket_comment", own | comment)])
        if intent is Intent.RATE and (rating := _RATING.search(said)):
            feedback = {"rating": int(rating[0]), "comment": reason}
            return Decision(intent, [("submit_ticket_feedback", own | feedback)])
    return Decision(Intent.STATUS, [_look_up(number) for number in numbers[:MAX_LOOKUPS]])


def _about_a_matter(text: str, matter: str, wants_ticket: bool, examples: Examples) -> Decision:
    parts = re.split(r"(?<=[.!?])\s+|\n+", matter)
    sentences = [part for part in parts if _WORD.search(part)][:MAX_SENTENCES]
    texts = list(dict.fromkeys([text[:MAX_READ], matter, *sentences]))
    vectors = dict(zip(texts, meaning(texts), strict=True))
    intent, share = examples.vote(
        vectors[matter], lambda row: None if row.names_ticket else row.intent
    )
    if wants_ticket:
        intent = Intent.UNCLEAR if intent in _NO_MATTER else Intent.TICKET
    if intent is Intent.PERSON:
        return _hand_over(text) if share >= MAJORITY else Decision(Intent.UNCLEAR, [])
    if intent is Intent.RECENT:
        return Decision(intent, [_look_up(None)])
    if intent is Intent.TICKET and not wants_ticket and len(_WORD.findall(matter)) < MIN_WORDS:
        intent = Intent.UNCLEAR
    if intent is not Intent.TICKET:
        return Decision(intent, [])
    category, _ = examples.vote(vectors[text[:MAX_READ]], lambda row: row.category)
    subject = max(sentences, key=lambda part: examples.likeness(vectors[part], Intent.TICKET))
    return Decision(intent, [_create(text, subject, category)])


def _hand_over(text: str) -> Decision:
    return Decision(Intent.PERSON, [("request_human", {"reason": shorten(text, MAX_REASON)})])


def _look_up(ticket: str | None) -> tuple[str, Document]:
    recent = None if ticket else True
    return "get_ticket_information", {"ticket_id": ticket, "lookup_recent": recent}


def _create(text: str, subject: str, category: Category) -> tuple[str, Document]:
    folded = fold(text[:MAX_READ])
    priority = next((name for name, said in _PRIORITIES.items() if re.search(said, folded)), None)
    return "create_ticket_report", {
        "subject": shorten(subject[:1].upper() + subject[1:], SUBJECT_LENGTH),
        "description": text[:MAX_DESCRIPTION],
        "category": category.value,
        "priority": priority and priority.value,
        "location": None,
    }


def shorten(text: str, length: int) -> str:
    """One line of at most `length` characters, cut between words where it can be."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"
