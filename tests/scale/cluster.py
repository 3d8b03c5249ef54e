"""`make cluster` from its last step on: nginx, Redis and several gunicorns, on one address."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path

import httpx

from tests.desk import wait_for
from tests.live import Installation
from tests.run.conftest import SERVE, Mostrador, command_line, descendants

PROCESSES = 2


class Cluster(Installation):
    """`url` is nginx's, `urls` are the processes' own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        super().__init__(**variables)
        self._variables = variables
        self._server = Mostrador(folder / "data")
        self._server.port = _free_ports(PROCESSES + 1)
        self.url = f"http://127.0.0.1:{self._server.port}"
        ports = [self._server.port + number for number in range(1, PROCESSES + 1)]
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]

    def start(self) -> None:
        command = [*SERVE[:-1], "cluster", str(PROCESSES)]
        self._server.start(command, PORT=str(self._server.port), **self._variables)

    def kill_process(self, number: int) -> None:
        """SIGKILL for gunicorn's master and its worker, as when memory runs out."""
        master = min(self._find(self.urls[number].removeprefix("http://")))
        for pid in [master, *descendants(master)]:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.is_ready(number))

    def is_ready(self, number: int) -> bool:
        try:
            return httpx.get(f"{self.urls[number]}/health/ready", timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def replace_all(self) -> None:
        """Returns when each process has a new worker."""
        before = self._server.output.read_text().count("Replaced all")
        self._server.process.send_signal(signal.SIGUSR2)
        said = self._server.output.read_text
        wait_for(lambda: said().count("Replaced all") > before, 60)

    def redis(self) -> int | None:
        """Its process id, if it runs."""
        return next(iter(self._find("redis-server")), None)

    def redis_url(self) -> str:
        pid = self.redis()
        assert pid is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", command_line(pid))
        assert found, "Redis shows its address as its command line"
        return f"redis://127.0.0.1:{found[1]}/0"

    def stop(self) -> None:
        self._server.stop()
        self.close()
        output = self._server.output.read_text()
        assert "Traceback" not in output, output

    def _find(self, words: str) -> list[int]:
        running = descendants(self._server.process.pid)
        return [pid for pid in sorted(running) if words in command_line(pid)]


def _free_ports(count: int) -> int:
    """The first of as many in a row."""
    for first in range(18_000, 19_900, count):
        probes = [socket.socket() for _ in range(count)]
        try:
            for number, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + number))
        except OSError:
            continue
        else:
            return first
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no ports are free")
