"""Numbered changes of stored data, each applied once, in order, by one process.

A migration is a module `NNNN_name.py` in this folder, and nothing else has to be edited:

    DESCRIPTION = "Set the creation month of tickets"   # shown at start-up

    def apply(db: Db) -> None:
        tickets = db["tickets"]
        for batch in batches(tickets, {"createdMonth": None}):
            tickets.update_many(by_id(batch), …)

`prepare` (at start-up, after a restore, and as a command) creates validators and indexes first and
then applies what is pending. A new database records all migrations without running them. What has
been applied is in the `migrations` collection; `runner.py` has the rules between processes.

Rules for `apply`:

- Idempotent: a process that was killed in the middle is followed by one that starts again.
- The previous version is still serving, so expand now and contract one version later. Add fields
  and collections; a later version removes old ones, requires new ones in a validator, or drops
  an index that the previous version names in a hint.
- The previous version may write a document after `apply` has passed it. Code reads both forms
  until the contracting migration has repeated the work for these.
- Self-contained: it names fields and values itself instead of importing a feature, whose code will
  change. Only this package and `backend.common` are imported.
- Bulk work goes in batches, so that no single operation takes long.
- An index that changes gets a new name or new keys, and a migration drops the old one.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pymongo.collection import Collection

from backend.common.documents import Db, Document

BATCH = 1_000


class Migration(NamedTuple):
    name: str
    description: str
    apply: Callable[[Db], None]


def all_migrations() -> list[Migration]:
    """Return the migrations of this folder in the order of their numbers."""
    names = sorted(
        found.name for found in pkgutil.iter_modules(__path__) if found.name[0].isdigit()
    )
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return [Migration(name, module.DESCRIPTION, module.apply) for name, module in modules.items()]


def batches(
    collection: Collection[Document],
    query: Document,
    projection: Document | None = None,
    size: int = BATCH,
) -> Iterator[list[Document]]:
    """Yield the documents that match, in batches and in the order of their ids.

    Each batch is a query of its own, so that no cursor has to outlive the work on a batch.
    """
    last: Document = {}
    while batch := list(
        collection.find({"$and": [query, last]}, projection).sort("_id").limit(size)
    ):
        yield batch
        last = {"_id": {"$gt": batch[-1]["_id"]}}


def by_id(batch: list[Document]) -> Document:
    """Return the filter for the documents of a batch."""
    return {"_id": {"$in": [document["_id"] for document in batch]}}
