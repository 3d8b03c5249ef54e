"""Splits a text that is longer than a channel takes."""

from __future__ import annotations

import unicodedata

_PAUSES = ("\n\n", "\n", ". ", " ")  # the best first
_JOINER = "\u200d"  # between the emoji of a sequence that is shown as one
_MODIFIERS = ("Mn", "Me", "Sk")  # categories of Unicode: accents, skin tones


def split(text: str, max_length: int | None) -> list[str]:
    """Return the text in parts that fit, each as full as it can be where a reader would pause."""
    parts = []
    while max_length and len(text) > max_length:
        ends = range(max_length, max_length // 2, -1)
        cut = next((end for end in ends if _is_between_characters(text, end)), max_length)
        for pause in _PAUSES:
            if (end := text.rfind(pause, max_length // 2, max_length + 1)) > 0:
                cut = end + len(pause.rstrip())
                break
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _is_between_characters(text: str, end: int) -> bool:
    """False within an emoji sequence, and before an accent or a skin tone."""
    joined = _JOINER in text[end - 1 : end + 1]
    return not joined and unicodedata.category(text[end]) not in _MODIFIERS
