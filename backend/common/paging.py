"""One way to page through a collection: a page number for people, a cursor for programs."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from backend.common.documents import Document
from backend.common.errors import ValidationFailed

BATCH = 100  # documents that a walk reads at once: a few milliseconds for whoever waits meanwhile
# How many hits are counted exactly; beyond that `totalIsExact` is false. Also how deep page
# numbers reach: skipping costs as much as reading, a cursor does not.
MAX_COUNTED = 10_000
# Seconds for which what had more than that is taken to have it still: nothing is said of how many.
MANY_FOR = 30.0
_MOST_REMEMBERED = 1_000  # filters

_BAD_VALUE = 2  # the server's code for an index that is not there, among others
_EVERYTHING: Document = {}
_CURSOR_OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
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


@dataclass(frozen=True, slots=True)
class Page:
    """What a caller asks for; `cursor` wins over `page`."""

    number: int
    limit: int
    cursor: str | None = None


def page_of(query: Document) -> Page:
    """The page that a loaded PageQuery asks for."""
    return Page(query["page"], query["limit"], query.get("cursor"))


@dataclass(frozen=True, slots=True)
class Found:
    documents: list[Document]
    pagination: Document

    def listed(self, represent: Callable[[Any], Document]) -> Document:
        """The API's form of every list."""
        return {"data": [represent(doc) for doc in self.documents], "pagination": self.pagination}


@dataclass(frozen=True, slots=True)
class Reading:
    """The index that filters in some order are read off, and the filters in a form that lets it.

    Without an index the database chooses.
    """

    filters: list[Document]
    index: list[tuple[str, int]] | None = None

    def find(
        self, collection: Collection[Document], after: Document, order: Order, **options: Any
    ) -> list[Document]:
        """What all filters match `after` a place in the order."""
        asked = all_of([*self.filters, after])
        return self._off_index(
            lambda **hint: list(collection.find(asked, sort=order.keys, **options, **hint))
        )

    def aggregate(self, collection: Collection[Document], stages: list[Document]) -> list[Document]:
        """What the stages make of all that the filters match."""
        pipeline = [{"$match": all_of(self.filters)}, *stages]
        return self._off_index(lambda **hint: list(collection.aggregate(pipeline, **hint)))

    def _off_index(self, ask: Callable[..., list[Document]]) -> list[Document]:
        if self.index is None:
            return ask()
        try:
            return ask(hint=dict(self.index))
        except OperationFailure as error:
            if error.code != _BAD_VALUE:
                raise
            return ask()  # it has yet to be built, as after a restore or beside a newer version


@dataclass(frozen=True, slots=True)
class Hits:
    """The stages that find documents, and whether they look at all there are."""

    stages: list[Document]
    complete: bool = True


def find_page(
    collection: Collection[Document],
    filters: list[Document],
    order: Order,
    page: Page,
    projection: Document | None = None,
    reading: Reading | None = None,
) -> Found:
    """One page of what all filters match, read in the way of `reading` if it is given.

    Raises ValidationFailed for a bad cursor or page.
    """
    after = {} if page.cursor is None else _after(order, page.cursor)
    skip = _skip(page, MAX_COUNTED) if page.cursor is None else 0
    documents = (reading or Reading(filters)).find(
        collection,
        after,
        order,
        projection=projection,
        skip=skip,
        limit=page.limit + 1,  # one more tells whether there is a next page
    )
    total = _count(collection, filters, skip, len(documents), page)
    return _found(documents, total, MAX_COUNTED, order, page)


def find_hits(
    collection: Collection[Document],
    filters: list[Document],
    hits: Hits,
    most: int,
    order: Order,
    page: Page,
    projection: Document,
) -> Found:
    """One page of the hits, which the filters leave, at most `most` and one, sorted in memory.

    Raises ValidationFailed for a bad cursor or page.
    """
    after = [] if page.cursor is None else [{"$match": _after(order, page.cursor)}]
    skip = _skip(page, most) if page.cursor is None else 0
    listed = [*after, {"$sort": dict(order.keys)}, {"$skip": skip}, {"$limit": page.limit + 1}]
    pipeline = [
        *hits.stages,
        {"$facet": {"places": listed, "counted": [{"$count": "total"}]}},
    ]
    [ranked] = collection.aggregate(pipeline)
    total = ranked["counted"][0]["total"] if ranked["counted"] else 0
    found = _found(ranked["places"], total, most, order, page, complete=hits.complete)
    ids = [place["_id"] for place in found.documents]
    # Asked again, as one may have gone out of sight meanwhile.
    rows = collection.find(all_of([{"_id": {"$in": ids}}, *filters]), projection)
    by_id = {row["_id"]: row for row in rows}
    return replace(found, documents=[by_id[one] for one in ids if one in by_id])


