"""An attack in parallel, and other people at work meanwhile."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path
from typing import Self

import httpx

from tests.live import LiveDesk, LiveServer
from tests.run.conftest import descendants

SLOW = 0.5  # seconds: what people at work must not wait for, at the 95th percentile


def busyness() -> float:
    """Return the factor by which other work slows the machine down; 1 without any."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class PeopleAtWork:
    """Ask for `/health` and an agent's list of tickets, again and again, while the block runs."""

    def __init__(self, desk: LiveDesk) -> None:
        self._url = desk.server.url
        self._headers = {"Authorization": f"Bearer {desk.ana.token}", "X-Forwarded-For": "10.0.0.1"}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.waits: list[float] = []
        self.statuses: set[int] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def p95(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.95)]

    def _work(self) -> None:
        while not self._done.wait(0.05) or not self.waits:
            for path in ("/health", "/api/v2/tickets"):
                began = time.monotonic()
                answer = httpx.get(f"{self._url}{path}", headers=self._headers, timeout=60)
                self.waits.append(time.monotonic() - began)
                self.statuses.add(answer.status_code)


def connect(server: LiveServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def status_of(client: socket.socket) -> int:
    """Read the status of the answer; 0 when the connection ends without one."""
    received = b""
    while b"\r\n" not in received:
        try:
            more = client.recv(4096)
        except ConnectionResetError:
            more = b""
        if not more:
            return 0
        received += more
    return int(received.split()[1])


def memory(server: LiveServer, kind: str = "VmHWM") -> int:
    """MiB of the server's processes: VmRSS as it is now, VmHWM at the highest."""
    total = 0
    for pid in descendants(server.pid):
        status = Path(f"/proc/{pid}/status").read_text()
        total += int(status.partition(f"{kind}:")[2].split()[0]) // 1024
    return total
