"""Reads and writes customers."""

from __future__ import annotations

import re
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from backend.common.cursors import Order
from backend.common.documents import Db, Document, fold, new_id, utcnow
from backend.common.errors import Conflict
from backend.common.paging import Found, Page, find_page
from backend.common.reading import Reading
from backend.customers.models import IDENTITIES

_PHONE = re.compile(r"[\d\s+\-()./]+")


class CustomerRepository:
    def __init__(self, db: Db) -> None:
        self._customers = db["customers"]

    def find(self, customer_id: str) -> Document | None:
        return self._customers.find_one({"_id": customer_id})

    def find_by(self, identity: str, value: str) -> Document | None:
        return self._customers.find_one({identity: value})

    def page(self, search: str | None, page: Page) -> Found[Document]:
        reading = Reading([_matching(search)] if search else [])
        return find_page(self._customers, reading, Order("createdAt", True), page)

    def insert(self, fields: Document) -> Document | None:
        """None when somebody else has one of the identities."""
        customer = {"_id": new_id(), "createdAt": utcnow(), **fields}
        customer["search"] = search_terms(customer)
        try:
            self._customers.insert_one(customer)
        except DuplicateKeyError:
            return None
        return customer

    def find_or_insert(self, identity: str, value: str, name: str) -> Document:
        """The customer with this identity, made on the first sight of it, once whoever asks."""
        if identity not in IDENTITIES or not value:
            raise ValueError("an empty or unknown identity matches nobody")
        found = self._customers.find_one({identity: value})
        if found is None:
            found = self.insert({identity: value, "name": name})
        return found or self._customers.find_one({identity: value}) or {}

    def update(self, before: Document, fields: Document, session: ClientSession) -> Document | None:
        """Change a customer who still is as `before` says; None when somebody else was first.

        Raises DuplicateKeyError when somebody else has the identity.
        """
        changed = fields | {"search": search_terms(before | fields)}
        removed = {name: "" for name, value in fields.items() if value is None}
        update: dict[str, Any] = {
            "$set": {name: value for name, value in changed.items() if value is not None}
        }
        if removed:
            update["$unset"] = removed
        as_read = {name: before.get(name) for name in ("_id", "name", "email", *IDENTITIES)}
        return self._customers.find_one_and_update(
            as_read, update, return_document=ReturnDocument.AFTER, session=session
        )

    def touch(self, customer_id: str, session: ClientSession) -> bool:
        """Write to the customer, so that a merge at the same time does not pass this transaction.

        False when there is none.
        """
        touched = {"$set": {"conversationAt": utcnow()}}
        result = self._customers.update_one({"_id": customer_id}, touched, session=session)
        return result.matched_count == 1

    def merge(self, source: Document, target: Document, session: ClientSession) -> Document:
        """End the source, known by a WhatsApp user id alone, and give the id to the target.

        Returns the target as it is then. Raises Conflict when either has changed since it was read.
        """
        as_read = {name: source.get(name) for name in ("_id", *IDENTITIES)}
        ended = self._customers.delete_one(as_read, session=session)
        given = {"whatsappUserId": source["whatsappUserId"]}
        if source.get("email") and not target.get("email"):
            given["email"] = source["email"]
        as_read = {name: target.get(name) for name in ("_id", *IDENTITIES)}
        changed = given | {"search": search_terms(target | given)}
        merged = self._customers.find_one_and_update(
            as_read, {"$set": changed}, return_document=ReturnDocument.AFTER, session=session
        )
        if not ended.deleted_count or merged is None:
            raise Conflict("The customer has changed meanwhile.")
        return merged


def search_terms(customer: Document) -> list[str]:
    """Words of the name and the e-mail, and every tail of the phone, for "starts with"."""
    words = re.findall(r"\w+", fold(f"{customer['name']} {customer.get('email') or ''}"))
    digits = re.sub(r"\D", "", customer.get("phone") or "")
    return sorted({*words, *(digits[start:] for start in range(max(0, len(digits) - 2)))})


def _matching(search: str) -> Document:
    if _PHONE.fullmatch(search):
        search = re.sub(r"\D", "", search)
    words = re.findall(r"\w+", fold(search))
    if not words:
        return {"_id": {"$in": []}}
    return {"$and": [{"search": {"$regex": f"^{re.escape(word)}"}} for word in words[:10]]}
