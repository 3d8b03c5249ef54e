"""Which conversations a list shows, and the index it is read from."""

from __future__ import annotations

from datetime import UTC, datetime

from pymongo.operations import IndexModel

from backend.common.documents import Document, index
from backend.common.reading import Keys, Reading
from backend.conversations.models import Mode

UNLISTED = ""  # the `order` of a conversation in which nothing has been said

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Conditions that an index answers alone; compared with null, the database reads each conversation.
_FLAGGED: Document = {"flagged.at": {"$gt": _LONG_AGO}}
_NOT_FLAGGED: Document = {"flagged.at": {"$not": {"$gt": _LONG_AGO}}}

_ORDER = ("order", -1)
_BY_CUSTOMER: Keys = [("customer.customerId", 1), _ORDER]
_BY_CHANNEL: Keys = [("channel", 1), _ORDER]
# Every list names all values of `mode` and `unanswered`: the order within each is merged.
_BY_STATE: Keys = [("mode", 1), ("unanswered", 1), _ORDER, ("channel", 1), ("flagged.at", 1)]
_FLAGGED_BY_STATE: Keys = [*_BY_STATE[:3], ("flagged.at", 1), ("channel", 1)]

VALIDATORS: dict[str, Document] = {}
INDEXES: dict[str, list[IndexModel]] = {
    "conversations": [
        index(_ORDER),
        index(*_BY_CUSTOMER),
        index(*_BY_CHANNEL),
        index(*_BY_STATE),
        # Few are flagged: in the other index all others would have to be passed.
        index(*_FLAGGED_BY_STATE, partialFilterExpression=_FLAGGED, name="flagged"),
    ]
}


def reading_of(query: Document) -> Reading:
    """Return the reading for a loaded ConversationQuery."""
    asked: Document = {"order": {"$gt": UNLISTED}}
    if "customerId" in query:
        asked["customer.customerId"] = query["customerId"]
    if "channel" in query:
        asked["channel"] = query["channel"]
    if "mode" in query:
        asked["mode"] = query["mode"].value
    if "unanswered" in query:
        asked["unanswered"] = query["unanswered"]
    if "flagged" in query:
        asked |= _FLAGGED if query["flagged"] else _NOT_FLAGGED
    return _read_from_index(asked, is_flagged=query.get("flagged", False))


def _read_from_index(asked: Document, *, is_flagged: bool) -> Reading:
    if "customer.customerId" in asked:
        return Reading([asked], _BY_CUSTOMER)
    if asked.keys().isdisjoint(("mode", "unanswered", "flagged.at")):
        return Reading([asked], _BY_CHANNEL if "channel" in asked else [_ORDER])
    all_states = {
        "mode": {"$in": [mode.value for mode in Mode]},
        "unanswered": {"$in": [True, False]},
    }
    return Reading([all_states | asked], _FLAGGED_BY_STATE if is_flagged else _BY_STATE)
