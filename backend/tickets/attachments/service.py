"""Files on tickets, stored in GridFS. An agent who sees the ticket sees its files.

What a file is, is read off its first bytes; what the sender calls it counts for nothing.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import IO

import filetype
from bson import ObjectId
from gridfs import GridFSBucket, NoFile
from pymongo.errors import PyMongoError

from backend.common.actor import Actor
from backend.common.documents import Db, new_id, utcnow
from backend.common.errors import AppError, NotFound, TooLarge, ValidationFailed
from backend.platform.jobs import JobKind
from backend.tickets.models import (
    MAX_ATTACHMENT_BYTES,
    MAX_FILENAME,
    Attachment,
    TicketDocument,
)
from backend.tickets.service import TicketService

CHUNK = 255 * 1024  # GridFS's own
SNIFFED = 8192  # bytes that reveal the type of a file
UNKNOWN = "application/octet-stream"
# Older than any upload that is still running.
ABANDONED_AFTER = timedelta(hours=1)
LOOK_BACK = timedelta(days=2)  # for chunks without a file; older ones have been removed before
CLEANING = "clean_attachments"
CLEAN_EVERY = timedelta(minutes=10)


class AttachmentService:
    def __init__(self, db: Db, tickets: TicketService) -> None:
        self._bucket = GridFSBucket(db, "attachments")
        self._files = db["attachments.files"]
        self._chunks = db["attachments.chunks"]
        self._tickets = tickets

    def upload(
        self,
        ticket_id: str,
        filename: str,
        content: IO[bytes],
        *,
        actor: Actor,
        version: int | None = None,
    ) -> tuple[TicketDocument, Attachment]:
        """Store a file and list it on the ticket. Returns the ticket and the attachment.

        Raises TooLarge, ValidationFailed for an empty one, Conflict when the ticket is full,
        VersionConflict; a file that is not listed is not kept.
        """
        self._tickets.get_ticket_by_id(ticket_id, actor=actor)
        head = content.read(SNIFFED)
        if not head:
            raise ValidationFailed({"file": ["The file is empty."]})
        attachment: Attachment = {
            "attachmentId": new_id(),
            "filename": clean_filename(filename),
            "contentType": filetype.guess_mime(head) or UNKNOWN,
            "size": 0,
            "uploadedAt": utcnow(),
        }
        try:
            attachment["size"] = self._store(ticket_id, attachment, head, content)
        except BaseException:
            self._remove(attachment["attachmentId"])
            raise
        attachment["uploadedAt"] = utcnow()
        try:
            ticket = self._tickets.add_attachment(
                ticket_id, attachment, actor=actor, version=version
            )
        except AppError:  # after other errors it may be listed: the clean-up finds out
            self._remove(attachment["attachmentId"])
            raise
        with suppress(PyMongoError):  # it is listed; the clean-up marks it
            self._mark_listed(attachment["attachmentId"])
        return ticket, attachment

    def download(
        self, ticket_id: str, attachment_id: str, *, actor: Actor
    ) -> tuple[Attachment, IO[bytes]]:
        """Return the attachment and its content. Raises NotFound also for another ticket's file."""
        ticket = self._tickets.get_ticket_by_id(ticket_id, actor=actor)
        with suppress(NoFile):
            for attachment in ticket["attachments"]:
                if attachment["attachmentId"] == attachment_id:
                    return attachment, self._bucket.open_download_stream(attachment_id)
        raise NotFound("Attachment not found.")

    def cleaning(self) -> JobKind:
        """The recurring job that removes abandoned files."""
        return JobKind(CLEANING, lambda _job: self.remove_abandoned(), every=CLEAN_EVERY)

    def remove_abandoned(self) -> int:
        """Remove the files that were stored but never listed. Returns how many."""
        removed = 0
        before = utcnow() - ABANDONED_AFTER
        for file in self._files.find(
            {"metadata.listed": False, "uploadDate": {"$lt": before}}, {"metadata": True}
        ):
            if self._tickets.has_attachment(file["metadata"]["ticketId"], file["_id"]):
                self._mark_listed(file["_id"])
            else:
                self._remove(file["_id"])
                removed += 1
        return removed + self._remove_chunks_without_file(before)

    def _remove_chunks_without_file(self, before: datetime) -> int:
        """Remove chunks without a file, which a crash leaves: GridFS writes the file after them."""
        begun = {"$gt": _first_id(before - LOOK_BACK), "$lt": _first_id(before)}
        ids = self._chunks.distinct("files_id", {"files_id": begun})
        whole = {file["_id"] for file in self._files.find({"_id": {"$in": ids}}, {"_id": True})}
        lost = [attachment_id for attachment_id in ids if attachment_id not in whole]
        self._chunks.delete_many({"files_id": {"$in": lost}})
        return len(lost)

    def _store(
        self, ticket_id: str, attachment: Attachment, head: bytes, content: IO[bytes]
    ) -> int:
        size = 0
        metadata = {"ticketId": ticket_id, "listed": False}
        with self._bucket.open_upload_stream_with_id(
            attachment["attachmentId"], attachment["filename"], metadata=metadata
        ) as stored:
            chunk = head
            while chunk:
                size += len(chunk)
                if size > MAX_ATTACHMENT_BYTES:
                    megabytes = MAX_ATTACHMENT_BYTES // 1024 // 1024
                    raise TooLarge(f"A file can have at most {megabytes} MiB.")
                stored.write(chunk)
                chunk = content.read(CHUNK)
        return size

    def _mark_listed(self, attachment_id: str) -> None:
        self._files.update_one({"_id": attachment_id}, {"$set": {"metadata.listed": True}})

    def _remove(self, attachment_id: str) -> None:
        with suppress(NoFile):
            self._bucket.delete(attachment_id)


def _first_id(moment: datetime) -> str:
    """Return an id that sorts before every id that `new_id` returns from this time on."""
    return str(ObjectId.from_datetime(moment))


def clean_filename(filename: str) -> str:
    """Return the last part of the name, without what could disguise it or break a header."""
    name = re.split(r"[\\/]", filename)[-1]
    name = "".join(char for char in name if char.isprintable() and char not in '"\u202e')
    return name.strip(". ")[-MAX_FILENAME:] or "file"
