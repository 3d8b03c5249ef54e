"""Mostrador as `make run` starts it, in a process, with a data folder and a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import httpx
import pytest

from backend.settings import Settings

ROOT = Path(__file__).absolute().parents[2]
SERVE = [sys.executable, "-m", "backend.cli", "serve"]


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment with these settings only."""
    names = {name.upper() for name in Settings.model_fields}
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    return inherited | {"FLASK_SKIP_DOTENV": "1"} | variables


def refusal(**variables: str) -> str:
    """Return the one-line error of a start that must fail."""
    result = subprocess.run(
        SERVE,
        check=False,
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert result.returncode == 2, result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr.strip().removeprefix("Error: ")


class Mostrador:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.output = data_dir.with_name(f"{data_dir.name}.output")
        self.url = f"http://127.0.0.1:{self.port}"
        self.terminal: int | None = None  # where it is started, if in one

    def start(self, command: list[str] = SERVE, **variables: str) -> Self:
        """Start it, and return when it is ready."""
        # A shell starts background jobs with SIGINT ignored, and that is handed down to children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        began = time.monotonic()
        settings = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port)} | variables
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(**settings),
                stdin=self.terminal,
                stdout=output,
                stderr=output,
            )
        wait_until(
            lambda: self.process.poll() is not None or self.said("Mostrador is ready"), 60, "ready"
        )
        assert self.process.poll() is None, self.output.read_text()
        self.start_seconds = time.monotonic() - began
        self.children = descendants(self.process.pid)
        return self

    def said(self, words: str) -> bool:
        return words in self.output.read_text()

    def child(self, name: str) -> int:
        """The process id of the first child whose command line has `name`."""
        return next(pid for pid in sorted(self.children) if name in command_line(pid))

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> float:
        """Signal it, wait for all of its processes to end; how long that took, in seconds."""
        began = time.monotonic()
        self.process.send_signal(sign)
        self.process.wait(20)
        wait_until(lambda: not any(map(command_line, self.children)), 20, "no process left")
        return time.monotonic() - began

    def cleanup(self) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)


def command_line(pid: int) -> str:
    """Empty once the process has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_stopped(pid: int) -> bool:
    """All of its threads: SIGSTOP reaches them one by one, and the last may still answer."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)


def descendants(pid: int) -> set[int]:
    found = {pid}
    parents = {
        int(path.name): parent_of(int(path.name))
        for path in Path("/proc").iterdir()
        if path.name.isdigit()
    }
    while new := {child for child, parent in parents.items() if parent in found} - found:
        found |= new
    return found - {pid}


def parent_of(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(status.partition("PPid:")[2].split()[0])


@pytest.fixture
def mostrador(tmp_path: Path) -> Iterator[Mostrador]:
    """Not started yet; its data folder outlives its stops."""
    server = Mostrador(tmp_path / "data")
    yield server
    server.cleanup()
