"""Finds the customer behind the identities that a channel has proven.

A person may be known by a phone, by an account of a channel, or by both, learned in any order, and
ends as one customer. A phone passes to other people and an account's id does not, so the account
decides whose a phone is now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pymongo.errors import DuplicateKeyError

from backend.common.errors import Conflict, NotFound
from backend.customers.identities import (
    IdentityKey,
    added,
    current,
    former,
    key_of,
    proven,
    removed,
)
from backend.customers.models import PHONE, CustomerDocument
from backend.customers.repository import CustomerRepository
from backend.customers.service import MAX_ATTEMPTS, CustomerService


class Recognition:
    def __init__(self, customers: CustomerRepository, service: CustomerService) -> None:
        self._customers = customers
        self._service = service

    def customer_of(
        self, keys: Sequence[IdentityKey], name: str, *, verified: bool = True
    ) -> CustomerDocument:
        """Return the customer with these identities, of which there is at least one. The first time
        they are seen, create a customer with this name.

        Raises Conflict when other writers keep changing the same customers.
        """
        return _retried(lambda: self._settle(keys, name, verified))

    def move(
        self, channel: str, keys: Sequence[IdentityKey], new: Sequence[IdentityKey]
    ) -> CustomerDocument | None:
        """Give the customer with one of the `keys` the `new` identities that the channel announces.

        Return None when no customer has any of the keys. Raises Conflict as `customer_of`.
        """
        if not any(map(self._customers.find_by, keys)):
            return None
        return _retried(lambda: self._move(channel, keys, new))

    def _settle(
        self, keys: Sequence[IdentityKey], name: str, verified: bool
    ) -> CustomerDocument | None:
        """Return None when it has to be looked at again."""
        phone = next((key for key in keys if key.channel == PHONE), None)
        account = next((key for key in keys if key.channel != PHONE), None)
        by_phone = self._customers.find_by(phone) if phone else None
        by_account = self._customers.find_by(account) if account else None
        if phone and by_phone and account and _has_another(by_phone, account):
            self._take(by_phone, phone)
            return None
        if account and by_phone and by_account and by_phone["_id"] != by_account["_id"]:
            if _has_proven_phone(by_account):  # the former number of the account
                self._take(by_account, account)
            else:
                self._service.merge(by_account, by_phone)
            return None
        known = by_phone or by_account
        identities = known["identities"] if known else []
        for key in keys:
            identities = proven(identities, key) if verified else added(identities, key)
        if known is None:
            shown = {"phone": phone.value} if phone else {}
            return self._customers.insert({"name": name, "identities": identities, **shown})
        return self._service.set_identities(known, identities)

    def _move(
        self, channel: str, keys: Sequence[IdentityKey], new: Sequence[IdentityKey]
    ) -> CustomerDocument | None:
        customer = next(filter(None, map(self._customers.find_by, [*keys, *new])), None)
        if customer is None:
            raise NotFound("Customer not found.")
        for key in new:
            owner = self._customers.find_by(key)
            if owner and owner["_id"] != customer["_id"]:
                if removed(owner["identities"], key):
                    self._take(owner, key)
                else:
                    self._service.merge(owner, customer)
                return None
        # A number and the account that goes with it change together.
        channels = {key.channel for key in new}
        ended = channels | ({channel} if PHONE in channels else set())
        identities = [
            former(identity)
            if identity["channel"] in ended and (identity["verified"] or key_of(identity) in keys)
            else identity
            for identity in customer["identities"]
        ]
        for key in new:
            identities = proven(identities, key)
        return self._service.set_identities(customer, identities)

    def _take(self, customer: CustomerDocument, key: IdentityKey) -> None:
        self._service.set_identities(customer, removed(customer["identities"], key))


def _retried(attempt: Callable[[], CustomerDocument | None]) -> CustomerDocument:
    for _ in range(MAX_ATTEMPTS):
        try:
            customer = attempt()
        except (Conflict, DuplicateKeyError, NotFound):  # another writer was first: look again
            continue
        if customer is not None:
            return customer
    raise Conflict("Too many messages from this customer at once. Try again.")


def _has_proven_phone(customer: CustomerDocument) -> bool:
    return any(
        identity["channel"] == PHONE and identity["verified"] and identity["current"]
        for identity in customer["identities"]
    )


def _has_another(customer: CustomerDocument, account: IdentityKey) -> bool:
    """Whoever gets a number next has another account."""
    own = current(customer["identities"], account.channel)
    return own is not None and own != account.value
