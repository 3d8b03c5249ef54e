"""One process of the application: gunicorn with its worker."""

from __future__ import annotations

import errno
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

from backend.launcher.errors import ApplicationStopped
from backend.launcher.process import Process, stop_all
from backend.settings import InvalidSettings, Settings

GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:backend.launcher.gunicorn_conf"]
READY_SECONDS = 60
# gunicorn gives open requests 2 s (gunicorn_conf.py); past this it is killed.
STOP_SECONDS = 3
_POLL_SECONDS = 0.02


class Application:
    """Listens at HOST and PORT of its settings, and uses the database at `mongodb_uri`."""

    def __init__(self, settings: Settings, mongodb_uri: str) -> None:
        self._settings = settings
        environment = {
            "MONGODB_URI": mongodb_uri,
            "SECRET_KEY": settings.signing_key,
            "ASYNC_MODE": settings.async_mode.value,
            "DEMO": "1" if settings.demo_on else "0",
            "REDIS_URL": settings.redis_url or "",
            "TRUSTED_PROXIES": str(settings.trusted_proxies),
        }
        command = [*GUNICORN, "--bind", address(settings.host, settings.port)]
        # SIGKILL, because gunicorn may take long to stop; its worker dies with it.
        self.process = Process(command, environment, death_signal=signal.SIGKILL, held=True)

    def start(self) -> None:
        """Start to load the code. The database need not be ready yet."""
        self.process.start()

    def open(self) -> None:
        """Serve, now that the database is prepared. Raises ApplicationStopped."""
        self.process.release()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        probe = f"{url(self._settings)}/health/ready"
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check()
            try:
                with urllib.request.urlopen(probe, timeout=5):  # noqa: S310 - http, written above
                    return
            except OSError:  # not listening yet, or 503
                time.sleep(_POLL_SECONDS)
        raise ApplicationStopped(f"the application is not ready after {READY_SECONDS} s")

    def check(self) -> None:
        """Raise ApplicationStopped if it has ended."""
        if (code := self.process.exit_code) is not None:
            raise ApplicationStopped(f"the application stopped unexpectedly (code {code})")

    def replace_worker(self) -> None:
        """Replace its worker by a new one that runs the current code; Linux only.

        Both accept from the same listening socket, which stays open: no request is refused. Raises
        ApplicationStopped when the new one does not start.
        """
        old = self._workers()
        self.process.signal(signal.SIGTTIN)  # adds a worker, which stops the old one once ready
        deadline = time.monotonic() + READY_SECONDS
        while len(workers := self._workers()) != 1 or workers & old:
            self.check()
            if time.monotonic() > deadline:
                raise ApplicationStopped(f"no new worker is ready after {READY_SECONDS} s")
            time.sleep(_POLL_SECONDS)

    def _workers(self) -> set[str]:
        pid = self.process.pid
        try:
            return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            return set()

    def stop(self) -> None:
        stop_all([self.process], STOP_SECONDS)


def check_port_is_free(host: str, port: int) -> None:
    """Raise InvalidSettings if this process cannot listen there.

    Checked first, because a taken port is the likeliest mistake and everything else takes seconds.
    """
    try:
        family, kind, _, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"PORT: should be a free port, but {port} is taken"
        elif error.errno == errno.EACCES:
            reason = f"PORT: should be a port you may use, but {port} needs administrator rights"
        else:
            reason = f"HOST: should be an address of this machine, but {host!r} is not"
        raise InvalidSettings(reason) from None


def url(settings: Settings) -> str:
    """Return the address that a browser on this machine can open."""
    any_address = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - the other way round
    return f"http://{address(any_address.get(settings.host, settings.host), settings.port)}"


def address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
