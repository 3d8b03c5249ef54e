"""Attachments: which files are accepted, how they are served, and that nothing is left over."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import IO, Any

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect
from werkzeug.datastructures import FileStorage
from werkzeug.http import parse_options_header
from werkzeug.test import encode_multipart

from backend.agents.service import actor_of
from backend.common.documents import Db, new_id, utcnow
from backend.common.errors import AppError
from backend.platform.transactions import Transactions
from backend.services import Features, Services
from backend.settings import Settings
from backend.tickets.attachments.service import AttachmentService, clean_filename
from backend.tickets.models import MAX_ATTACHMENT_BYTES
from tests.api.plans import documents_read, faults, recorded
from tests.desk import Desk, Person, Reply

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
PDF = b"%PDF-1.7\n" + b"x" * 64


def upload(
    person: Person, ticket: Any, content: bytes, name: str = "file.bin", **headers: str
) -> Reply:
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(content), name)})
    return person.request(
        "POST",
        f"/tickets/{ticket['ticketId']}/attachments",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=headers,
    )


def stored(db: Db) -> tuple[int, int]:
    """Count the stored files and chunks."""
    return (
        db["attachments.files"].count_documents({}),
        db["attachments.chunks"].count_documents({}),
    )


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "foto.png", "image/png"),
        (PDF, "informe.pdf", "application/pdf"),
        (PNG, "not-a.pdf", "image/png"),  # the content decides, not the name
        (b"<script>alert(1)</script>", "page.png", "application/octet-stream"),
        (b"plain text", "a.txt", "application/octet-stream"),
        (b"x", "one byte", "application/octet-stream"),
    ],
    ids=range(6),
)
def test_a_file_comes_back_as_it_was_and_cannot_run(
    desk: Desk, content: bytes, name: str, kind: str
) -> None:
    ticket = desk.ticket()
    added = upload(desk.ana, ticket, content, name)
    assert added.status_code == 201, added.text
    assert added.headers["ETag"] == '"2"'
    path = f"/tickets/{ticket['ticketId']}"
    assert desk.ana.get(path).json["attachments"] == [added.json]
    assert (added.json["filename"], added.json["size"]) == (name, len(content))
    assert added.json["contentType"] == kind
    got = desk.ana.get(f"{path}/attachments/{added.json['attachmentId']}")
    assert got.data == content
    assert got.headers["Content-Type"] == kind
    assert got.headers["Content-Length"] == str(len(content))
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/absolute", "absolute"),
        ("..", "file"),
        ("...", "file"),
        (" .hidden. ", "hidden"),
        ("fdp.\u202egpj.exe", "fdp.gpj.exe"),
        ("a\u2066b\u200fc.txt", "abc.txt"),
        ('quo"te\r\nX-Evil: 1.txt', "quoteX-Evil: 1.txt"),
        ("nul\x00.txt", "nul.txt"),
        ("ñandú 🙂.txt", "ñandú 🙂.txt"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("", "file"),
    ],
    ids=lambda name: ascii(name)[:30],
)
def test_a_file_name_cannot_disguise_the_type_or_leave_the_folder(given: str, kept: str) -> None:
    assert clean_filename(given) == kept


@pytest.mark.parametrize(
    "name",
    [
        "../../x.png",
        "fdp.\u202egpj.exe",
        "ñandú 🙂.txt",
        "2026 – cafe\u0301 (1).pdf",
        "図.png",
        "a;b.c",
    ],
)
def test_the_sanitized_name_is_returned(desk: Desk, name: str) -> None:
    ticket = desk.ticket()
    added = upload(desk.ana, ticket, PNG, name).json
    assert added["filename"] == clean_filename(name)
    path = f"/tickets/{ticket['ticketId']}/attachments/{added['attachmentId']}"
    disposition = desk.ana.get(path).headers["Content-Disposition"]
    assert parse_options_header(disposition) == ("attachment", {"filename": clean_filename(name)})
    assert disposition.isascii()  # a server can send no other header
    assert ".." not in disposition
    assert "\u202e" not in disposition
    assert "%E2%80%AE" not in disposition


def test_ten_mebibytes_are_taken_and_one_byte_more_is_not(desk: Desk, db: Db) -> None:
    ticket = desk.ticket()
    most = b"x" * MAX_ATTACHMENT_BYTES
    assert upload(desk.ana, ticket, most).status_code == 201
    before = stored(db)
    for content in (most + b"x", most + b"x" * 1024 * 1024):
        answer = upload(desk.ana, ticket, content)
        assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert stored(db) == before
    assert len(desk.ana.get(f"/tickets/{ticket['ticketId']}").json["attachments"]) == 1


def test_the_21st_file_is_refused_and_not_kept(desk: Desk, db: Db) -> None:
    ticket = desk.ticket()
    assert {upload(desk.ana, ticket, b"x").status_code for _ in range(20)} == {201}
    answer = upload(desk.ana, ticket, b"x")
    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    assert stored(db) == (20, 20)


def test_an_upload_without_a_file_is_refused(desk: Desk, db: Db) -> None:
    ticket = desk.ticket()
    path = f"/tickets/{ticket['ticketId']}/attachments"
    for answer in (
        upload(desk.ana, ticket, b""),
        desk.ana.request("POST", path, data={"file": "just text"}),
        desk.ana.request("POST", path, data={"other": (io.BytesIO(b"x"), "x")}),
        desk.ana.request("POST", path, data={"file": (io.BytesIO(b"x"), "x"), "more": "text"}),
        desk.ana.request("POST", path, data={"file": [(io.BytesIO(b"x"), n) for n in "ab"]}),
        desk.ana.request("POST", path, json={"file": "x"}),
        desk.ana.request("POST", path, data=b"x", content_type="multipart/form-data"),
        desk.ana.request("POST", path, data=b"x", content_type="multipart/form-data; boundary=y"),
        desk.ana.request("POST", path),
    ):
        assert answer.status_code in (415, 422), answer.text
    assert stored(db) == (0, 0)


def test_a_stale_version_is_refused_and_the_file_not_kept(desk: Desk, db: Db) -> None:
    ticket = desk.ticket()
    assert upload(desk.ana, ticket, b"x", **{"If-Match": '"1"'}).status_code == 201
    answer = upload(desk.ana, ticket, b"y", **{"If-Match": '"1"'})
    assert answer.status_code == 412
    assert stored(db) == (1, 1)


def test_files_are_visible_only_with_the_ticket(desk: Desk, db: Db) -> None:
    theirs = desk.ticket(assignedTo=desk.bruno.agent_id)
    file = upload(desk.bruno, theirs, PNG).json["attachmentId"]
    path = f"/tickets/{theirs['ticketId']}/attachments"
    assert desk.ana.get(f"{path}/{file}").status_code == 404
    assert upload(desk.ana, theirs, PNG).status_code == 404
    assert stored(db) == (1, 1)
    assert desk.supervisor.get(f"{path}/{file}").status_code == 200
    # Through a ticket that Ana may see.
    own = desk.ticket(assignedTo=desk.ana.agent_id)["ticketId"]
    assert desk.ana.get(f"/tickets/{own}/attachments/{file}").status_code == 404


class _Cut(io.BytesIO):
    """A connection that breaks off in the middle."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= 300_000:
            raise ConnectionResetError
        return super().read(size)


