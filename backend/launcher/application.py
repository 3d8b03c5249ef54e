"""One process of the application: gunicorn with its worker."""

from __future__ import annotations

import errno
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

from backend.launcher.process import Child, stop_all
from backend.settings import AsyncMode, InvalidSettings, Settings

_WORKERS = {AsyncMode.EVENTLET: "eventlet", AsyncMode.THREADING: "gthread"}
READY_SECONDS = 60
# gunicorn gives open requests 2 s (gunicorn_conf.py); past this it is killed.
STOP_SECONDS = 3
POLL_SECONDS = 0.1


class ApplicationStopped(Exception):
    """A part ended without having been told to. The message is one line."""


class Application:
    """Listens where its settings say, on this database."""

    def __init__(self, settings: Settings, mongodb_uri: str) -> None:
        self._settings = settings
        # fmt: off
        command = [
            sys.executable, "-m", "gunicorn", "--config", "python:backend.launcher.gunicorn_conf",
            "--bind", address(settings.host, settings.port),
            "--worker-class", _WORKERS[settings.async_mode],
        ]
        # fmt: on
        decided = {
            "MONGODB_URI": mongodb_uri,
            "SECRET_KEY": settings.signing_key,
            "DEMO": "1" if settings.demo_on else "0",
            "REDIS_URL": settings.redis_url or "",
            "TRUSTED_PROXIES": str(settings.trusted_proxies),
        }
        # Its worker follows it, see gunicorn_conf.py.
        self.child = Child(command, decided, death_signal=signal.SIGKILL)

    def start(self) -> None:
        """Returns once it answers. Raises ApplicationStopped."""
        self.child.start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        probe = f"{url(self._settings)}/health/ready"
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.look_after()
            try:
                with urllib.request.urlopen(probe, timeout=5):  # noqa: S310 - http, written above
                    return
            except OSError:  # not listening yet, or 503
                time.sleep(POLL_SECONDS)
        raise ApplicationStopped(f"the application is not ready after {READY_SECONDS} s")

    def look_after(self) -> None:
        """Raises ApplicationStopped when it has ended."""
        if (code := self.child.exit_code) is not None:
            raise ApplicationStopped(f"the application stopped unexpectedly (code {code})")

    def renew(self) -> None:
        """Replace its worker by a new one, with the code as it is now; Linux only.

        Both take from the same listening socket, which stays open: no request is refused. Raises
        ApplicationStopped when the new one does not start.
        """
        old = self._workers()
        self.child.signal(signal.SIGTTIN)  # one more; once ready, it has the old one stopped
        deadline = time.monotonic() + READY_SECONDS
        while len(workers := self._workers()) != 1 or workers & old:
            self.look_after()
            if time.monotonic() > deadline:
                raise ApplicationStopped(f"no new worker is ready after {READY_SECONDS} s")
            time.sleep(POLL_SECONDS)

    def _workers(self) -> set[str]:
        pid = self.child.pid
        try:
            return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            return set()

    def stop(self) -> None:
        stop_all([self.child], STOP_SECONDS)


def refuse_taken_port(host: str, port: int) -> None:
    """Asked first, as it is the likeliest mistake and the rest takes seconds.

    Raises InvalidSettings.
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
            reason = f"PORT: should be one you may use, but {port} is for the system alone"
        else:
            reason = f"HOST: should be an address of this machine, but {host!r} is not"
        raise InvalidSettings(reason) from None


def url(settings: Settings) -> str:
    """Where a browser on this machine reaches it."""
    any_address = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - the other way round
    return f"http://{address(any_address.get(settings.host, settings.host), settings.port)}"


def address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
