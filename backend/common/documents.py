"""Shared by the models of all features: collections, ids, times, folded words, indexes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.operations import IndexModel

Document = dict[str, Any]
Db = Database[Document]
D = TypeVar("D", bound=Mapping[str, Any])


def collection(db: Db, name: str, of: type[D]) -> Collection[D]:  # noqa: ARG001 - for the type
    """Return a collection whose documents have the type `of`."""
    return cast(Collection[D], db[name])


def new_id() -> str:
    """Return a new id, unique across processes and roughly in order of time."""
    return str(ObjectId())


def utcnow() -> datetime:
    """Return the current time in milliseconds, as MongoDB stores it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def iso(moment: datetime | None) -> str | None:
    """Return the API's form of a time: ISO 8601 in UTC with `Z` and milliseconds."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:  # what the database returns is
        moment = moment.astimezone(UTC)
    return moment.isoformat("T", "milliseconds")[:-6] + "Z"


def fold(text: str) -> str:
    """Return the text in lower case without accents, as searches compare words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def index(*keys: tuple[str, int | str], **options: Any) -> IndexModel:
    return IndexModel(list(keys), **options)


def validator(required: dict[str, str], **properties: Any) -> Document:
    """Return a `$jsonSchema` for the required fields (name: BSON type) and those described.

    The API's schemas validate input; this guards the collection against bugs in the server.
    """
    described = {name: {"bsonType": kind} for name, kind in required.items()} | properties
    return {
        "$jsonSchema": {
            "bsonType": "object",
            "required": list(required),
            "properties": described,
        }
    }
