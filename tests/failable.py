"""A mongod that delays chosen commands, to kill a server between two steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pymongo

from backend.common.documents import Document
from backend.launcher.embedded import EmbeddedMongo
from tests.live import LiveServer

BLOCKED_MS = 2_500  # less than the server waits for an answer, so that it is killed while it waits


class FailableMongo(EmbeddedMongo):
    def _spawn(self, mongod: str, *arguments: str) -> None:
        super()._spawn(mongod, "--setParameter", "enableTestCommands=1", *arguments)


@contextmanager
def held_back(
    server: LiveServer, command: str, collection: str | None = None, skip: int = 0
) -> Iterator[None]:
    """Within the block, one such command reaches the database and waits there."""
    admin = server.db.client.admin
    blocked: Document = {
        "failCommands": [command],
        "appName": "mostrador",
        "blockConnection": True,
        "blockTimeMS": BLOCKED_MS,
    }
    if collection:
        blocked["namespace"] = f"{server.db.name}.{collection}"
    before = admin.command(
        {"configureFailPoint": "failCommand", "mode": {"skip": skip}, "data": blocked}
    )
    yield
    entered = {"waitForFailPoint": "failCommand", "timesEntered": before["count"] + 1}
    with pymongo.timeout(9):
        admin.command(entered | {"maxTimeMS": 8_000})


def let_go(server: LiveServer) -> None:
    server.db.client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
