"""The common settings of gunicorn; the address comes from the command line.

gunicorn's master reads it before eventlet patches the standard library: it imports nothing else.
"""

from __future__ import annotations

import os
import signal
import warnings
from typing import Any

from backend.launcher.parent_death import signal_when_parent_dies

# eventlet would import a DNS resolver of its own, for a tenth of a second; see eventlet_worker.py.
os.environ["EVENTLET_NO_GREENDNS"] = "yes"

wsgi_app = "backend.wsgi:app"
worker_class = {
    "eventlet": "backend.launcher.eventlet_worker.EventletWorker",
    "threading": "backend.launcher.thread_worker.ThreadWorker",
}[os.environ.get("ASYNC_MODE") or "eventlet"]
# Socket.IO clients belong to one process: more processes stand behind a proxy, not behind one
# master.
workers = 1
# gthread: each open web socket holds a thread.
threads = 100
# eventlet: each open web socket holds a connection, and its agent's requests come on top.
worker_connections = 10_000
# Seconds that requests under way have when it stops.
graceful_timeout = 2
# Longer than proxies keep an idle connection: they close it, instead of us while they send a
# request.
keepalive = 75
# The application responds to everything that nginx accepts.
limit_request_line = 8190
# Only TRUSTED_PROXIES decides whose forwarding headers count.
forwarded_allow_ips = ""
control_socket_disable = True
accesslog = None
loglevel = "warning"

# gunicorn and eventlet warn at every start that eventlet is deprecated, which is why their versions
# are pinned; a person starting Mostrador can do nothing about it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")


def post_fork(server: Any, _worker: Any) -> None:
    # The eventlet worker does not notice that its master was killed, and would keep the port.
    signal_when_parent_dies(signal.SIGKILL, server.pid)


def post_worker_init(worker: Any) -> None:
    # SIGTTIN adds a worker, which stops the one before it as soon as it can take over. The master
    # ignores this when there is no other.
    os.kill(worker.ppid, signal.SIGTTOU)
