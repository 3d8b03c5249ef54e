"""gunicorn's settings that hold everywhere; address and worker class come from the command line.

gunicorn's master reads it before eventlet patches the standard library: it imports nothing else.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import warnings
from typing import Any

from backend.launcher.parent_death import signal_when_parent_dies

wsgi_app = "backend.wsgi:app"
# Socket.IO clients belong to one process: more of them stand behind a proxy, not behind one master.
workers = 1
# gthread: each open web socket holds a thread.
threads = 100
# eventlet: each open web socket holds a connection, and its agent's requests come on top.
worker_connections = 10_000
# Open web sockets never finish by themselves, so this is how long every stop takes at most.
graceful_timeout = 2
# Longer than proxies keep an idle connection: they close it, not we under their request.
keepalive = 75
# What nginx lets through is the application's to answer.
limit_request_line = 8190
# Who is to be believed about addresses is TRUSTED_PROXIES's matter alone.
forwarded_allow_ips = ""
control_socket_disable = True
accesslog = None
loglevel = "warning"

# Both say at every start that they are deprecated, which is why their versions are pinned; a person
# starting Mostrador can do nothing about it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")


def on_starting(server: Any) -> None:
    server.log.error_log.addFilter(_is_news)


def post_fork(server: Any, _worker: Any) -> None:
    # The eventlet worker does not notice that its master was killed, and would keep the port.
    signal_when_parent_dies(signal.SIGKILL, server.pid)


def post_worker_init(worker: Any) -> None:
    # SIGTTIN adds a worker, which has the one before it stopped as soon as it can take over. The
    # master ignores this when there is no other.
    os.kill(worker.ppid, signal.SIGTTOU)
    if "eventlet" in sys.modules:
        _close_web_sockets_once()
        _serve_what_was_accepted(worker)


def _serve_what_was_accepted(worker: Any) -> None:
    """A worker that is replaced closes its listening socket, and then asks that socket for its name
    for each connection it has just accepted: without this, their requests end with a reset.
    """
    address = worker.sockets[0].getsockname()
    handle = worker.handle

    class Listener:
        def getsockname(self) -> Any:
            return address

    worker.handle = lambda _closed, client, addr: handle(Listener(), client, addr)


def _close_web_sockets_once() -> None:
    from eventlet.websocket import RFC6455WebSocket  # noqa: PLC0415 - of its worker alone

    close = RFC6455WebSocket.close

    def close_if_open(self: Any, close_data: Any = None) -> None:
        if self.socket.fileno() != -1:
            close(self, close_data)

    # Web sockets are closed twice, and eventlet tells the terminal that the second time failed.
    RFC6455WebSocket.close = close_if_open


def _is_news(record: logging.LogRecord) -> bool:
    return "DEPRECATED" not in record.getMessage()
