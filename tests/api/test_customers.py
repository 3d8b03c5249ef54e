"""Customers over HTTP: known by a phone or a WhatsApp user id, each unique."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from backend.conversations.repository import ConversationRepository
from tests.api.outages import lost_at
from tests.desk import Desk, wait_for


def test_a_customer_is_added_read_changed_and_listed(desk: Desk) -> None:
    added = desk.ana.post(
        "/customers", {"name": " María ", "phone": "+34 600 12-34-56", "email": " maria@site.test "}
    )
    assert added.status_code == 201
    path = f"/customers/{added.json['customerId']}"
    assert added.headers["Location"] == f"/api/v2{path}"
    assert added.json | {"createdAt": "", "customerId": ""} == {
        "customerId": "",
        "name": "María",
        "phone": "+34600123456",
        "whatsappUserId": None,
        "email": "maria@site.test",
        "identities": [
            {"channel": "phone", "value": "+34600123456", "verified": False, "current": True}
        ],
        "statistics": {"totalTickets": 0, "openTickets": 0},
        "createdAt": "",
    }
    assert desk.bruno.get(path).json == added.json
    changed = desk.ana.put(path, {"email": None, "whatsappUserId": "wa-1"}).json
    assert (changed["email"], changed["whatsappUserId"]) == (None, "wa-1")
    assert changed["phone"] == "+34600123456"
    assert desk.ana.get("/customers").json["data"] == [changed]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+34 600-12.34/56", "+34600123456"),
        ("+1 (212) 555 0123", "+12125550123"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("  +34600123456  ", "+34600123456"),
        ("tel:+34-600-123-456", "+34600123456"),
    ],
)
def test_a_phone_is_kept_in_one_form(desk: Desk, typed: str, stored: str) -> None:
    assert desk.customer(phone=typed)["phone"] == stored
    again = desk.ana.post("/customers", {"name": "x", "phone": stored})
    assert (again.status_code, again.json["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "phone",
    [
        "600123456",
        "0034600123456",
        "+",
        "+34",
        "phone",
        "+9990000000000000",
        "+34 6",
        "+12530000",
        "",
    ],
)
def test_an_invalid_phone_is_refused(desk: Desk, phone: str) -> None:
    answer = desk.ana.post("/customers", {"name": "x", "phone": phone})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["phone"])


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "x", "phone": None},
        {"name": "x", "whatsappUserId": None, "phone": None},
        {"name": "x", "email": "only@site.test"},
        {"name": "", "phone": "+34600123456"},
        {"phone": "+34600123456"},
        {"name": "x", "whatsappUserId": " "},
        {"name": "x", "phone": "+34600123456", "email": "no address"},
        {"name": "x", "phone": "+34600123456", "email": '"control\u0001"@site.test'},
        {"name": "x", "phone": "+34600123456", "visitorId": "chosen"},
    ],
)
def test_a_customer_without_a_name_or_an_identity_is_refused(desk: Desk, body: Any) -> None:
    assert desk.ana.post("/customers", body).status_code == 422
    assert desk.ana.get("/customers").json["data"] == []


def test_two_creates_of_one_phone_at_once_make_one_customer(desk: Desk) -> None:
    def create(name: str) -> int:
        status: int = desk.ana.post(
            "/customers", {"name": name, "phone": "+34600123456"}
        ).status_code
        return status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(create, "abcd")) == [201, 409, 409, 409]
    assert desk.ana.get("/customers").json["pagination"]["total"] == 1


def test_the_last_identity_cannot_be_removed(desk: Desk) -> None:
    path = f"/customers/{desk.customer()['customerId']}"
    assert desk.ana.put(path, {"phone": None}).status_code == 422
    assert desk.ana.put(path, {"whatsappUserId": "wa-1", "phone": None}).status_code == 200
    refused = desk.ana.put(path, {"whatsappUserId": None})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["phone"])
    assert desk.ana.get(path).json["whatsappUserId"] == "wa-1"


def test_removing_both_identities_at_once_leaves_one(desk: Desk) -> None:
    path = f"/customers/{desk.customer(whatsappUserId='wa-1')['customerId']}"
    with ThreadPoolExecutor(2) as pool:
        names = ("phone", "whatsappUserId")
        statuses = list(pool.map(lambda name: desk.ana.put(path, {name: None}).status_code, names))
    after = desk.ana.get(path).json
    assert sum(after[name] is not None for name in ("phone", "whatsappUserId")) >= 1
    assert set(statuses) <= {200, 422}


def test_another_customers_identity_cannot_be_used(desk: Desk) -> None:
    desk.customer(phone="+34600123456", whatsappUserId="wa-1")
    path = f"/customers/{desk.customer()['customerId']}"
    for taken in ({"phone": "+34 600 123 456"}, {"whatsappUserId": "wa-1"}):
        assert desk.ana.put(path, taken).status_code == 409


@pytest.mark.parametrize("claim", [{"phone": "+34600123456"}, {"whatsappUserId": "ES.1"}])
def test_a_web_visitors_claim_is_not_stored_as_an_identity(
    desk: Desk, claim: dict[str, str]
) -> None:
    """Otherwise the visitor could read the tickets of the phone's owner."""
    session = desk.nobody.post("/channels/web/sessions", {"name": "Dice ser Eva"}).json
    conversation = desk.ana.get(f"/conversations/{session['conversationId']}").json
    path = f"/customers/{conversation['customer']['customerId']}"
    refused = desk.ana.put(path, {"name": "Eva", **claim})
    assert refused.status_code == 422, refused.text
    assert list(refused.json["errors"]) == list(claim)
    assert desk.ana.get(path).json["name"] == "Dice ser Eva"
    free = dict.fromkeys(claim)
    named = desk.ana.put(path, {"name": "Eva", "email": "eva@example.com", **free})
    assert (named.status_code, named.json["name"]) == (200, "Eva")


