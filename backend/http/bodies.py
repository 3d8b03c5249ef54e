"""Bodies that arrive too slowly end with 408, so that they hold nothing for long.

Behind nginx they do not get here, as it reads a body before it passes the request on.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from backend.common.errors import RequestTimeout

SECONDS = 10.0  # for any body
BYTES_A_SECOND = 64 * 1024  # for what a long one may take beyond
AT_ONCE = 64  # bodies that are waited for; one more ends the oldest
CHECK = 1.0  # seconds
_CHUNK = 64 * 1024  # bytes


class Bodies:
    """Wraps the application, and the input of each of its requests that has a body."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._waiting: dict[int, _Body] = {}  # in the order of their start

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        client = environ.get("gunicorn.socket")
        length = environ.get("CONTENT_LENGTH") or "0"
        if not client or (length == "0" and "HTTP_TRANSFER_ENCODING" not in environ):
            return self._application(environ, start_response)
        seconds = SECONDS + (int(length) if length.isdigit() else 0) / BYTES_A_SECOND
        body = _Body(environ["wsgi.input"], client, seconds, self._waiting)
        environ["wsgi.input"] = body
        response = self._application(environ, start_response)
        body.discard_rest()
        return response

    def end_late(self) -> None:
        """To be run every CHECK seconds."""
        now = time.monotonic()
        for body in list(self._waiting.values()):
            if body.deadline < now:
                body.end()


class _Body:
    def __init__(
        self, source: Any, client: socket.socket, seconds: float, waiting: dict[int, _Body]
    ) -> None:
        self.deadline = time.monotonic() + seconds
        self._source = source
        self._client = client
        self._waiting = waiting
        self._is_late = False

    def read(self, size: int = -1) -> bytes:
        return self._timed(self._source.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._timed(self._source.readline, size)

    def discard_rest(self) -> None:
        """Of a request that was refused unread: gunicorn would wait for it without a deadline."""
        with suppress(RequestTimeout, OSError):
            while self.read(_CHUNK):
                pass

    def end(self) -> None:
        """What has arrived is all there is: the read that waits returns."""
        self._is_late = True
        with suppress(OSError):  # the client has closed it
            self._client.shutdown(socket.SHUT_RD)

    def _timed(self, read: Callable[[int], bytes], size: int) -> bytes:
        if len(self._waiting) >= AT_ONCE:
            next(iter(self._waiting.values())).end()
        self._waiting[id(self)] = self
        try:
            return read(size)
        finally:
            self._waiting.pop(id(self), None)
            if self._is_late:
                raise RequestTimeout
