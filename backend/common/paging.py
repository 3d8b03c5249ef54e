"""Pages of a list: by number for people, by cursor for programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from pymongo.collection import Collection

from backend.common import counting
from backend.common.cursors import Order, after, cursor_of
from backend.common.documents import D, Document
from backend.common.errors import ValidationFailed
from backend.common.reading import Reading


@dataclass(frozen=True, slots=True)
class Page:
    """What a caller asks for; `cursor` takes precedence over `number`."""

    number: int
    limit: int
    cursor: str | None = None

    def skip(self, most: int) -> int:
        """Return how many matches to skip. Raises ValidationFailed from `most` on."""
        if self.cursor is not None:
            return 0
        skip = (self.number - 1) * self.limit
        if skip >= most:
            raise ValidationFailed(
                {"page": [f"Reaches up to {most} results. Use cursor for more."]}
            )
        return skip

    def after(self, order: Order) -> Document:
        """Return the filter for what follows the cursor; empty without one."""
        return {} if self.cursor is None else after(order, self.cursor)


def page_of(query: Document) -> Page:
    """Return the page that a loaded PageQuery asks for."""
    return Page(query["page"], query["limit"], query.get("cursor"))


@dataclass(frozen=True, slots=True)
class Found(Generic[D]):
    """A page of a list."""

    documents: list[D]
    pagination: Document

    def listed(self, represent: Callable[[D], Document]) -> Document:
        """Return the API's form of every list."""
        return {"data": [represent(doc) for doc in self.documents], "pagination": self.pagination}


def find_page(
    collection: Collection[D],
    reading: Reading,
    order: Order,
    page: Page,
    projection: Document | None = None,
    count: Callable[[], int] | None = None,
) -> Found[D]:
    """Return one page. `count` counts all matches, by default with the same reading.

    Raises ValidationFailed for a bad cursor or page number.
    """
    documents = read_page(collection, reading, order, page, projection)
    skip = page.skip(counting.MAX_COUNTED)
    if page.cursor is None and len(documents) <= page.limit and (documents or not skip):
        total = skip + len(documents)  # the last page tells the total
    else:
        total = count() if count else counting.count_matches(collection, reading)
    return found_page(documents, total, order, page)


def read_page(
    collection: Collection[D],
    reading: Reading,
    order: Order,
    page: Page,
    projection: Document | None = None,
) -> list[D]:
    """Return the documents of a page, and one more if there is a next page."""
    return reading.find(
        collection,
        order,
        page.after(order),
        projection=projection,
        skip=page.skip(counting.MAX_COUNTED),
        limit=page.limit + 1,
    )


def found_page(
    documents: list[D],
    total: int,
    order: Order,
    page: Page,
    *,
    most: int | None = None,
    complete: bool = True,
) -> Found[D]:
    """Return the page of what `read_page` has read. `total` is exact up to `most`."""
    most = counting.MAX_COUNTED if most is None else most
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
            "nextCursor": cursor_of(order, documents[-1]) if more else None,
        },
    )
