"""Three real mongods on loopback that elect a primary, to be killed, slowed and filled up."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from backend.launcher.mongod import find_mongod
from backend.launcher.parent_death import with_parent_death_signal
from tests.desk import wait_for
from tests.run.conftest import free_port

NAME = "three"
ELECTION_MS = 1_000  # instead of 10 s without a primary
ELECTED_SECONDS = 30


class ReplicaSet:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nodes: dict[int, subprocess.Popen[bytes]] = {}  # by port

    @property
    def uri(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._nodes)
        return f"mongodb://{hosts}/?replicaSet={NAME}"

    def __enter__(self) -> Self:
        try:
            self._elect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _elect(self) -> None:
        for _ in range(3):
            self._start(free_port())
        members = [
            {"_id": number, "host": f"127.0.0.1:{port}"} for number, port in enumerate(self._nodes)
        ]
        # Whoever is told of the set asks all of it.
        wait_for(lambda: all(map(self._hello, self._nodes)), ELECTED_SECONDS)
        with self._node(next(iter(self._nodes))) as client:
            settings = {"electionTimeoutMillis": ELECTION_MS, "heartbeatIntervalMillis": 500}
            configuration = {"_id": NAME, "members": members, "settings": settings}
            client.admin.command("replSetInitiate", configuration)
        wait_for(self.primary, ELECTED_SECONDS)

    def __exit__(self, *_error: object) -> None:
        for node in self._nodes.values():
            node.kill()
            node.wait()

    def primary(self) -> int | None:
        """Its port, while there is one that takes writes."""
        for port, node in self._nodes.items():
            if node.poll() is None:
                hello = self._hello(port)
                if hello and hello["isWritablePrimary"]:
                    return port
        return None

    def kill_primary(self) -> int:
        """SIGKILL; the port that it had."""
        port = wait_for(self.primary, ELECTED_SECONDS)
        self._nodes[port].kill()
        self._nodes[port].wait()
        return port

    def start_again(self, port: int) -> None:
        self._start(port)

    @contextmanager
    def failing(self, commands: list[str], **how: Any) -> Iterator[None]:
        """Meanwhile these commands of the application fail, or wait, as `failCommand` has it."""
        data = {"failCommands": commands, "appName": "mostrador"} | how
        with self._at_fail_point("failCommand", data=data):
            yield

    @contextmanager
    def building_indexes(self) -> Iterator[None]:
        """Meanwhile an index that was begun is not finished."""
        with self._at_fail_point("hangAfterStartingIndexBuild"):
            yield

    @contextmanager
    def _at_fail_point(self, name: str, **how: Any) -> Iterator[None]:
        port = wait_for(self.primary, ELECTED_SECONDS)
        with self._node(port) as client:
            client.admin.command("configureFailPoint", name, mode="alwaysOn", **how)
            try:
                yield
            finally:
                client.admin.command("configureFailPoint", name, mode="off")

    def _start(self, port: int) -> None:
        folder = self._folder / str(port)
        folder.mkdir(exist_ok=True)
        # fmt: off
        command = [
            find_mongod(), "--replSet", NAME, "--dbpath", str(folder), "--port", str(port),
            "--bind_ip", "127.0.0.1", "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25",
            "--oplogSize", "64", "--quiet", "--logpath", str(folder / "log"), "--logappend",
            "--setParameter", "enableTestCommands=1",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
        ]
        # fmt: on
        self._nodes[port] = subprocess.Popen(
            with_parent_death_signal(command, signal.SIGKILL), stdout=subprocess.DEVNULL
        )

    def _hello(self, port: int) -> dict[str, Any] | None:
        try:
            with self._node(port) as client:
                return client.admin.command("hello")
        except PyMongoError:
            return None

    @staticmethod
    def _node(port: int) -> MongoClient[dict[str, Any]]:
        return MongoClient(
            f"127.0.0.1:{port}", directConnection=True, serverSelectionTimeoutMS=2_000
        )
