"""Records the reads of a collection, and returns their query plans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from bson.codec_options import CodecOptions, DatetimeConversion
from pymongo import MongoClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from backend.collections import FEATURES
from backend.common.documents import Db, Document
from backend.platform.database import prepare
from backend.settings import Settings

PAGE = 20

_KEPT = (
    *("find", "aggregate", "filter", "sort", "skip", "limit", "projection"),
    *("pipeline", "cursor", "hint"),
)
# Index bounds can be dates that Python cannot represent.
_ANY_DATES: CodecOptions[Document] = CodecOptions(
    datetime_conversion=DatetimeConversion.DATETIME_AUTO
)


class Recorder(CommandListener):
    """Keeps the reads of one collection, to explain them afterwards."""

    def __init__(self, collection: str) -> None:
        self._collection = collection
        self.commands: list[Document] = []

    def started(self, event: CommandStartedEvent) -> None:
        command = dict(event.command)
        if self._collection in (command.get("find"), command.get("aggregate")):
            self.commands.append({name: command[name] for name in command if name in _KEPT})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to keep."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to keep."""

    def explain(self, db: Db) -> list[Document]:
        """Return the plan of each recorded command, and forget the commands."""
        commands, self.commands = self.commands, []
        return [
            db.command("explain", one, verbosity="executionStats", codec_options=_ANY_DATES)
            for one in commands
        ]


@contextmanager
def recorded(settings: Settings, collection: str) -> Iterator[tuple[Db, Recorder]]:
    """Give a database of its own with all indexes, and a recorder of one of its collections."""
    recorder = Recorder(collection)
    client: MongoClient[Document] = MongoClient(
        settings.mongodb_uri, event_listeners=[recorder], tz_aware=True, tzinfo=UTC
    )
    with client:
        db = client[f"mostrador_explain_{collection.replace('.', '_')}"]
        prepare(db, FEATURES)
        yield db, recorder
        client.drop_database(db.name)


def stages(plan: Any) -> Iterator[str]:
    """Yield the names of this stage and of all below it."""
    if isinstance(plan, dict):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for name, part in plan.items():
            if name not in ("rejectedPlans", "command", "slotBasedPlan"):
                yield from stages(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from stages(part)


def reads(plan: Any) -> Iterator[Document]:
    """Yield the finds of a command: itself, or those that an aggregation reads through."""
    if isinstance(plan, dict):
        if "queryPlanner" in plan:
            yield plan
        else:
            for part in plan.values():
                yield from reads(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from reads(part)


def keys_read(plan: Document) -> int:
    return sum(int(read["executionStats"]["totalKeysExamined"]) for read in reads(plan))


def documents_read(plan: Document) -> int:
    return sum(int(read["executionStats"]["totalDocsExamined"]) for read in reads(plan))


def faults(
    plans: list[Document], *, may_sort: bool = False, sorted_documents: int = PAGE + 1
) -> list[str]:
    """Return the problems of plans. Index entries may be sorted, as they are few; documents may
    not.
    """
    found = []
    for read in reads(plans):
        used = set(stages(read["queryPlanner"]["winningPlan"]))
        if "COLLSCAN" in used or not used:
            found.append(f"scans the collection: {sorted(used)}")
        if "SORT" in used and not may_sort and documents_read(read) > sorted_documents:
            found.append(f"sorts documents in memory: {sorted(used)}")
    return found