def walk(
    collection: Collection[Document], reading: Reading, order: Order, projection: Document
) -> Iterator[list[Document]]:
    """Every match in order, in batches, of which the last may be empty. Each is a query of its own,
    so that a slow reader holds nothing open in the database.
    """
    after: Document = {}
    while True:
        found = reading.find(collection, after, order, projection=projection, limit=BATCH)
        yield found
        if len(found) < BATCH:
            return
        after = _behind(order, _place(order, found[-1]))


def all_of(filters: list[Document]) -> Document:
    """The filters as one; empty ones say nothing."""
    parts = [part for part in filters if part]
    return {"$and": parts} if parts else _EVERYTHING


def _skip(page: Page, most: int) -> int:
    skip = (page.number - 1) * page.limit
    if skip >= most:
        raise ValidationFailed({"page": [f"Reaches to {most} hits; use cursor beyond."]})
    return skip


def _count(
    collection: Collection[Document], filters: list[Document], skip: int, found: int, page: Page
) -> int:
    if page.cursor is None and found <= page.limit and (found or not skip):
        return skip + found  # the last page has told the total already
    matching = all_of(filters)
    if matching == _EVERYTHING and collection.estimated_document_count() > MAX_COUNTED:
        return MAX_COUNTED + 1  # the collection knows its size; counting would read an index
    return count_up_to(collection, matching, MAX_COUNTED)


def count_up_to(collection: Collection[Document], matching: Document, most: int) -> int:
    """How many match; beyond `most` no more than that, and not counted again for MANY_FOR."""
    key = (collection.full_name, bson.encode(matching))
    exceeded, until = _many.get(key, (0, 0.0))
    if exceeded >= most and until > time.monotonic():
        return most + 1
    # Counting everything would read everything, were it not told to count the index.
    index: Document = {"hint": "_id_"} if matching == _EVERYTHING else {}
    total = collection.count_documents(matching, limit=most + 1, **index)
    if total > most:
        if len(_many) >= _MOST_REMEMBERED:
            _many.clear()
        _many[key] = most, time.monotonic() + MANY_FOR
    return total


# What has more than so many, and until when (monotonic) that is believed.
_many: dict[tuple[str, bytes], tuple[int, float]] = {}


def _found(
    documents: list[Document],
    total: int,
    most: int,
    order: Order,
    page: Page,
    *,
    complete: bool = True,
) -> Found:
    """The page of these documents, of which there may be one more than it holds."""
    more = len(documents) > page.limit
    documents = documents[: page.limit]
    return Found(
        documents,
        {
            "page": page.number if page.cursor is None else None,
            "limit": page.limit,
            "total": min(total, most),
            "totalIsExact": complete and total <= most,
            "pages": -(-min(total, most) // page.limit),
            "nextCursor": _cursor(order, documents[-1]) if more else None,
        },
    )


def _value(document: Document, path: str) -> Any:
    value: Any = document
    for name in path.split("."):
        value = value[name]
    return value


def _place(order: Order, document: Document) -> list[Any]:
    return [_value(document, field) for field, _ in order.keys]


def _cursor(order: Order, last: Document) -> str:
    values = _place(order, last)
    return base64.urlsafe_b64encode(bson.encode({"after": values})).decode().rstrip("=")


def _after(order: Order, cursor: str) -> Document:
    """What sorts behind the document at which the cursor was made."""
    values = _decode(cursor)
    if len(values) != len(order.keys):
        raise _bad_cursor()
    return _behind(order, values)


def _behind(order: Order, values: list[Any]) -> Document:
    keys = order.keys
    operator = "$lt" if order.descending else "$gt"
    if len(keys) == 1:
        return {keys[0][0]: {operator: values[0]}}
    (field, _), (tiebreak, _) = keys
    inclusive = operator + "e"
    # The redundant first clause lets the index start at the right place.
    return {
        field: {inclusive: values[0]},
        "$or": [
            {field: {operator: values[0]}},
            {field: values[0], tiebreak: {operator: values[1]}},
        ],
    }


def _decode(cursor: str) -> list[Any]:
    """Raises ValidationFailed for what is no cursor; BSON holds nothing that cannot be asked."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = bson.decode(raw, _CURSOR_OPTIONS).get("after")
    except (ValueError, BSONError):
        raise _bad_cursor() from None
    # Plain values alone: nothing that the database could read as an operator.
    if not isinstance(values, list) or not all(isinstance(v, _SORTABLE) for v in values):
        raise _bad_cursor()
    return values


def _bad_cursor() -> ValidationFailed:
    return ValidationFailed({"cursor": ["Is not a cursor that this list gave out."]})
