"""The common part of the gunicorn workers."""

from __future__ import annotations

import importlib
import logging
import os
import select
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from backend.launcher.process import HELD

if TYPE_CHECKING:
    from gunicorn.workers.base import Worker
else:
    Worker = object  # a mixin: importing gunicorn's workers before eventlet patches would be early


class ApplicationWorker(Worker):  # type: ignore[misc]  # untyped
    wsgi: Any

    def load_wsgi(self) -> None:
        """Load the code while the database starts, and wait until the launcher has prepared it."""
        if HELD in os.environ:
            importlib.import_module("backend.app")
            while self.alive and not select.select([sys.stdin], [], [], 1.0)[0]:
                self.notify()  # gunicorn kills a worker that is silent for 30 s
            if not self.alive:
                sys.exit(0)
        super().load_wsgi()

    @staticmethod
    def exit() -> NoReturn:
        """End the process without the interpreter's clean-up, the slowest part of a stop."""
        logging.shutdown()
        os._exit(0)

    def disconnect_clients(self) -> None:
        """Close all Socket.IO connections, which never finish by themselves; clients reconnect."""
        engine = self.wsgi.extensions["socketio"].server.eio
        for connection in list(engine.sockets.values()):
            engine.start_background_task(connection.close, wait=False)
