"""What customers do to their own tickets through the assistant: comment, reopen, rate, and ask for
a person. Each message does each at most once, however often its run is repeated.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.common.documents import Document
from backend.services import Services
from tests.assistant.chat import Chat
from tests.assistant.provider import Provider
from tests.assistant.test_assistant import REPORT, results
from tests.desk import Desk, wait_for

COMMENT = "Añado que también falla en el móvil."
NOTHING_LIKE_IT = "TICKET-2026-999999"


@pytest.fixture
def ticket(chat: Chat) -> Any:
    """A ticket of the customer's that somebody at the desk opened."""
    return chat.desk.ticket(customerId=chat.conversation()["customer"]["customerId"])


def whole(desk: Desk, ticket: Any) -> Any:
    return desk.supervisor.get(f"/tickets/{ticket['ticketId']}").json


def act(chat: Chat, provider: Provider, name: str, **arguments: Any) -> Any:
    """The result of one call, as the agents read it, in a turn of its own."""
    provider.calls((name, arguments)).says("Hecho.")
    return chat.ask("Algo sobre mi ticket")["toolCalls"][0]["result"]


def test_a_comment_is_a_public_note_by_the_customer(
    chat: Chat, provider: Provider, ticket: Any, model_services: Services
) -> None:
    result = act(
        chat, provider, "add_ticket_comment", ticket_id=ticket["ticketId"], comment=COMMENT
    )
    assert result["success"] is True
    assert (result["ticketId"], result["status"]) == (ticket["ticketId"], "new")
    assert ticket["ticketId"] in result["message"]
    (note,) = whole(chat.desk, ticket)["notes"]
    assert (note["content"], note["isInternal"]) == (COMMENT, False)
    customer = chat.conversation()["customer"]
    assert note["author"] == {
        "type": "customer",
        "id": customer["customerId"],
        "name": customer["name"],
    }
    # Where it comes from is kept for engineers.
    stored = model_services.db["tickets"].find_one({"_id": ticket["ticketId"]})
    assert stored is not None
    (entry,) = stored["provenance"]
    asked, answered = chat.transcript()
    assert entry["messageId"] == asked["messageId"]
    reply = model_services.db["messages"].find_one({"messageId": answered["messageId"]})
    assert reply is not None
    assert reply["provenance"]["messageId"] == asked["messageId"]
    assert entry["model"] == reply["provenance"]["model"]
    assert entry["responseId"] != reply["provenance"]["responseId"]


def test_a_comment_resumes_a_ticket_that_waits_for_the_customer(
    chat: Chat, provider: Provider, ticket: Any
) -> None:
    chat.desk.moved(ticket, "open", "pending_customer")
    result = act(
        chat, provider, "add_ticket_comment", ticket_id=ticket["ticketId"], comment=COMMENT
    )
    assert result["status"] == "in_progress"
    assert whole(chat.desk, ticket)["statusHistory"][-1]["changedBy"]["type"] == "customer"


def test_one_message_comments_a_ticket_once(chat: Chat, provider: Provider, ticket: Any) -> None:
    again = {"ticket_id": ticket["ticketId"], "comment": "Otras palabras para lo mismo"}
    provider.calls(
        ("add_ticket_comment", again | {"comment": COMMENT}), ("add_ticket_comment", again)
    )
    provider.calls(("add_ticket_comment", again)).says("Hecho.")
    calls = chat.ask("También falla en el móvil")["toolCalls"]
    assert [call["result"] for call in calls] == [calls[0]["result"]] * 3
    assert [note["content"] for note in whole(chat.desk, ticket)["notes"]] == [COMMENT]
    act(chat, provider, "add_ticket_comment", **again)
    assert len(whole(chat.desk, ticket)["notes"]) == 2


@pytest.mark.parametrize("path", [["resolved"], ["resolved", "closed"]])
def test_a_resolved_ticket_is_reopened(
    chat: Chat, provider: Provider, ticket: Any, path: list[str]
) -> None:
    chat.desk.moved(ticket, *path)
    result = act(
        chat, provider, "reopen_ticket", ticket_id=ticket["ticketId"], reason="Sigue igual"
    )
    assert (result["success"], result["status"]) == (True, "reopened")
    assert result["message"].startswith("He reabierto")
    now = whole(chat.desk, ticket)
    assert now["status"] == "reopened"
    last = now["statusHistory"][-1]
    assert (last["reason"], last["changedBy"]["type"]) == ("Sigue igual", "customer")


def test_an_open_ticket_stays_as_it_is(chat: Chat, provider: Provider, ticket: Any) -> None:
    result = act(chat, provider, "reopen_ticket", ticket_id=ticket["ticketId"], reason="Otra vez")
    assert (result["success"], result["status"]) == (True, "new")
    assert "sigue abierto" in result["message"]
    assert whole(chat.desk, ticket)["version"] == ticket["version"]


