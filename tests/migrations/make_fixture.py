"""Makes the database that `test_landed.py` upgrades, with a version that is checked out elsewhere.

    git worktree add ../landed <commit>
    python -m tests.migrations.make_fixture ../landed 0.1.0

starts that version with demo data, works with it through its HTTP API (`work.py`), and writes
two files: `landed-<version>.zip`, its own backup of an unfinished moment, and
`landed-<version>.json.xz`, its validators and indexes and what its API answered at that moment. It
takes two minutes. All names and texts are invented.
"""

from __future__ import annotations

import json
import lzma
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from pymongo import MongoClient

from tests.desk import wait_for
from tests.migrations import whatsapp, work
from tests.migrations.providers import Providers
from tests.run.conftest import environment, free_port

FOLDER = Path(__file__).parent


def make(checkout: Path, version: str) -> None:
    with TemporaryDirectory() as folder, Providers() as providers:
        data, port = Path(folder, "data"), free_port()
        variables = environment(
            DATA_DIR=str(data),
            PORT=str(port),
            OPENAI_BASE_URL=f"{providers.url}/v1",
            WHATSAPP_API_URL=f"{providers.url}/v25.0",
            **work.SETTINGS,
            **whatsapp.SETTINGS,
        )
        command = [sys.executable, "-m", "flask", "--app", "backend.cli"]
        server = subprocess.Popen([*command, "serve"], cwd=checkout, env=variables)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: _is_ready(url), 60)
            landed = {"answers": work.Work(url).done(), "collections": _collections(data)}
            backup = Path(folder, "backup.zip")
            subprocess.run(
                [*command, "backup", str(backup)], cwd=checkout, env=variables, check=True
            )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
        _compress(backup, FOLDER / f"landed-{version}.zip")
    text = json.dumps(landed, ensure_ascii=False)
    (FOLDER / f"landed-{version}.json.xz").write_bytes(lzma.compress(text.encode(), preset=9))


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready").is_success
    except httpx.TransportError:
        return False


def _collections(data: Path) -> dict[str, Any]:
    """Return the options and indexes of each collection."""
    port = int((data / "mongodb.port").read_text())
    with MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client:
        db = client["mostrador"]
        return {
            name: {
                "options": db[name].options(),
                "indexes": [dict(index) for index in db[name].list_indexes()],
            }
            for name in db.list_collection_names()
        }


def _compress(backup: Path, path: Path) -> None:
    """Write the same archive with the best compression that the standard library reads."""
    with zipfile.ZipFile(backup) as found, zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as smaller:
        for name in found.namelist():
            smaller.writestr(name, found.read(name))


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve(), sys.argv[2])
