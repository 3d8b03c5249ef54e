"""Decisions about a customer's identities. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from backend.customers.models import PHONE, CustomerDocument, Identity
from backend.customers.phones import canonical


class IdentityKey(NamedTuple):
    """What identifies a customer: the kind of identity, usually a channel's name, and the value."""

    channel: str
    value: str

    @classmethod
    def of_phone(cls, phone: str) -> IdentityKey:
        """`phone` is in E.164."""
        return cls(PHONE, canonical(phone))


def key_of(identity: Identity) -> IdentityKey:
    return IdentityKey(identity["channel"], identity["value"])


def current(identities: Iterable[Identity], channel: str) -> str | None:
    """Return the value by which the customer is known now, rather a verified one."""
    found = [i for i in identities if i["channel"] == channel and i["current"]]
    found.sort(key=lambda identity: not identity["verified"])
    return found[0]["value"] if found else None


def added(
    identities: Iterable[Identity], key: IdentityKey, *, verified: bool = False
) -> list[Identity]:
    """Add an identity, or confirm the one that is there."""
    kept = list(identities)
    places = [place for place, identity in enumerate(kept) if key_of(identity) == key]
    known = any(kept[place]["verified"] for place in places)
    new: Identity = {
        "channel": key.channel,
        "value": key.value,
        "verified": verified or known,
        "current": True,
    }
    if not places:
        return [*kept, new]
    kept[places[0]] = new
    return kept


def proven(identities: Iterable[Identity], key: IdentityKey) -> list[Identity]:
    """Add an identity that its channel has verified; the one it verified before is former now."""
    others = (
        former(identity)
        if identity["channel"] == key.channel and identity["verified"] and key_of(identity) != key
        else identity
        for identity in identities
    )
    return added(others, key, verified=True)


def former(identity: Identity) -> Identity:
    """Return the identity as one that the customer has changed from."""
    return {**identity, "current": False}


def removed(identities: Iterable[Identity], key: IdentityKey) -> list[Identity]:
    return [identity for identity in identities if key_of(identity) != key]


def joined(target: Iterable[Identity], source: Iterable[Identity]) -> list[Identity]:
    """Return the identities of two customers who are one. The target's current ones stay current
    where each has a verified one of the same channel.
    """
    kept = list(target)
    verified = {i["channel"] for i in kept if i["verified"] and i["current"]}
    return kept + [
        former(identity) if identity["verified"] and identity["channel"] in verified else identity
        for identity in source
    ]


def phone_of_record(customer: CustomerDocument, identities: list[Identity]) -> str | None:
    """Return the phone that the record shows with these identities.

    It stays what an agent has written. One that is no longer the customer's gives way to the phone
    that a channel knows, which a record without a phone gets when it becomes known.
    """
    phone = customer.get("phone")
    known = current(identities, PHONE)
    if phone is None:
        return known if known != current(customer["identities"], PHONE) else None
    key = IdentityKey.of_phone(phone)
    is_own = any(key_of(identity) == key and identity["current"] for identity in identities)
    return phone if is_own else known
