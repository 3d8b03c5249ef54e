"""The identity of a WhatsApp user, for any order of learning phone and user id."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.channels.graph import Graph
from tests.channels.meta import User, deliver, delivery
from tests.desk import Desk

PHONE = "34611900100"
USER_ID = "ES.9001"


def customers(desk: Desk) -> list[Any]:
    found: list[Any] = desk.supervisor.get("/customers").json["data"]
    return found


def test_a_phone_learned_later_belongs_to_the_same_customer(counter: Desk) -> None:
    User(counter, user_id=USER_ID).says("Hola")
    User(counter, phone=PHONE, user_id=USER_ID).says("Soy yo")
    by_phone = User(counter, phone=PHONE)
    by_phone.says("Y otra vez")
    (customer,) = customers(counter)
    assert (customer["phone"], customer["whatsappUserId"]) == (f"+{PHONE}", USER_ID)
    own = [text for text in by_phone.texts() if text in ("Hola", "Soy yo", "Y otra vez")]
    assert own == ["Hola", "Soy yo", "Y otra vez"]
    assert by_phone.conversation()["customer"]["phone"] == f"+{PHONE}"


def test_a_user_id_that_is_learned_later_joins_the_owner_of_the_phone(counter: Desk) -> None:
    owner = counter.customer(phone=f"+{PHONE}", name="Según la agenda")
    User(counter, phone=PHONE, user_id=USER_ID).says("Hola")
    User(counter, user_id=USER_ID).says("Sin teléfono")
    (customer,) = customers(counter)
    assert customer["customerId"] == owner["customerId"]
    assert customer["name"] == "Según la agenda"  # a profile's name does not replace a person's
    assert customer["whatsappUserId"] == USER_ID


@pytest.mark.parametrize("owner_wrote", [False, True], ids=["known", "wrote before"])
def test_two_customers_proven_to_be_one_are_merged(counter: Desk, owner_wrote: bool) -> None:
    owner = counter.customer(phone=f"+{PHONE}", name="Dueña del teléfono")
    by_phone = User(counter, phone=PHONE)
    if owner_wrote:
        by_phone.says("Buenos días")
        by_phone.answer()
    guest = User(counter, user_id=USER_ID)
    guest.says("Quiero abrir un ticket: no funciona la tarjeta")
    guest.answer()
    (ticket,) = counter.supervisor.get("/tickets").json["data"]

    User(counter, phone=PHONE, user_id=USER_ID).says("Muchas gracias")
    (customer,) = customers(counter)
    assert customer["customerId"] == owner["customerId"]
    assert customer["whatsappUserId"] == USER_ID
    assert customer["statistics"]["totalTickets"] == 1
    (conversation,) = counter.ana.get("/conversations").json["data"]
    moved = counter.supervisor.get(f"/tickets/{ticket['ticketId']}").json
    assert moved["customer"]["phone"] == f"+{PHONE}"
    assert moved["conversationId"] == conversation["conversationId"]
    found = counter.supervisor.get("/tickets", search="900100").json["data"]
    assert [row["ticketId"] for row in found] == [ticket["ticketId"]]
    texts = by_phone.texts()
    assert "Quiero abrir un ticket: no funciona la tarjeta" in texts
    assert "Muchas gracias" in texts
    assert ("Buenos días" in texts) is owner_wrote


@pytest.mark.parametrize("wants", ["a person", "this agent"])
def test_a_merge_keeps_a_customer_waiting_for_a_person(counter: Desk, wants: str) -> None:
    counter.customer(phone=f"+{PHONE}")
    by_phone = User(counter, phone=PHONE)
    by_phone.says("Buenos días")
    by_phone.answer()
    guest = User(counter, user_id=USER_ID)
    if wants == "a person":
        guest.says("Quiero hablar con una persona")
        guest.answer()
    else:
        guest.says("Hola")
        guest.answer()
        guest.is_told("Soy Ana, ahora le miro")
    before = guest.conversation()

    User(counter, phone=PHONE, user_id=USER_ID).says("¿Y bien?")
    (conversation,) = counter.ana.get("/conversations").json["data"]
    assert conversation["mode"] == before["mode"] == "human"
    assert conversation["flagged"] == before["flagged"]
    assert conversation["unanswered"] is True
    assert by_phone.texts()[-1] == "¿Y bien?"
    assert counter.db["conversations"].find_one({"run": {"$ne": None}}) is None


def test_a_message_that_is_answered_after_two_became_one_has_no_second_ticket(
    counter: Desk,
) -> None:
    User(counter, phone=PHONE).says("Buenos días")
    User(counter, phone=PHONE).answer()
    guest = User(counter, user_id=USER_ID)
    asked = guest.message("Quiero abrir un ticket: no funciona la tarjeta")
    assert deliver(counter, delivery(guest.value(asked))).status_code == 200
    guest.answer()
    # As a process leaves it that dies before it stores the answer.
    counter.db["messages"].delete_many({"author.type": "assistant"})
    counter.db["messages"].update_one({"messageId": asked["id"]}, {"$set": {"awaiting": True}})

    known = User(counter, phone=PHONE, user_id=USER_ID)
    again = asked | {"from": PHONE}
    assert deliver(counter, delivery(known.value(again))).status_code == 200
    known.answer()
    assert len(counter.supervisor.get("/tickets").json["data"]) == 1


def test_a_number_that_has_passed_to_another_user_takes_no_history_along(counter: Desk) -> None:
    """The user id says who it is now; the former owner keeps the former number."""
    User(counter, phone="34611900200", user_id=USER_ID).says("Desde el número viejo")
    User(counter, phone=PHONE).says("Otra persona")
    User(counter, phone=PHONE, user_id=USER_ID).says("Desde el número nuevo")
    found = {customer["phone"]: customer["whatsappUserId"] for customer in customers(counter)}
    assert found == {"+34611900200": None, f"+{PHONE}": USER_ID}


def test_a_number_that_another_user_has_now_leads_to_nothing_of_the_former_owner(
    counter: Desk, graph: Graph
) -> None:
    """WhatsApp gives the next owner of a number another user id."""
    User(counter, phone=PHONE, user_id=USER_ID).says("Quiero abrir un ticket: la tarjeta no va")
    User(counter, phone=PHONE, user_id="ES.9002").says("Soy otra persona")
    found = {customer["whatsappUserId"]: customer["phone"] for customer in customers(counter)}
    assert found == {USER_ID: None, "ES.9002": f"+{PHONE}"}
    assert "Soy otra persona" in User(counter, phone=PHONE).texts()
    assert "tarjeta" not in str(User(counter, phone=PHONE).texts())
    # What an agent answers the former owner does not reach the number.
    former = User(counter, user_id=USER_ID)
    former.sent(former.is_told("¿Le ayudo con la tarjeta?"))
    (told,) = (m for m in graph.received if m["text"]["body"] == "¿Le ayudo con la tarjeta?")
    assert told["recipient"] == USER_ID
    assert "to" not in told
    # The former owner is known by the user id still.
    User(counter, user_id=USER_ID).says("Y yo sigo siendo yo")
    assert len(customers(counter)) == 2


def test_a_customer_known_by_user_id_is_not_merged_with_a_numbers_former_owner(
    counter: Desk,
) -> None:
    User(counter, phone=PHONE, user_id=USER_ID).says("Quiero abrir un ticket: la tarjeta no va")
    User(counter, user_id="ES.9002").says("Soy otra persona")
    User(counter, phone=PHONE, user_id="ES.9002").says("Y este es mi número")
    found = {customer["whatsappUserId"]: customer["phone"] for customer in customers(counter)}
    assert found == {USER_ID: None, "ES.9002": f"+{PHONE}"}
    assert "tarjeta" not in str(User(counter, phone=PHONE).texts())


def test_first_messages_at_the_same_time_make_one_customer(counter: Desk) -> None:
    users = [
        User(counter, phone=PHONE, user_id=USER_ID),
        User(counter, phone=PHONE),
        User(counter, user_id=USER_ID),
    ]
    payloads = [
        delivery(user.value(user.message(f"Mensaje {number}")))
        for number, user in enumerate(users * 4)
    ]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda payload: deliver(counter, payload), payloads))
    assert [answer.status_code for answer in answers] == [200] * 12
    users[0].says("El último")
    (customer,) = customers(counter)
    assert (customer["phone"], customer["whatsappUserId"]) == (f"+{PHONE}", USER_ID)
    texts = users[0].texts()
    assert {f"Mensaje {number}" for number in range(12)} <= set(texts)
    awaiting = counter.db["messages"].distinct("conversationId")
    assert awaiting == [users[0].conversation()["conversationId"]]


def test_a_phone_entered_by_an_agent_does_not_prevent_a_merge(
    counter: Desk,
) -> None:
    owner = counter.customer(phone=f"+{PHONE}", name="Según la agenda")
    guest = User(counter, user_id=USER_ID)
    guest.says("Hola")
    [found] = [one for one in customers(counter) if one["customerId"] != owner["customerId"]]
    path = f"/customers/{found['customerId']}"
    assert counter.ana.put(path, {"phone": "+34911222333"}).status_code == 200
    User(counter, phone=PHONE, user_id=USER_ID).says("Este es mi móvil")
    (customer,) = customers(counter)
    assert (customer["phone"], customer["whatsappUserId"]) == (f"+{PHONE}", USER_ID)
    assert [identity["value"] for identity in customer["identities"]] == [
        f"+{PHONE}",
        USER_ID,
        "+34911222333",
    ]
