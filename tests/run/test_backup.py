"""`backup` and `restore`: complete, of one moment, and never partial."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backend.collections import FEATURES
from backend.common.documents import Db, Document
from backend.ops.backup import BackupFailed, back_up
from backend.platform.database import prepare
from backend.settings import Settings
from backend.tickets.models import ticket_id
from tests.api.test_attachments import upload
from tests.desk import Desk
from tests.run.conftest import ROOT, SERVE, Mostrador, environment
from tests.run.test_commands import run

KILLED_AFTER_A_COLLECTION = """
import os, signal, sys
from pathlib import Path
from backend.ops import backup
from backend.platform.database import connect
from backend.settings import load_settings
work = getattr(backup, sys.argv[1])
work(connect(load_settings()), Path(sys.argv[2]),
     progress=lambda name: name == sys.argv[3] and os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.fixture
def variables(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of the desk's database."""
    found = {
        "MONGODB_URI": settings.mongodb_uri or "",
        "MONGODB_DB": settings.mongodb_db,
        "SECRET_KEY": settings.signing_key,
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mostrador.zip"


@pytest.fixture
def backed_up(desk: Desk, variables: dict[str, str], file: Path) -> Db:
    """A desk's database with a bit of everything, and `file` with all of it."""
    ticket = desk.ticket(subject="Añadida")
    desk.moved(ticket, "in_progress", "resolved")
    assert upload(desk.supervisor, ticket, b"evidence" * 100_000).status_code == 201
    succeeds("backup", file)
    return desk.db


def succeeds(*arguments: object) -> str:
    result = run(*map(str, arguments))
    assert result.exit_code == 0, result.output
    return result.output


def fails(*arguments: object) -> str:
    """What it says, which is one line."""
    result: Result = run(*map(str, arguments))
    assert result.exit_code == 1, result.output
    last = result.output.splitlines()[-1]
    assert last.startswith("Error: "), result.output
    assert "Traceback" not in result.output
    return last.removeprefix("Error: ")


def everything(db: Db) -> dict[str, list[Document]]:
    """By collection; one that holds nothing is not there, as other tests may have left such."""
    found = {name: list(db[name].find().sort("_id")) for name in db.list_collection_names()}
    return {name: documents for name, documents in found.items() if documents}


def logged_out(found: dict[str, list[Document]]) -> dict[str, list[Document]]:
    return found | {"agents": [agent | {"sessions": []} for agent in found["agents"]]}


def empty(db: Db) -> None:
    db.client.drop_database(db.name)


def killed_in(work: str, file: Path, after: str, variables: dict[str, str]) -> None:
    """Run it in a process of its own, which is killed as soon as this collection is done."""
    result = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER_A_COLLECTION, work, str(file), after],
        check=False,
        cwd=ROOT,
        env=environment(**variables),
    )
    assert result.returncode == -signal.SIGKILL


def test_a_restored_database_is_the_one_that_was_backed_up(
    backed_up: Db, file: Path, desk: Desk
) -> None:
    before = everything(backed_up)
    indexes = {name: backed_up[name].index_information() for name in before}
    empty(backed_up)
    assert f"{sum(map(len, before.values()))} documents" in succeeds("restore", file)
    assert everything(backed_up) == logged_out(before)
    assert {name: backed_up[name].index_information() for name in before} == indexes

    person = desk.hire("supervisor")
    (ticket,) = person.get("/tickets").json["data"]
    path = f"/tickets/{ticket['ticketId']}"
    (attachment,) = person.get(path).json["attachments"]
    content = person.get(f"{path}/attachments/{attachment['attachmentId']}").data
    assert content == b"evidence" * 100_000
    body = desk.ticket_body(customerId=ticket["customer"]["customerId"])
    year, number = ticket["ticketId"].split("-")[1:]
    created = person.post("/tickets", body).json["ticketId"]
    assert created == ticket_id(int(year), int(number) + 1)


def test_everyone_has_to_log_in_again_after_a_restore(
    backed_up: Db, file: Path, desk: Desk
) -> None:
    assert desk.ana.get("/auth/me").status_code == 200
    succeeds("restore", file, "--replace")
    assert desk.ana.get("/auth/me").status_code == 401


def test_only_its_owner_may_read_it_and_it_is_not_overwritten(backed_up: Db, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    assert fails("backup", file) == f"{file} already exists"
    assert file.read_bytes() == content
    assert list(file.parent.iterdir()) == [file]


def test_it_shows_one_moment_while_others_write_on(
    backed_up: Db, file: Path, desk: Desk, tmp_path: Path
) -> None:
    """Tickets that come while it is written are in none of its collections."""
    before = everything(backed_up)
    again = tmp_path / "again.zip"
    back_up(backed_up, again, lambda _: upload(desk.supervisor, desk.ticket(), b"later") and None)
    assert backed_up["tickets"].count_documents({}) > len(before["tickets"])
    empty(backed_up)
    succeeds("restore", again)
    assert everything(backed_up) == logged_out(before)


def test_an_expired_snapshot_is_reported(backed_up: Db, tmp_path: Path) -> None:
    def make_anew(done: str) -> None:
        if done == "agents":
            backed_up.drop_collection("viewers")
            prepare(backed_up, FEATURES)

    with pytest.raises(BackupFailed, match="try again"):
        back_up(backed_up, tmp_path / "late.zip", make_anew)
    assert not (tmp_path / "late.zip").exists()


def test_a_database_with_data_is_replaced_only_with_replace(
    backed_up: Db, file: Path, desk: Desk
) -> None:
    before = everything(backed_up)
    later = desk.ticket()
    grown = everything(backed_up)
    assert "is not empty: --replace empties it first" in fails("restore", file)
    assert everything(backed_up) == grown

    succeeds("restore", file, "--replace")
    del before["counters"]
    assert logged_out(everything(backed_up) | before) == everything(backed_up)
    # The number of the lost ticket must not be assigned again.
    customer = before["customers"][0]["_id"]
    body = desk.ticket_body(customerId=customer)
    created = desk.hire("supervisor").post("/tickets", body).json["ticketId"]
    assert created > later["ticketId"]


def test_a_killed_backup_leaves_no_complete_looking_file(
    backed_up: Db, variables: dict[str, str], tmp_path: Path
) -> None:
    killed = tmp_path / "killed.zip"
    killed_in("back_up", killed, "messages", variables)
    assert not killed.exists()
    (partial,) = tmp_path.glob("killed.zip.*.partial")
    assert "is not a complete backup" in fails("restore", partial, "--replace")
    succeeds("backup", killed)


def test_a_killed_restore_starts_over_and_blocks_other_commands(
    backed_up: Db, file: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    before = everything(backed_up)
    empty(backed_up)
    killed_in("restore", file, "customers", variables)
    assert backed_up["tickets"].count_documents({}) == 0

    assert "was interrupted: run it again" in fails("backup", tmp_path / "half.zip")
    start = subprocess.run(
        SERVE, check=False, cwd=ROOT, env=environment(**variables), capture_output=True, text=True
    )
    assert start.returncode == 2
    assert "was interrupted: run it again" in start.stderr
    succeeds("restore", file)
    assert everything(backed_up) == logged_out(before)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def _spoil(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        place = archive.getinfo("tickets.bson").header_offset + 100
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def _write_text(file: Path) -> None:
    file.write_text("not a backup")


def _zip_something_else(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photo.png", b"x")


def _change_manifest(**changes: Any) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(entries["manifest.json"])
        entries["manifest.json"] = json.dumps(manifest | changes).encode()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in entries.items():
                archive.writestr(name, content)

    return change


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_cut, "is not a complete backup"),
        (_spoil, "is not a complete backup"),
        (_write_text, "is not a complete backup"),
        (_zip_something_else, "is not a complete backup"),
        (_change_manifest(format=2), "has format 2, and this version reads 1"),
        (_change_manifest(collections={"tickets": 2}), "is not a complete backup: it holds"),
        (_change_manifest(collections={"missing": 1}), "is not a complete backup"),
        (_change_manifest(collections=["tickets"]), "is not a complete backup"),
    ],
    ids=["cut", "spoilt", "text", "another zip", "newer", "a document less", "missing", "list"],
)
def test_an_incomplete_backup_is_refused_before_anything_is_touched(
    backed_up: Db, file: Path, harm: Callable[[Path], None], says: str
) -> None:
    before = everything(backed_up)
    harm(file)
    assert says in fails("restore", file, "--replace")
    assert everything(backed_up) == before


def test_an_empty_or_unreachable_database_gives_no_backup(
    db: Db, variables: dict[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fails("backup", file) == f"there is nothing in {db.name} to back up"
    assert "No such file or directory" in fails("backup", file.parent / "no folder" / "file")
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100")
    assert fails("backup", file).startswith("the database: 127.0.0.1:1: ")
    assert not list(file.parent.iterdir())


def test_the_embedded_database_is_backed_up_running_and_restored_stopped(
    mostrador: Mostrador, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(mostrador.data_dir))
    mostrador.start()
    succeeds("backup", file)
    assert "in use by another Mostrador" in fails("restore", file, "--replace")
    mostrador.stop()

    monkeypatch.setenv("DATA_DIR", str(tmp_path / "elsewhere"))
    succeeds("restore", file)
    again = tmp_path / "again.zip"
    succeeds("backup", again)
    assert _tickets(again) == _tickets(file) != b""


def _tickets(file: Path) -> bytes:
    with zipfile.ZipFile(file) as archive:
        return archive.read("tickets.bson")
