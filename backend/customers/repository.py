"""Reads and writes customers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import cast

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from backend.common.cursors import Order
from backend.common.documents import Db, Document, collection, fold, new_id, utcnow
from backend.common.errors import Conflict
from backend.common.paging import Found, Page, find_page
from backend.common.reading import Reading
from backend.customers import former
from backend.customers.identities import IdentityKey, key_of
from backend.customers.models import PHONE, CustomerDocument
from backend.customers.phones import spellings

_PHONE = re.compile(r"[\d\s+\-()./]+")


class CustomerRepository:
    def __init__(self, db: Db) -> None:
        self._customers = collection(db, "customers", CustomerDocument)

    def find(self, customer_id: str) -> CustomerDocument | None:
        return self._read(self._customers.find_one({"_id": customer_id}))

    def find_by(self, key: IdentityKey) -> CustomerDocument | None:
        """Return the customer whose current identity this is."""
        held = {"$elemMatch": {**key._asdict(), "current": True}}
        found = self._customers.find_one({"identities": held})
        if found is None and (unconverted := former.filter_of(key)):
            found = self._customers.find_one(unconverted)
        return self._read(found)

    def page(self, search: str | None, page: Page) -> Found[CustomerDocument]:
        reading = Reading([_matching(search)] if search else [])
        found = find_page(self._customers, reading, Order("createdAt", True), page)
        return Found([self._converted(doc) for doc in found.documents], found.pagination)

    def insert(self, fields: Document) -> CustomerDocument | None:
        """Store a new customer with a name and identities. None when one is another customer's."""
        customer = cast(CustomerDocument, {"_id": new_id(), "createdAt": utcnow(), **fields})
        derived = {name: value for name, value in _derived(customer).items() if value is not None}
        document = cast(CustomerDocument, customer | derived)
        try:
            self._customers.insert_one(document)
        except DuplicateKeyError:
            if not self._release(map(key_of, customer["identities"])):
                return None
            return self.insert(fields)
        return document

    def update(
        self, before: CustomerDocument, fields: Document, session: ClientSession
    ) -> CustomerDocument | None:
        """Change a customer who still is as `before` says; None when another writer was first.

        Raises DuplicateKeyError when another customer has an identity.
        """
        after = cast(CustomerDocument, before | fields)
        known = set(map(key_of, before["identities"]))
        new = [key for key in map(key_of, after["identities"]) if key not in known]
        self._release(new, session)
        changed = fields | _derived(after)
        removed = [name for name, value in changed.items() if value is None]
        update: Document = {"$set": {n: v for n, v in changed.items() if v is not None}}
        if removed:
            update["$unset"] = dict.fromkeys(removed, "")
        return self._read(
            self._customers.find_one_and_update(
                _as_read(before), update, return_document=ReturnDocument.AFTER, session=session
            )
        )

    def touch(self, customer_id: str, session: ClientSession) -> bool:
        """Write to the customer, so that a merge at the same time does not pass this transaction.

        False when there is none.
        """
        touched = {"$set": {"conversationAt": utcnow()}}
        result = self._customers.update_one({"_id": customer_id}, touched, session=session)
        return result.matched_count == 1

    def delete(self, customer: CustomerDocument, session: ClientSession) -> None:
        """Raises Conflict when the customer has changed since it was read."""
        ended = self._customers.delete_one(_as_read(customer), session=session)
        if not ended.deleted_count:
            raise Conflict("The customer was changed by someone else. Try again.")

    def _release(self, keys: Iterable[IdentityKey], session: ClientSession | None = None) -> bool:
        """Take identities from customers who have changed to others. True when there were any."""
        released = 0
        for key in keys:
            given_up = {"identities": {"$elemMatch": {**key._asdict(), "current": False}}}
            pull = {"$pull": {"identities": key._asdict()}}
            released += self._customers.update_many(given_up, pull, session=session).modified_count
        return released > 0

    def _read(self, found: CustomerDocument | None) -> CustomerDocument | None:
        return self._converted(found) if found is not None else None

    def _converted(self, found: CustomerDocument) -> CustomerDocument:
        """Return a customer, after giving identities to one that the previous version wrote."""
        if "identities" in found:
            return found
        own = {"_id": found["_id"], "identities": {"$exists": False}}
        for identities in former.identities_of(found):
            with suppress(DuplicateKeyError):
                self._customers.update_one(own, {"$set": {"identities": identities}})
                break
        again = self._customers.find_one({"_id": found["_id"]}) or found
        return cast(CustomerDocument, {"identities": [], **again})


def _as_read(customer: CustomerDocument) -> Document:
    document = cast(Document, customer)
    return {name: document.get(name) for name in ("_id", "name", "email", "phone", "identities")}


def _derived(customer: CustomerDocument) -> Document:
    """Return what follows from the other fields; None for a field that is not there."""
    return {"search": search_terms(customer), **former.fields_of(customer["identities"])}


def search_terms(customer: CustomerDocument) -> list[str]:
    """Words of the name and the e-mail, and every tail of the phones, for "starts with"."""
    words = re.findall(r"\w+", fold(f"{customer['name']} {customer.get('email') or ''}"))
    phones = {i["value"] for i in customer["identities"] if i["channel"] == PHONE and i["current"]}
    if phone := customer.get("phone"):
        phones.add(phone)
    written = {re.sub(r"\D", "", spelling) for phone in phones for spelling in spellings(phone)}
    tails = (digits[start:] for digits in written for start in range(max(0, len(digits) - 2)))
    return sorted({*words, *tails})


def _matching(search: str) -> Document:
    if _PHONE.fullmatch(search):
        search = re.sub(r"\D", "", search)
    words = re.findall(r"\w+", fold(search))
    if not words:
        return {"_id": {"$in": []}}
    return {"$and": [{"search": {"$regex": f"^{re.escape(word)}"}} for word in words[:10]]}
