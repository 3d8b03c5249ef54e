"""Reading a collection through a chosen index, one page or one batch after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from backend.common.cursors import Order, behind, place_of
from backend.common.documents import D, Document

BATCH = 100  # documents that `walk` reads at once: a few milliseconds for others to wait

Keys = list[tuple[str, int]]
T = TypeVar("T")

_BAD_VALUE = 2  # the server's code for a missing index, among others


@dataclass(frozen=True, slots=True)
class Reading:
    """Filters, and the index to read them from. Without an index the database chooses."""

    filters: list[Document]
    index: Keys | None = None

    def find(
        self, collection: Collection[D], order: Order, after: Document, **options: Any
    ) -> list[D]:
        """Return the matches that follow `after` in the order."""
        matching = all_of([*self.filters, after])
        return self._hinted(
            lambda **hint: list(collection.find(matching, sort=order.keys, **options, **hint))
        )

    def aggregate(self, collection: Collection[Any], stages: list[Document]) -> list[Document]:
        """Return what the stages make of the matches."""
        pipeline = [{"$match": all_of(self.filters)}, *stages]
        return self._hinted(lambda **hint: list(collection.aggregate(pipeline, **hint)))

    def count(self, collection: Collection[Any], limit: int) -> int:
        """Count the matches, at most `limit`."""
        matching = all_of(self.filters)
        return self._hinted(
            lambda **hint: collection.count_documents(matching, limit=limit, **hint)
        )

    def _hinted(self, read: Callable[..., T]) -> T:
        if self.index is None:
            return read()
        try:
            return read(hint=dict(self.index))
        except OperationFailure as error:
            if error.code != _BAD_VALUE:
                raise
            return read()  # the index is not built yet, as after a restore


def walk(
    collection: Collection[D], reading: Reading, order: Order, projection: Document
) -> Iterator[list[D]]:
    """Yield every match in order, in batches, of which the last may be empty. Each batch is a query
    of its own, so that a slow client keeps nothing open in the database.
    """
    after: Document = {}
    while True:
        found = reading.find(collection, order, after, projection=projection, limit=BATCH)
        yield found
        if len(found) < BATCH:
            return
        after = behind(order, place_of(order, found[-1]))


def all_of(filters: list[Document]) -> Document:
    """Combine filters into one; empty ones are left out."""
    parts = [part for part in filters if part]
    return {"$and": parts} if parts else {}
