"""The gunicorn worker of ASYNC_MODE=threading."""

from __future__ import annotations

from typing import Any

from gunicorn.workers import gthread

from backend.launcher.worker import ApplicationWorker


class ThreadWorker(ApplicationWorker, gthread.ThreadWorker):  # type: ignore[misc]  # untyped
    """Closes web sockets and idle connections at once when it stops."""

    def run(self) -> None:
        super().run()
        self.exit()

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        self.method_queue.defer(self._close_idle)

    def _close_idle(self) -> None:
        self.disconnect_clients()
        for connection in (*self.keepalived_conns, *self.pending_conns):
            connection.timeout = 0  # has expired