def test_an_unknown_customer_is_not_found(desk: Desk) -> None:
    for answer in (
        desk.ana.get("/customers/nobody"),
        desk.ana.put("/customers/nobody", {"name": "x"}),
        desk.ana.get("/customers/nobody/tickets"),
    ):
        assert answer.status_code == 404


def test_a_new_name_and_phone_show_wherever_the_customer_is_shown(desk: Desk) -> None:
    session = desk.nobody.post(
        "/channels/web/messages", {"text": "hola", "phone": "+34600123456", "name": "Ana Pérez"}
    ).json
    conversation = f"/conversations/{session['conversationId']}"
    customer = desk.ana.get(conversation).json["customer"]["customerId"]
    ticket = desk.ticket(customerId=customer)
    path = f"/customers/{customer}"
    desk.ana.put(path, {"name": "Begoña Ruiz", "phone": "+34699887766"})
    shown = {"customerId": customer, "name": "Begoña Ruiz", "phone": "+34699887766"}
    after = desk.ana.get(f"/tickets/{ticket['ticketId']}").json
    assert after["customer"] == shown
    assert after["version"] == ticket["version"] + 1
    assert desk.ana.get(conversation).json["customer"] == shown
    for text, found in (("begona", 1), ("699887766", 1), ("perez", 0), ("600123456", 0)):
        assert desk.ana.get("/tickets", search=text).json["pagination"]["total"] == found, text
        assert desk.ana.get("/customers", search=text).json["pagination"]["total"] == found, text


def test_a_new_name_cut_off_before_the_conversations_is_shown_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.nobody.post(
        "/channels/web/messages", {"text": "hola", "phone": "+34600123456", "name": "Ana Pérez"}
    ).json
    conversation = f"/conversations/{session['conversationId']}"
    path = f"/customers/{desk.ana.get(conversation).json['customer']['customerId']}"

    def gone(*_args: object) -> None:
        raise AutoReconnect

    with monkeypatch.context() as fault:
        fault.setattr(ConversationRepository, "of_customer", gone)
        assert desk.ana.put(path, {"name": "Begoña Ruiz"}).status_code == 200
    wait_for(lambda: desk.ana.get(conversation).json["customer"]["name"] == "Begoña Ruiz")


def test_a_new_name_that_was_cut_off_on_its_way_is_shown_later(desk: Desk) -> None:
    customer = desk.customer(name="Ana Pérez")["customerId"]
    tickets = [desk.ticket(customerId=customer)["ticketId"] for _ in range(3)]

    def rename() -> int:
        status: int = desk.ana.put(f"/customers/{customer}", {"name": "Begoña"}).status_code
        return status

    def versions() -> list[int]:
        shown = [desk.ana.get(f"/tickets/{ticket}").json for ticket in tickets]
        return [t["version"] for t in shown if t["customer"]["name"] == "Begoña"]

    with lost_at(tickets[1]):
        assert rename() == 200
        assert versions() == [2]
    wait_for(lambda: versions() == [2, 2, 2])
    assert rename() == 200  # finds nothing to do
    assert versions() == [2, 2, 2]


def test_customers_are_found_by_name_email_and_phone(desk: Desk) -> None:
    desk.customer(name="Íñigo Peña", phone="+34655443322", email="inigo@pena.test")
    desk.customer(name="Otra Persona")
    for text in ("íñigo", "INIGO PENA", "peñ", "655443322", "+34 655 44 33 22", "443322", "inigo@"):
        answer = desk.ana.get("/customers", search=text).json
        assert [found["name"] for found in answer["data"]] == ["Íñigo Peña"], text
    for text in ("nadie", ".*", "$", "íñigo otra", "🙂"):
        assert desk.ana.get("/customers", search=text).json["data"] == [], text


def test_statistics_count_what_the_asking_agent_may_see(desk: Desk) -> None:
    customer = desk.customer()["customerId"]
    desk.ticket(customerId=customer)
    desk.ticket(customerId=customer, assignedTo=desk.ana.agent_id)
    desk.ticket(customerId=customer, assignedTo=desk.bruno.agent_id)
    desk.moved(desk.ticket(customerId=customer, assignedTo=desk.bruno.agent_id), "closed")
    desk.ticket()
    for person, total, open_ in ((desk.ana, 2, 2), (desk.bruno, 3, 2), (desk.supervisor, 4, 3)):
        counted = {"totalTickets": total, "openTickets": open_}
        assert person.get(f"/customers/{customer}").json["statistics"] == counted
        listed = {c["customerId"]: c for c in person.get("/customers").json["data"]}
        assert listed[customer]["statistics"] == counted
        tickets = person.get(f"/customers/{customer}/tickets").json
        assert tickets["pagination"]["total"] == total
        assert len(tickets["data"]) == total


def test_a_customers_tickets_are_filtered_like_any_list(desk: Desk) -> None:
    customer = desk.customer()["customerId"]
    urgent = desk.ticket(customerId=customer, priority="urgent")["ticketId"]
    desk.ticket(customerId=customer)
    desk.ticket(priority="urgent")
    data = desk.ana.get(f"/customers/{customer}/tickets", priority="urgent").json["data"]
    assert [ticket["ticketId"] for ticket in data] == [urgent]
    # The path names the customer; a query cannot override it.
    other = desk.customer()["customerId"]
    assert desk.ana.get(f"/customers/{customer}/tickets", customerId=other).status_code == 422
