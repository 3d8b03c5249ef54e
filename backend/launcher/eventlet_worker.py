"""The gunicorn worker of ASYNC_MODE=eventlet. Importing it patches the standard library."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any

from gunicorn.workers import geventlet  # isort: skip - it patches what the others import
import eventlet
from eventlet import tpool
from eventlet.green import socket as green_socket
from eventlet.greenio import GreenSocket
from eventlet.hubs import trampoline
from eventlet.websocket import RFC6455WebSocket

from backend.launcher import eventlet_websocket
from backend.launcher.worker import ApplicationWorker

_FIRST_REQUEST = 10.0  # seconds
_ACCEPT_AGAIN = 0.1  # seconds after an error such as too many open files


class EventletWorker(ApplicationWorker, geventlet.EventletWorker):  # type: ignore[misc]  # untyped
    """Stops at once: it closes web sockets and idle connections, and waits only for requests."""

    def init_process(self) -> None:
        self._idle: set[GreenSocket] = set()  # connections without a request under way
        self._kept: set[Any] = set()  # the greenlets of those that have had a request
        RFC6455WebSocket.close = _close_once
        eventlet_websocket.improve()
        socket.getaddrinfo = green_socket.getaddrinfo = _getaddrinfo_in_thread
        self.patch()
        # Skips gunicorn's own, which only adds a deprecation warning.
        super(geventlet.EventletWorker, self).init_process()

    def run(self) -> None:
        """Serve until SIGTERM, then give requests under way `graceful_timeout` seconds."""
        pool = eventlet.GreenPool(self.worker_connections)
        acceptors = [eventlet.spawn(self._accept, GreenSocket(s), pool) for s in self.sockets]
        while self.alive:
            self.notify()
            self._wait_for_signal(seconds=1.0)
        for acceptor in acceptors:
            acceptor.kill()
        eventlet.sleep(0)  # new connections first ask their listening socket for its name
        for listener in self.sockets:
            listener.close()
        self.disconnect_clients()
        for client in list(self._idle):
            _end_input(client)
        with eventlet.Timeout(self.cfg.graceful_timeout, False):
            pool.waitall()
        self.exit()

    def timeout_ctx(self) -> Any:
        """Bounds the wait for the head of a request: of a new connection it is to come at once."""
        is_new = eventlet.getcurrent() not in self._kept
        return eventlet.Timeout(_FIRST_REQUEST if is_new else self.cfg.keepalive, False)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        self._idle.add(client)
        try:
            super().handle(listener, client, addr)
        finally:
            self._idle.discard(client)
            self._kept.discard(eventlet.getcurrent())

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        self._idle.discard(sock)
        try:
            return super().handle_request(listener_name, req, sock, addr)
        finally:
            self._idle.add(sock)
            self._kept.add(eventlet.getcurrent())
            if not self.alive:
                _end_input(sock)

    def _accept(self, listener: GreenSocket, pool: Any) -> None:
        while True:
            try:
                client, addr = listener.accept()
            except OSError:
                self.log.exception("Could not accept a connection")
                eventlet.sleep(_ACCEPT_AGAIN)
            else:
                pool.spawn(self.handle, listener, client, addr)

    def _wait_for_signal(self, seconds: float) -> None:
        wakeup, _ = self.PIPE  # Python writes to it when a signal arrives
        try:
            trampoline(wakeup, read=True, timeout=seconds)
        except eventlet.Timeout:
            return
        os.read(wakeup, 4096)


_getaddrinfo = socket.getaddrinfo


def _getaddrinfo_in_thread(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
    """Look names up in a real thread: the C library blocks until a name server answers."""
    try:
        socket.inet_pton(socket.AF_INET, host)
    except (OSError, TypeError, ValueError):
        return tpool.execute(_getaddrinfo, host, port, *args, **kwargs)
    return _getaddrinfo(host, port, *args, **kwargs)


def _end_input(client: GreenSocket) -> None:
    """End the input of a connection; requests that have arrived still get a response."""
    with suppress(OSError):  # the client has closed it
        client.shutdown(socket.SHUT_RD)


_close = RFC6455WebSocket.close


def _close_once(self: Any, close_data: Any = None) -> None:
    # Web sockets are closed twice, and eventlet prints that the second time failed.
    if self.socket.fileno() != -1:
        _close(self, close_data)
