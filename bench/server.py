"""Start the Mostrador under test as `make run` does, with its own folder and port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from backend.auth.tokens import Tokens
from backend.common.documents import Db
from backend.launcher.embedded import REPLICA_SET
from backend.launcher.parent_death import with_parent_death_signal
from backend.platform.database import connect
from backend.settings import Settings, load_settings

ROOT = Path(__file__).absolute().parents[1]
STOP_SECONDS = 20

# Settings passed on; the others would measure another installation.
PASSED_ON = {"ASYNC_MODE"}


class ServerFailed(Exception):
    """The message is the output of the server."""


class Server:
    """Serves on `server.port` until the block ends: `with Server() as server:`."""

    def __init__(self, **variables: str) -> None:
        self._variables = variables
        self._folder = TemporaryDirectory(prefix="mostrador-bench-")
        self._data_dir = Path(self._folder.name)
        self._errors = self._data_dir / "stderr"
        self.port = _free_port()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "backend.cli", "serve"]
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                with_parent_death_signal(command, signal.SIGTERM),
                cwd=ROOT,
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        if not any("Mostrador is ready" in line for line in self._process.stdout):
            self.__exit__()
            raise ServerFailed("the server did not start")
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        sys.stderr.write(self._errors.read_text())
        self._folder.cleanup()

    def database(self) -> Db:
        """Connect to the server's database with the server's options."""
        port = (self._data_dir / "mongodb.port").read_text().strip()
        uri = f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"
        return connect(load_settings(), uri)

    def tokens(self) -> Tokens:
        """Return tokens signed with the server's key."""
        return Tokens(load_settings(data_dir=self._data_dir).signing_key)

    def memory(self) -> dict[str, float]:
        """Return the memory of its processes in MB; Linux only."""
        held = {"application": 0.0, "database": 0.0}
        for pid in _descendants(self._process.pid):
            status = Path(f"/proc/{pid}/status").read_text()
            part = "database" if "Name:\tmongod\n" in status else "application"
            kilobytes = int(status.partition("VmRSS:")[2].split()[0])
            # gunicorn's worker uses more than its master.
            held[part] = max(held[part], round(kilobytes * 1.024e-3, 1))
        return held

    def _environment(self) -> dict[str, str]:
        names = {name.upper() for name in Settings.model_fields} - PASSED_ON
        inherited = {name: value for name, value in os.environ.items() if name not in names}
        own = {"DATA_DIR": str(self._data_dir), "PORT": str(self.port), "FLASK_SKIP_DOTENV": "1"}
        return inherited | own | self._variables


def _descendants(pid: int) -> Iterator[int]:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield int(child)
        yield from _descendants(int(child))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
