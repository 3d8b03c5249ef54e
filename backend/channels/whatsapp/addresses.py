"""Where an answer goes: `{to: phone}` or `{recipient: user id}`, as WhatsApp writes them."""

from __future__ import annotations

from collections.abc import Iterable

from backend.conversations.models import Address
from backend.customers.identities import IdentityKey, current, key_of
from backend.customers.models import PHONE, WHATSAPP_USER, Identity
from backend.customers.phones import spellings


def address_of(wrote_from: Address | None, identities: Iterable[Identity]) -> Address | None:
    """Return the customer's address; None when they have never written from WhatsApp.

    It is the one they wrote from last, while it is theirs: a number may have passed to another
    person since, and the user may have another id.
    """
    if wrote_from is None:
        return None
    known = list(identities)
    owned = {key_of(identity) for identity in known if identity["current"]}
    phone = wrote_from.get("to")
    if phone and IdentityKey.of_phone(f"+{phone}") in owned:
        return {"to": phone}
    if user_id := current(known, WHATSAPP_USER):
        return {"recipient": user_id}
    if other := current(known, PHONE):
        return {"to": other.removeprefix("+")}
    return None


def other_spelling(address: Address) -> Address | None:
    """Return the other way in which the number is written, if there is one."""
    if "to" not in address:
        return None
    written = f"+{address['to']}"
    others = [spelling for spelling in spellings(written) if spelling != written]
    return {"to": others[0].removeprefix("+")} if others else None
