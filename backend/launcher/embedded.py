"""The embedded database: a real mongod as a single-node replica set on 127.0.0.1.

A replica set, because transactions and change streams need one. Its files live in DATA_DIR; one
Mostrador at a time may use a DATA_DIR, and a mongod that a killed Mostrador left behind is ended
before the next one starts.
"""

from __future__ import annotations

import fcntl
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from backend.launcher.mongod import (
    STOP_SECONDS,
    EmbeddedMongoError,
    find_mongod,
    mongod_command,
    reason_to_stop,
    stop_orphan,
)
from backend.launcher.process import start_process

if TYPE_CHECKING:
    from pymongo import MongoClient

REPLICA_SET = "rs0"
# Below the range that systems hand out to outgoing connections, so that nothing takes the port
# while mongod restarts.
PORTS = range(20000, 32000)
# Starting includes recovery after a crash, which may rebuild all indexes of a million tickets.
_START_SECONDS = 900
_POLL_SECONDS = 0.02


class DataDirInUse(EmbeddedMongoError):
    """Another Mostrador uses this folder."""


class EmbeddedMongo:
    """A mongod with its files in `data_dir`; `with EmbeddedMongo(path) as mongo: mongo.uri`.

    It ends with the process that started it, however that ends.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self._dbpath = self.data_dir / "mongodb"
        self._log = self.data_dir / "mongodb.log"
        self._lock: IO[str] | None = None
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        """Names the replica set, so that clients wait for the primary while mongod restarts."""
        return _uri(self._port)

    @property
    def _host(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "not started"
        return self._process

    def start(self) -> None:
        """Start mongod and return once it accepts writes. Raises EmbeddedMongoError."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start mongod and return at once; its `uri` is known. Raises EmbeddedMongoError."""
        mongod = find_mongod()
        try:
            self._dbpath.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self.data_dir)
            stop_orphan(self._dbpath)
            if self._log.exists():  # only one earlier log is kept
                self._log.replace(self._log.with_suffix(".log.1"))
            self._choose_port(mongod)
        except OSError as error:
            raise EmbeddedMongoError(
                f"DATA_DIR: should be a writable folder, but {error.filename}: {error.strerror}"
            ) from None
        self._spawn(mongod, "--replSet", REPLICA_SET)

    def wait_until_ready(self) -> None:
        self._wait_until(self._listens)
        with self._client() as client:
            self._wait_until(lambda: self._is_primary(client))

    def restart(self) -> None:
        """Start mongod again after it died, under the same `uri`. Raises EmbeddedMongoError."""
        self._spawn(find_mongod(), "--replSet", REPLICA_SET)
        self.wait_until_ready()

    def stop(self) -> None:
        if self._process is not None:
            self._stop_process()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _choose_port(self, mongod: str) -> None:
        """Return the port of the last run, or a free one if another program uses it."""
        file = _port_file(self.data_dir)
        remembered = int(file.read_text()) if file.exists() else None
        if remembered and is_free(remembered):
            self._port = remembered
            return
        self._port = next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))
        if any(self._dbpath.iterdir()):
            self._rename_member(mongod)
        file.write_text(f"{self._port}\n")

    def _rename_member(self, mongod: str) -> None:
        """Write the new port into the replica set's configuration, with mongod outside of the set.

        Inside the set, mongod would spend half a minute on the program at the old port.
        """
        self._spawn(mongod)
        self._wait_until(self._listens)
        with self._client() as client:
            client["local"]["system.replset"].update_one(
                {"_id": REPLICA_SET}, {"$set": {"members.0.host": self._host}}
            )
        self._stop_process()

    def _spawn(self, mongod: str, *arguments: str) -> None:
        command = mongod_command(mongod, self._dbpath, self._port, self._log)
        # SIGTERM: mongod shuts down cleanly even when its parent was killed.
        self._process = start_process(
            [*command, *arguments], death_signal=signal.SIGTERM, stdout=subprocess.DEVNULL
        )

    def _stop_process(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._process = None

    def _client(self) -> MongoClient[dict[str, Any]]:
        from pymongo import MongoClient  # noqa: PLC0415 - slow to import: mongod starts meanwhile

        return MongoClient(self._host, directConnection=True, serverSelectionTimeoutMS=5000)

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not condition():
            if self.process.poll() is not None:
                raise EmbeddedMongoError(f"mongod stopped: {reason_to_stop(self._log)}")
            if time.monotonic() > deadline:
                raise EmbeddedMongoError(
                    f"mongod is not ready after {_START_SECONDS} s: see {self._log}"
                )
            time.sleep(_POLL_SECONDS)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _is_primary(self, client: MongoClient[dict[str, Any]]) -> bool:
        from pymongo.errors import PyMongoError  # noqa: PLC0415 - as in _client

        try:
            hello = client.admin.command("hello")
            if not hello.get("setName"):
                member = {"_id": 0, "host": self._host}
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
            return bool(hello["isWritablePrimary"])
        except PyMongoError:
            return False  # connections break while the node changes state


@contextmanager
def embedded_uri(data_dir: Path, *, shared: bool) -> Iterator[str]:
    """Yield the URI of the embedded database, which runs until the end of the block.

    `shared`: if Mostrador is already running, use its database. Raises EmbeddedMongoError.
    """
    with ExitStack() as stack:
        try:
            uri = stack.enter_context(EmbeddedMongo(data_dir)).uri
        except DataDirInUse:
            if not shared:
                raise
            uri = _uri(int(_port_file(data_dir).read_text()))
        yield uri


def _uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


def _port_file(data_dir: Path) -> Path:
    return data_dir / "mongodb.port"


def _lock(data_dir: Path) -> IO[str]:
    """Lock the folder; the kernel releases the lock however its owner ends."""
    file = (data_dir / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip()
        file.close()
        raise DataDirInUse(
            f"DATA_DIR: {data_dir} is in use by another Mostrador (process {owner})"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
