"""Process supervision: child processes are started, checked and stopped, and end with this one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping

from backend.launcher.parent_death import with_parent_death_signal

# Set for a process that waits until its standard input is closed.
HELD = "HELD_BY_LAUNCHER"


def start_process(
    command: list[str],
    *,
    death_signal: signal.Signals,
    environment: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child process that gets `death_signal` when this process dies."""
    return subprocess.Popen(
        with_parent_death_signal(command, death_signal),
        env=environment,
        stdin=stdin,
        stdout=stdout,
        # A process group of its own: Ctrl-C in a terminal reaches only the launcher, which stops
        # its children in order.
        process_group=0,
    )


class Process:
    """A child process that can be restarted.

    It gets `death_signal` when this process dies. With `held`, it loads its code and then
    waits for `release()`.
    """

    def __init__(
        self,
        command: list[str],
        environment: Mapping[str, str] | None = None,
        *,
        death_signal: signal.Signals = signal.SIGTERM,
        held: bool = False,
    ) -> None:
        self._command = command
        self._environment = environment or {}
        self._death_signal = death_signal
        self._held = held
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or restart it after it ended."""
        if self._process:
            self._kill()  # children that outlived it would keep its port
        self.started_at = time.monotonic()
        self._process = start_process(
            self._command,
            death_signal=self._death_signal,
            environment=os.environ | self._environment | ({HELD: "1"} if self._held else {}),
            stdin=subprocess.PIPE if self._held else subprocess.DEVNULL,
        )

    def release(self) -> None:
        self._held = False
        if self._started.stdin:
            self._started.stdin.close()

    @property
    def was_started(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        return self._started.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._started.poll()

    def signal(self, number: signal.Signals) -> None:
        self._started.send_signal(number)

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "not started"
        return self._process

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._started.wait()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended; kill it with its children after `seconds`."""
        try:
            self._started.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self._kill()


def stop_all(processes: Iterable[Process], seconds: float) -> None:
    """Send SIGTERM to started processes, and kill those that still run after `seconds`."""
    running = [process for process in processes if process.was_started]
    for process in running:
        process.signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for process in running:
        process.wait(deadline - time.monotonic())