def test_an_upload_that_breaks_off_leaves_nothing(desk: Desk, services: Services, db: Db) -> None:
    ticket = desk.ticket()
    actor = _actor(services, desk.ana)
    broken: IO[bytes] = _Cut(b"x" * 600_000)
    with pytest.raises(ConnectionResetError):
        services.attachments.upload(ticket["ticketId"], "x", broken, actor=actor)
    assert stored(db) == (0, 0)
    assert desk.ana.get(f"/tickets/{ticket['ticketId']}").json["version"] == 1


def test_a_ticket_that_became_invisible_gets_no_file(
    desk: Desk, services: Services, db: Db
) -> None:
    ticket = desk.ticket()["ticketId"]

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            desk.supervisor.put(f"/tickets/{ticket}/assign", {"agentId": desk.bruno.agent_id})
            return super().read(size)

    with pytest.raises(AppError):
        services.attachments.upload(ticket, "x", Slow(b"x"), actor=_actor(services, desk.ana))
    assert stored(db) == (0, 0)


def test_a_file_that_is_listed_is_kept_although_the_answer_was_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.ticket()
    path = f"/tickets/{ticket['ticketId']}"
    commit = Transactions.run_once

    def lost(*arguments: Any) -> None:
        commit(*arguments)
        raise AutoReconnect

    with monkeypatch.context() as fault:
        fault.setattr(Transactions, "run_once", lost)
        assert upload(desk.ana, ticket, PNG).status_code == 503
    [listed] = desk.ana.get(path).json["attachments"]
    assert desk.ana.get(f"{path}/attachments/{listed['attachmentId']}").data == PNG


