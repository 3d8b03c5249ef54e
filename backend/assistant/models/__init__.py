"""The models that can answer. Both speak the item format of OpenAI's Responses API, so one loop
drives either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import bson
from bson.errors import BSONError

from backend.common.documents import Document


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a model: its output items as they came, to be replayed in the next round."""

    output: list[Document]
    text: str
    response_id: str | None = None

    @property
    def calls(self) -> list[Document]:
        """The `function_call` items, in order."""
        return [item for item in self.output if item.get("type") == "function_call"]


class ModelFailed(Exception):
    """The model gave no usable answer; the message says why, for the people who run the desk."""


class Model(Protocol):
    name: str

    def respond(
        self, instructions: str, items: list[Document], tools: list[Document], deadline: float
    ) -> Answer:
        """One round. `items` are Responses API input items, oldest first; after `deadline`, by
        `time.monotonic()`, nobody waits for the answer any more. Raises ModelFailed.
        """
        ...


def is_storable(document: Document) -> bool:
    """Whether the database takes it. JSON, and so a model, can hold half a character, a number
    without end or a name with a NUL.
    """
    try:
        bson.encode(document)
    except (BSONError, UnicodeError, OverflowError):
        return False
    return True
