"""Who a WhatsApp user is, in whatever order phone and user id come to be known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.channels.graph import Graph, error
from tests.channels.meta import User, contact, deliver, delivery
from tests.desk import Desk, wait_for

PHONE = "34611900100"
USER_ID = "ES.9001"


def customers(desk: Desk) -> list[Any]:
    found: list[Any] = desk.supervisor.get("/customers").json["data"]
    return found


def test_a_phone_that_is_learned_later_joins_the_same_customer(counter: Desk) -> None:
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
def test_two_customers_who_prove_to_be_one_become_one(counter: Desk, owner_wrote: bool) -> None:
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
def test_whoever_waits_for_a_person_still_does_when_two_become_one(
    counter: Desk, wants: str
) -> None:
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


def test_who_was_known_by_the_user_id_alone_is_not_joined_with_the_numbers_former_owner(
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


@pytest.mark.parametrize(
    ("written", "on_whatsapp", "shown"),
    [
        ("+52 55 1234 5678", "5215512345678", "+525512345678"),
        ("+52 1 55 1234 5678", "5215512345678", "+525512345678"),
        ("+55 21 98150-0001", "552181500001", "+5521981500001"),
        ("+55 21 8150-0001", "5521981500001", "+5521981500001"),
        ("+54 11 2345 6789", "5491123456789", "+541123456789"),
        ("+54 9 11 2345 6789", "5491123456789", "+5491123456789"),
    ],
)
def test_the_spellings_of_a_number_are_one_customer(
    counter: Desk, graph: Graph, written: str, on_whatsapp: str, shown: str
) -> None:
    known = counter.customer(phone=written)
    again = counter.ana.post("/customers", {"name": "x", "phone": f"+{on_whatsapp}"})
    assert (again.status_code, again.json["code"]) == (409, "conflict")
    User(counter, phone=on_whatsapp).says("Hola")
    (customer,) = customers(counter)
    assert (customer["customerId"], customer["phone"]) == (known["customerId"], shown)
    for searched in (written, on_whatsapp, on_whatsapp[-8:]):
        found = counter.ana.get("/customers", search=searched).json["data"]
        assert [one["customerId"] for one in found] == [known["customerId"]], searched
    wait_for(lambda: graph.received)
    assert graph.received[0]["to"] == on_whatsapp  # as WhatsApp writes it


def test_an_address_refused_in_one_spelling_is_tried_in_the_other_once(
    counter: Desk, graph: Graph
) -> None:
    graph.then(error(131030))
    user = User(counter, phone="5215525500030")
    user.says("Hola")
    wait_for(lambda: len(graph.received) == 2)
    assert [message["to"] for message in graph.received] == ["5215525500030", "525525500030"]
    [found] = counter.ana.get("/conversations", channel="whatsapp").json["data"]
    path = f"/conversations/{found['conversationId']}/messages"
    wait_for(lambda: counter.ana.get(path).json["data"][-1]["delivery"]["status"] == "sent")


def test_a_sender_is_named_by_the_contact_with_another_spelling_of_the_number(
    counter: Desk,
) -> None:
    user = User(counter, phone="551186400001")
    value = user.value(user.message("olá"))
    value["contacts"] = [contact("5511986400001", None, "Dona Lurdes")]
    assert deliver(counter, delivery(value)).status_code == 200
    assert [customer["name"] for customer in customers(counter)] == ["Dona Lurdes"]


def test_the_phone_that_an_agent_writes_down_is_not_the_address(
    counter: Desk, graph: Graph
) -> None:
    user = User(counter, phone="573507000005")
    user.says("hola, soy Herminia")
    (customer,) = customers(counter)
    path = f"/customers/{customer['customerId']}"
    assert counter.ana.put(path, {"phone": "+576017000005"}).status_code == 200
    user.says("gracias, espero la llamada")
    (after,) = customers(counter)
    assert (after["customerId"], after["phone"]) == (customer["customerId"], "+576017000005")
    assert [(i["value"], i["verified"]) for i in after["identities"]] == [
        ("+573507000005", True),
        ("+576017000005", False),
    ]
    conversation = counter.ana.get("/conversations").json["data"][0]["conversationId"]
    counter.ana.post(f"/conversations/{conversation}/messages", {"text": "Le llamamos"})
    wait_for(lambda: graph.texts[-1:] == ["Le llamamos"])
    assert graph.received[-1]["to"] == "573507000005"


def notice(user: User, **system: str) -> dict[str, Any]:
    return user.message(type="system", system=system)


def test_a_change_of_number_moves_the_customer(counter: Desk, graph: Graph) -> None:
    former = User(counter, phone="573007000001", user_id="CO.1")
    former.says("Quiero abrir un ticket: el cajero se tragó mi tarjeta")
    former.answer()
    (before,) = customers(counter)
    changed = notice(former, type="user_changed_number", wa_id="573107000002")
    assert deliver(counter, delivery(former.value(changed))).status_code == 200
    # WhatsApp gives an account with another number another user id.
    now = User(counter, phone="573107000002", user_id="CO.2")
    now.says("soy yo, con mi número nuevo")
    (after,) = customers(counter)
    assert after["customerId"] == before["customerId"]
    assert (after["phone"], after["whatsappUserId"]) == ("+573107000002", "CO.2")
    assert after["statistics"]["totalTickets"] == 1
    assert "soy yo, con mi número nuevo" in now.texts()
    now.sent(now.is_told("Ya tenemos su tarjeta"))
    assert graph.received[-1]["to"] == "573107000002"
    # Whoever has the former number now is somebody else.
    next_owner = User(counter, phone="573007000001", user_id="CO.3")
    next_owner.says("Hola, tengo este número desde hoy")
    assert len(customers(counter)) == 2
    assert "tarjeta" not in str(next_owner.texts())


def test_answers_go_to_a_new_number_before_the_customer_writes_from_it(
    counter: Desk, graph: Graph
) -> None:
    user = User(counter, phone="573007000011")
    user.says("Hola")
    user.sent(user.answer())
    changed = notice(user, type="user_changed_number", wa_id="573107000012")
    deliver(counter, delivery(user.value(changed)))
    moved = User(counter, phone="573107000012")
    moved.sent(moved.is_told("¿Sigue ahí?"))
    assert graph.received[-1]["to"] == "573107000012"


def test_a_new_user_id_is_the_same_customer(counter: Desk, graph: Graph) -> None:
    user = User(counter, user_id="CO.21")
    user.says("Hola")
    user.sent(user.answer())
    changed = notice(user, type="user_changed_user_id", user_id="CO.22", previous_user_id="CO.21")
    deliver(counter, delivery(user.value(changed)))
    moved = User(counter, user_id="CO.22")
    moved.says("Sigo siendo yo")
    (customer,) = customers(counter)
    assert customer["whatsappUserId"] == "CO.22"
    moved.sent(moved.is_told("Hola de nuevo"))
    assert graph.received[-1]["recipient"] == "CO.22"


def test_a_number_that_is_announced_for_another_customer_takes_no_history_along(
    counter: Desk,
) -> None:
    """The number had an owner before, who has an account of their own."""
    User(counter, phone="573107000032", user_id="CO.31").says("Un asunto privado")
    user = User(counter, phone="573007000031", user_id="CO.32")
    user.says("Hola")
    changed = notice(user, type="user_changed_number", wa_id="573107000032")
    deliver(counter, delivery(user.value(changed)))
    moved = User(counter, phone="573107000032")
    moved.says("Soy yo")
    assert len(customers(counter)) == 2
    assert "Un asunto privado" not in moved.texts()
