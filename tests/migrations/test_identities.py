"""Customers and conversations as the previous version writes them, before and after the upgrade."""

from __future__ import annotations

from typing import Any

import pytest

from backend.collections import FEATURES
from backend.common.documents import Db, Document, new_id, utcnow
from backend.platform.database import prepare
from tests.desk import Desk


def former_customer(db: Db, name: str, **identities: str) -> str:
    digits = identities.get("phone", "").removeprefix("+")
    customer: Document = {
        "_id": new_id(),
        "name": name,
        **identities,
        "search": sorted({name.lower(), *(digits[n:] for n in range(max(0, len(digits) - 2)))}),
        "createdAt": utcnow(),
    }
    db["customers"].insert_one(customer)
    return str(customer["_id"])


def former_conversation(db: Db, customer_id: str, channel: str, **fields: Any) -> str:
    now = utcnow()
    conversation: Document = {
        "_id": new_id(),
        "customer": {"customerId": customer_id, "name": "x", "phone": None},
        "channel": channel,
        "mode": "human",
        "flagged": None,
        "unanswered": False,
        "lastMessage": None,
        "lastMessageAt": now,
        "run": None,
        "order": f"0|{now}",
        "createdAt": now,
        **fields,
    }
    db["conversations"].insert_one(conversation)
    return str(conversation["_id"])


def upgrade(db: Db) -> None:
    db["migrations"].delete_many({})
    prepare(db, FEATURES)


def identities(desk: Desk, customer_id: str) -> list[tuple[str, str, bool]]:
    found = desk.ana.get(f"/customers/{customer_id}").json["identities"]
    assert all(identity["current"] for identity in found)
    return [(one["channel"], one["value"], one["verified"]) for one in found]


@pytest.mark.parametrize("written", ["before the upgrade", "after it"])
def test_each_field_becomes_an_identity(desk: Desk, db: Db, written: str) -> None:
    both = former_customer(db, "Ana", phone="+5491123456789", whatsappUserId="AR.1")
    visitor = former_customer(db, "Eva", visitorId="v1")
    if written == "before the upgrade":
        upgrade(db)
    assert desk.ana.get("/customers").json["pagination"]["total"] == 2
    assert identities(desk, both) == [
        ("phone", "+5491123456789", False),
        ("whatsapp", "AR.1", True),
    ]
    assert identities(desk, visitor) == [("web", "v1", True)]
    for taken in ({"phone": "+5491123456789"}, {"whatsappUserId": "AR.1"}):
        assert desk.ana.post("/customers", {"name": "x", **taken}).status_code == 409
    assert db["customers"].find_one({"identities": {"$exists": False}}) is None


@pytest.mark.parametrize("written", ["before the upgrade", "after it"])
def test_two_customers_with_spellings_of_one_number_stay_two(
    desk: Desk, db: Db, written: str
) -> None:
    first = former_customer(db, "Ana", phone="+5491123456789")
    second = former_customer(db, "Eva", phone="+541123456789")
    if written == "before the upgrade":
        upgrade(db)
    assert identities(desk, first) == [("phone", "+5491123456789", False)]
    assert identities(desk, second) == [("phone", "+541123456789", False)]


def test_a_number_that_a_customer_wrote_from_is_proven(desk: Desk, db: Db) -> None:
    """Also when an agent has written another phone down since."""
    same = former_customer(db, "Ana", phone="+525512345678")
    former_conversation(db, same, "whatsapp", replyTo={"to": "5215512345678"})
    edited = former_customer(db, "Herminia", phone="+576017000005")
    former_conversation(db, edited, "whatsapp", replyTo={"to": "573507000005"})
    upgrade(db)
    assert identities(desk, same) == [("phone", "+525512345678", True)]
    assert identities(desk, edited) == [
        ("phone", "+576017000005", False),
        ("phone", "+573507000005", True),
    ]
    for searched, found in (("+52 1 55 1234", same), ("3507000005", edited)):
        listed = desk.ana.get("/customers", search=searched).json["data"]
        assert [customer["customerId"] for customer in listed] == [found]


@pytest.mark.parametrize("written", ["before the upgrade", "after it"])
def test_a_customer_goes_on_in_the_same_conversation(desk: Desk, db: Db, written: str) -> None:
    customer_id = former_customer(db, "Ana", phone="+34600123456")
    conversation_id = former_conversation(db, customer_id, "web")
    if written == "before the upgrade":
        upgrade(db)
    said = {"text": "Sigo aquí", "phone": "+34600123456"}
    accepted = desk.nobody.post("/channels/web/messages", said).json
    assert accepted["conversationId"] == conversation_id
    assert desk.ana.get("/customers").json["pagination"]["total"] == 1


def test_a_message_keeps_the_ids_that_whatsapp_gave_it(db: Db) -> None:
    sent = {"author": {}, "text": "x", "createdAt": utcnow(), "wamids": ["w1", "w2"]}
    ids = {"_id": "m1", "messageId": "m1", "conversationId": "c1"}
    db["messages"].insert_one(ids | sent)
    upgrade(db)
    [message] = db["messages"].find()
    assert message["externalIds"] == ["w1", "w2"]
