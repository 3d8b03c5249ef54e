"""A TCP proxy in front of the database that is slow, or open and silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

CHUNK = 65_536  # bytes


class SlowLine:
    """`with SlowLine(uri) as line:` the database is also at `line.uri`."""

    def __init__(self, uri: str) -> None:
        there = urlsplit(uri)
        self._there = (there.hostname, there.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        # Else the driver would ask the replica set for its addresses, and go past this one.
        self.uri = f"mongodb://127.0.0.1:{self._listener.getsockname()[1]}/?directConnection=true"
        self.delay = 0.0  # seconds that each way takes
        self._open = threading.Event()
        self._ended = threading.Event()
        self._sockets = [self._listener]
        self.flow()

    def hang(self) -> None:
        """Stop forwarding; connections are accepted and stay open."""
        self._open.clear()

    def flow(self) -> None:
        """What was held back passes too."""
        self._open.set()

    def __enter__(self) -> Self:
        _spawn(self._accept)
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self.flow()
        for end in self._sockets:
            end.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near = self._listener.accept()[0]
            except OSError:  # closed
                return
            far = socket.create_connection(self._there)
            self._sockets += [near, far]
            _spawn(self._pass_on, near, far)
            _spawn(self._pass_on, far, near)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while said := source.recv(CHUNK):
                self._ended.wait(self.delay)
                self._open.wait()
                target.sendall(said)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one of them went away
            return


def _spawn(work: Callable[..., None], *ends: socket.socket) -> None:
    threading.Thread(target=work, args=ends, daemon=True).start()
