"""A program that this process starts, watches and stops, and that ends with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable

from backend.launcher.parent_death import tethered


class Child:
    def __init__(
        self,
        command: list[str],
        environment: dict[str, str] | None = None,
        *,
        death_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """`death_signal` is what it gets when this process is killed."""
        self._command = command
        self._environment = os.environ | (environment or {})
        self._death_signal = death_signal
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again if it has ended."""
        if self._process:
            self._kill()  # processes of its own that outlived it would keep its port
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(
            tethered(self._command, self._death_signal),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            # A group of its own: Ctrl-C in the terminal reaches it through this process, in order.
            process_group=0,
        )

    @property
    def was_started(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        return self._started.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._started.poll()

    def signal(self, sign: signal.Signals) -> None:
        self._started.send_signal(sign)

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "not started"
        return self._process

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._started.wait()

    def wait(self, seconds: float) -> None:
        """Until it has ended; killed when it has not after `seconds`."""
        try:
            self._started.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self._kill()


def stop_all(children: Iterable[Child], seconds: float) -> None:
    """Ask those that were started to end, and kill what has not after `seconds`."""
    running = [child for child in children if child.was_started]
    for child in running:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for child in running:
        child.wait(deadline - time.monotonic())