def test_a_repeated_reopening_does_not_undo_what_agents_did_since(
    chat: Chat, provider: Provider, ticket: Any
) -> None:
    chat.desk.moved(ticket, "resolved")
    wanted = {"ticket_id": ticket["ticketId"], "reason": "Sigue igual"}
    provider.calls(("reopen_ticket", wanted))
    held = provider.holds(after=1)
    provider.calls(("reopen_ticket", wanted)).says("Hecho.")
    accepted = chat.says("No está arreglado")
    assert held.arrived.wait(5)
    chat.desk.moved(ticket, "resolved")
    held.release()
    second = chat.reply_to(accepted)["toolCalls"][1]["result"]
    assert (second["success"], second["status"]) == (True, "resolved")
    assert whole(chat.desk, ticket)["status"] == "resolved"


def test_feedback_shows_on_the_ticket_and_the_latest_counts(
    chat: Chat, provider: Provider, ticket: Any
) -> None:
    rating = {"ticket_id": ticket["ticketId"], "rating": 4, "comment": "Bien"}
    assert act(chat, provider, "submit_ticket_feedback", **rating)["success"] is True
    feedback = whole(chat.desk, ticket)["feedback"]
    assert (feedback["rating"], feedback["comment"]) == (4, "Bien")
    act(chat, provider, "submit_ticket_feedback", **rating | {"rating": 1, "comment": None})
    feedback = whole(chat.desk, ticket)["feedback"]
    assert (feedback["rating"], feedback["comment"]) == (1, None)


@pytest.mark.parametrize("rating", [0, 6, -1, 3.5, "5", True, None, [5], 2**70])
def test_a_rating_is_a_whole_number_from_1_to_5(
    chat: Chat, provider: Provider, ticket: Any, rating: object
) -> None:
    arguments = {"ticket_id": ticket["ticketId"], "rating": rating, "comment": None}
    result = act(chat, provider, "submit_ticket_feedback", **arguments)
    assert (result["success"], result["code"]) == (False, "bad_arguments")
    assert whole(chat.desk, ticket)["feedback"] is None


REST: dict[str, Document] = {
    "add_ticket_comment": {"comment": COMMENT},
    "reopen_ticket": {"reason": "Sigue igual"},
    "submit_ticket_feedback": {"rating": 5, "comment": None},
}


@pytest.mark.parametrize("name", REST)
def test_another_customers_ticket_and_a_missing_one_stay_untouched(
    chat: Chat, provider: Provider, name: str
) -> None:
    others = chat.desk.moved(chat.desk.ticket(), "resolved")
    wanted = (others["ticketId"], others["ticketId"].lower(), NOTHING_LIKE_IT)
    provider.calls(*((name, REST[name] | {"ticket_id": number}) for number in wanted))
    provider.says("No lo encuentro.")
    chat.ask("Sobre el ticket de otro")
    outputs = [
        item["output"]
        for item in provider.bodies[1]["input"]
        if item.get("type") == "function_call_output"
    ]
    assert outputs == [outputs[0]] * 3
    assert json.loads(outputs[0])["code"] == "not_found"
    now = whole(chat.desk, others)
    assert now["version"] == others["version"]


def test_asking_for_a_person_hands_over_with_the_answer(chat: Chat, provider: Provider) -> None:
    provider.calls(("request_human", {"reason": "Quiere negociar el precio"})).says(
        "Le paso con una persona."
    )
    reply = chat.ask("Quiero hablar con una persona")
    assert reply["text"] == "Le paso con una persona."
    (result,) = results(provider.bodies[1])
    assert result["success"] is True
    assert "Una persona" in result["message"]
    conversation = chat.conversation()
    assert (conversation["mode"], conversation["unanswered"]) == ("human", True)
    assert conversation["flagged"]["reason"].endswith("Quiere negociar el precio")
    assert chat.tickets() == []
    # From here on the assistant is silent, until a person hands back.
    chat.says("¿Hola?")
    Chat(chat.desk).ask("Hola")
    assert [message["author"]["type"] for message in chat.transcript()] == [
        *("customer", "assistant", "customer")
    ]
    chat.hand_back()
    wait_for(lambda: chat.transcript()[-1]["author"]["type"] == "assistant")
    assert chat.conversation()["flagged"] is None


def test_a_request_for_a_person_survives_a_failure_of_the_model(
    chat: Chat, provider: Provider
) -> None:
    provider.calls(("request_human", {"reason": "Lo pide"}))
    provider.cuts(3, after=1)
    reply = chat.ask("Quiero hablar con una persona")
    assert reply["text"].startswith("Disculpe")
    conversation = chat.conversation()
    assert conversation["mode"] == "human"
    assert conversation["flagged"]["reason"].endswith("Lo pide")


def test_a_ticket_and_a_person_in_one_message(chat: Chat, provider: Provider) -> None:
    provider.calls(
        ("create_ticket_report", REPORT), ("request_human", {"reason": "Está enfadado"})
    ).says("Hecho.")
    chat.ask("No llega la factura. ¡Quiero hablar con alguien!")
    assert len(chat.tickets()) == 1
    assert chat.conversation()["mode"] == "human"
