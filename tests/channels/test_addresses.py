"""Numbers and user ids as WhatsApp writes and changes them, and where answers go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.graph import Graph, error
from tests.channels.meta import User, contact, deliver, delivery
from tests.channels.test_identities import customers
from tests.desk import Desk, wait_for


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


def test_a_sender_is_matched_by_another_spelling_of_the_number(
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
