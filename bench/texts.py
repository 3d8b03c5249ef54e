"""Read customers' messages from a CSV file."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from backend.tickets.models import MAX_SUBJECT


def read_texts(path: str, at_least: int, target: str) -> list[str]:
    """Return the messages of a CSV file. Raises ClickException for a wrong path or file."""
    try:
        with Path(path).open(newline="", encoding="utf-8") as file:
            texts = [row["text"] for row in csv.DictReader(file) if row["text"]]
    except (OSError, KeyError, csv.Error, UnicodeDecodeError):
        raise click.ClickException(
            "MESSAGES: should be a CSV file with a `text` column: "
            f"make {target} MESSAGES=messages.csv"
        ) from None
    if len(texts) < at_least:
        raise click.ClickException(f"MESSAGES: should have {at_least:,} messages or more")
    return texts


def subject_of(text: str) -> str:
    """Return the text as a subject, which has one line."""
    return " ".join(text.split())[:MAX_SUBJECT]
