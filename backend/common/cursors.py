"""Orders of a list, and cursors: where in an order the next page begins."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError

from backend.common.documents import Document
from backend.common.errors import ValidationFailed

_OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
_SORTABLE = (str, int, float, datetime)


@dataclass(frozen=True, slots=True)
class Order:
    """A sort by `field`, ties broken by the unique `tiebreak`, both in the same direction."""

    field: str
    descending: bool
    tiebreak: str = "_id"

    @property
    def keys(self) -> list[tuple[str, int]]:
        direction = -1 if self.descending else 1
        if self.field == self.tiebreak:
            return [(self.field, direction)]
        return [(self.field, direction), (self.tiebreak, direction)]


def place_of(order: Order, document: Mapping[str, Any]) -> list[Any]:
    """Return the values by which the document is sorted."""
    return [_value(document, field) for field, _ in order.keys]


def cursor_of(order: Order, last: Mapping[str, Any]) -> str:
    """Return the cursor of the page that follows `last`."""
    place = bson.encode({"after": place_of(order, last)})
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def after(order: Order, cursor: str) -> Document:
    """Return the filter for what follows the cursor. Raises ValidationFailed for a bad cursor."""
    values = _decode(cursor)
    if len(values) != len(order.keys):
        raise _bad_cursor()
    return behind(order, values)


def behind(order: Order, place: list[Any]) -> Document:
    """Return the filter for what is sorted behind a place."""
    keys = order.keys
    operator = "$lt" if order.descending else "$gt"
    if len(keys) == 1:
        return {keys[0][0]: {operator: place[0]}}
    (field, _), (tiebreak, _) = keys
    inclusive = operator + "e"
    # The redundant first clause lets the index start at the right place.
    return {
        field: {inclusive: place[0]},
        "$or": [
            {field: {operator: place[0]}},
            {field: place[0], tiebreak: {operator: place[1]}},
        ],
    }


def _value(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for name in path.split("."):
        value = value[name]
    return value


def _decode(cursor: str) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = bson.decode(raw, _OPTIONS).get("after")
    except (ValueError, BSONError):
        raise _bad_cursor() from None
    # Plain values only: nothing that the database could read as an operator.
    if not isinstance(values, list) or not all(isinstance(v, _SORTABLE) for v in values):
        raise _bad_cursor()
    return values


def _bad_cursor() -> ValidationFailed:
    return ValidationFailed(
        {"cursor": ["Is not a cursor of this list. Use the nextCursor of a page."]}
    )
