"""What customers write, from a file of the user's own."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from backend.tickets.models import MAX_SUBJECT


def read_texts(path: str, at_least: int, target: str) -> list[str]:
    """The messages of a CSV file; a wrong path or file ends the program with one line."""
    try:
        with Path(path).open(newline="", encoding="utf-8") as file:
            texts = [row["text"] for row in csv.DictReader(file) if row["text"]]
    except (OSError, KeyError, csv.Error, UnicodeDecodeError):
        raise click.ClickException(
            "MESSAGES: should be a CSV file with a `text` column: "
            f"make {target} MESSAGES=messages.csv"
        ) from None
    if len(texts) < at_least:
        raise click.ClickException(f"MESSAGES: should hold {at_least:,} messages or more")
    return texts


def subject_of(text: str) -> str:
    """A subject is one line."""
    return " ".join(text.split())[:MAX_SUBJECT]
