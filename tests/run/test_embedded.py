"""The embedded database keeps its data through taken ports, kills and left-over processes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from backend.launcher.embedded import EmbeddedMongo
from backend.launcher.mongod import EmbeddedMongoError
from tests.run.conftest import ROOT, command_line, wait_until


def insert(uri: str, name: str) -> None:
    with MongoClient[dict[str, Any]](uri, w="majority") as client:
        client["test"]["things"].insert_one({"name": name})


def names(uri: str) -> list[str]:
    with MongoClient[dict[str, Any]](uri) as client:
        return [thing["name"] for thing in client["test"]["things"].find().sort("_id")]


def test_it_moves_to_a_free_port_and_keeps_its_data(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as mongo:
        first = mongo.uri
        insert(first, "kept")
    with EmbeddedMongo(tmp_path) as mongo:
        assert mongo.uri == first

    with socket.socket() as other:
        other.bind(("127.0.0.1", int((tmp_path / "mongodb.port").read_text())))
        other.listen()
        with EmbeddedMongo(tmp_path) as mongo:
            assert mongo.uri != first
            insert(mongo.uri, "new")
            assert names(mongo.uri) == ["kept", "new"]


def test_it_starts_again_under_the_same_address_after_it_was_killed(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as mongo:
        insert(mongo.uri, "acknowledged")
        mongo.process.kill()
        mongo.process.wait()
        mongo.restart()
        assert names(mongo.uri) == ["acknowledged"]


def test_a_new_database_takes_little_of_the_disk(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as mongo:
        insert(mongo.uri, "first")
        used = sum(path.stat().st_blocks * 512 for path in tmp_path.rglob("*"))
    assert used < 40_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="tied and found by Linux means")
def test_a_leftover_mongod_is_ended_before_the_next_starts(tmp_path: Path) -> None:
    starts_and_waits = (
        "import sys; from pathlib import Path\n"
        "from backend.launcher.embedded import EmbeddedMongo\n"
        "mongo = EmbeddedMongo(Path(sys.argv[1])); mongo.start()\n"
        "print(mongo.process.pid, mongo.uri, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starts_and_waits, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout
        pid, uri = owner.stdout.readline().split()
        insert(uri, "kept")
        with pytest.raises(EmbeddedMongoError, match=f"another Mostrador .process {owner.pid}"):
            EmbeddedMongo(tmp_path).start()
        assert names(uri) == ["kept"]
        owner.kill()
    with EmbeddedMongo(tmp_path) as mongo:
        assert names(mongo.uri) == ["kept"]
        wait_until(lambda: not command_line(int(pid)), 1, "the one left behind has ended")


def test_only_its_own_mongod_counts_as_leftover(tmp_path: Path) -> None:
    """The process id in the lock file may have passed to another program."""
    with EmbeddedMongo(tmp_path) as mongo:
        mongo.process.send_signal(signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        (tmp_path / "mongodb" / "mongod.lock").write_text(f"{bystander.pid}\n")
        with EmbeddedMongo(tmp_path):
            assert bystander.poll() is None
        bystander.kill()


def test_a_failed_start_prints_one_line(tmp_path: Path) -> None:
    (tmp_path / "mongodb").mkdir()
    (tmp_path / "mongodb" / "storage.bson").write_bytes(b"not BSON" * 10)
    with pytest.raises(EmbeddedMongoError, match=r"^mongod stopped: .*mongodb\.log") as refused:
        EmbeddedMongo(tmp_path).__enter__()
    assert "\n" not in str(refused.value)


def test_without_a_mongod_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EmbeddedMongoError, match="install MongoDB, or set MONGODB_URI"):
        EmbeddedMongo(tmp_path).start()
