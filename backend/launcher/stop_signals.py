"""Signals that stop the launcher."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SIGINT_BIT = 1 << (signal.SIGINT - 1)


def interrupt_on_stop_signals() -> None:
    """Raise KeyboardInterrupt at the first SIGINT, SIGTERM or SIGHUP, and ignore later ones."""

    def interrupt(*_signal: object) -> None:
        ignore_stop_signals()
        raise KeyboardInterrupt

    for number in _STOP_SIGNALS:
        # nohup ignores SIGHUP, and a shell ignores SIGINT for its background jobs: keep that.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


def ignore_stop_signals() -> None:
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class MissedSignals:
    """Stop requests that reach only the `make` that waits for this process."""

    def __init__(self) -> None:
        hangs_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        self._in_terminal = hangs_up and sys.stdin.isatty()

    def found(self) -> bool:
        # A terminal that closes signals only its session leader.
        return (self._in_terminal and not sys.stdin.isatty()) or _make_handles_sigint()


def _make_handles_sigint() -> bool:
    """Return whether the parent process is a make that has received SIGINT and blocks it."""
    try:
        status = Path(f"/proc/{os.getppid()}/status").read_text()
    except OSError:  # not Linux
        return False
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return fields["Name"] == "make" and bool(int(fields["SigBlk"], 16) & _SIGINT_BIT)