def test_a_file_that_is_listed_is_answered_as_stored_although_it_could_not_be_marked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object) -> None:
        raise AutoReconnect

    monkeypatch.setattr(AttachmentService, "_mark_listed", gone)
    assert upload(desk.ana, desk.ticket(), PNG).status_code == 201


def test_a_listed_file_that_is_gone_is_not_found(desk: Desk, db: Db) -> None:
    ticket = desk.ticket()
    assert upload(desk.ana, ticket, PNG).status_code == 201
    db["attachments.files"].delete_many({})
    path = f"/tickets/{ticket['ticketId']}"
    [listed] = desk.ana.get(path).json["attachments"]
    assert desk.ana.get(f"{path}/attachments/{listed['attachmentId']}").status_code == 404


def test_files_left_by_a_crash_are_removed_and_listed_ones_stay(
    desk: Desk, services: Services, db: Db
) -> None:
    ticket = desk.ticket()
    kept = upload(desk.ana, ticket, b"listed").json["attachmentId"]
    marked = upload(desk.ana, ticket, b"listed, and the mark lost").json["attachmentId"]
    files = db["attachments.files"]
    for name, age in (("old", timedelta(hours=2)), ("under way", timedelta(minutes=5))):
        files.insert_one(
            {
                "_id": name,
                "uploadDate": utcnow() - age,
                "length": 1,
                "chunkSize": 1,
                "metadata": {"ticketId": ticket["ticketId"], "listed": False},
            }
        )
    files.update_one(
        {"_id": marked},
        {"$set": {"metadata.listed": False, "uploadDate": utcnow() - timedelta(hours=2)}},
    )
    assert services.attachments.remove_abandoned() == 1
    assert {file["_id"] for file in files.find()} == {kept, marked, "under way"}
    assert services.attachments.remove_abandoned() == 0
    path = f"/tickets/{ticket['ticketId']}/attachments/{marked}"
    assert desk.ana.get(path).data == b"listed, and the mark lost"


def test_chunks_of_an_upload_that_never_ended_are_removed(
    services: Services, desk: Desk, db: Db
) -> None:
    """A crash in mid-upload leaves chunks without a file: GridFS writes the file last."""
    upload(desk.ana, desk.ticket(), b"kept")
    for age in (timedelta(hours=2), timedelta(minutes=5)):
        begun = str(ObjectId.from_datetime(utcnow() - age))
        db["attachments.chunks"].insert_many(
            [{"files_id": begun, "n": number, "data": b"x"} for number in range(3)]
        )
    assert services.attachments.remove_abandoned() == 1
    assert stored(db) == (1, 1 + 3)


def _actor(services: Services, person: Person) -> Any:
    assert person.agent_id is not None
    return actor_of(services.agents.get_agent(person.agent_id))


def test_abandoned_files_are_found_by_an_index(settings: Settings) -> None:
    with recorded(settings, "attachments.files") as (db, recorder):
        db["attachments.files"].insert_many(
            {
                "_id": new_id(),
                "uploadDate": utcnow() - timedelta(hours=2),
                "metadata": {"ticketId": "TICKET-2026-000001", "listed": number % 100 > 0},
            }
            for number in range(1_000)
        )
        features = Features(db, lambda *_task: None)
        recorder.commands.clear()
        assert AttachmentService(db, features.tickets).remove_abandoned() == 10
        plans = recorder.explain(db)
        assert faults(plans) == []
        assert documents_read(plans[0]) == 0  # none is left
