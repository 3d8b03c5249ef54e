"""The assistant's loop, from a customer's message to the answer, with an independent server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from backend.common.documents import Document
from backend.services import Services
from tests.assistant.chat import Chat
from tests.assistant.provider import TEXT, Provider, function_call, message
from tests.desk import Desk, wait_for

REPORT = {
    "subject": "No llega la factura",
    "description": "La factura de octubre no ha llegado.",
    "category": "billing",
    "priority": "high",
    "location": None,
}
LOOKUP = {"ticket_id": None, "lookup_recent": None}


def outputs(body: Document) -> list[Document]:
    """What the tools answered, as the provider got it."""
    return [item for item in body["input"] if item.get("type") == "function_call_output"]


def results(body: Document) -> list[Any]:
    return [json.loads(item["output"]) for item in outputs(body)]


def test_a_report_becomes_a_ticket_and_an_answer(
    chat: Chat, provider: Provider, model_app: Flask
) -> None:
    agent = model_app.extensions["socketio"].test_client(
        model_app, auth={"token": chat.desk.supervisor.token}
    )
    provider.calls(("create_ticket_report", REPORT)).says("He abierto su ticket.")
    accepted = chat.says("No me ha llegado la factura de octubre")
    reply = chat.reply_to(accepted)

    (row,) = chat.tickets()
    ticket = chat.desk.supervisor.get(f"/tickets/{row['ticketId']}").json
    assert ticket["subject"] == REPORT["subject"]
    assert ticket["description"] == REPORT["description"]
    assert (ticket["category"], ticket["priority"]) == ("billing", "high")
    assert (ticket["status"], ticket["assignedTo"]) == ("new", None)
    assert ticket["source"] == "assistant"
    assert ticket["conversationId"] == chat.conversation_id
    assert ticket["customer"] == chat.conversation()["customer"]
    assert ticket["statusHistory"][0]["changedBy"]["type"] == "assistant"

    assert reply["text"] == "He abierto su ticket."
    assert reply["author"]["type"] == "assistant"
    (call,) = reply["toolCalls"]
    assert (call["name"], call["arguments"]) == ("create_ticket_report", REPORT)
    assert call["result"]["success"] is True
    assert call["result"]["ticketId"] == ticket["ticketId"]
    assert call["result"]["estimatedResolution"] == ticket["sla"]["resolutionDueAt"]
    assert ticket["ticketId"] in call["result"]["message"]
    assert set(call["result"]) == {
        *("success", "ticketId", "status", "estimatedResolution", "message")
    }
    conversation = chat.conversation()
    assert conversation["unanswered"] is False
    assert conversation["flagged"] is None

    heard: list[Any] = []

    def all_heard() -> bool:
        heard.extend(agent.get_received())
        return [event["name"] for event in heard].count("assistant_typing") == 2

    wait_for(all_heard)
    names = [event["name"] for event in heard if event["name"] != "assistant_typing"]
    assert names == ["message_created", "ticket_created", "message_created"]
    assert heard[-2]["args"][0]["message"] == reply
    agent.disconnect()


def test_the_model_gets_its_own_call_with_the_output(chat: Chat, provider: Provider) -> None:
    provider.calls(("create_ticket_report", REPORT)).says("Hecho.")
    chat.ask("No llega la factura")
    first, second = provider.bodies
    asked = second["input"][: len(first["input"])]
    assert asked == first["input"]
    call, output = second["input"][len(first["input"]) :]
    assert (call["type"], call["name"]) == ("function_call", "create_ticket_report")
    assert output["call_id"] == call["call_id"]
    assert json.loads(output["output"])["success"] is True


def test_every_item_of_the_turn_goes_back_as_it_came(chat: Chat, provider: Provider) -> None:
    """Reasoning too, which the next round builds on; but for nulls, which the API does not take."""
    reasoning = {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [],
        "encrypted_content": "gAAAA" * 100,
        "aFieldOfNextYear": {"kept": True},
    }
    first = function_call("get_ticket_information", json.dumps(LOOKUP), "call_a")
    second = function_call("create_ticket_report", json.dumps(REPORT), "call_b")
    provider.answers(reasoning | {"status": None}, first)
    provider.answers(reasoning | {"id": "rs_2"}, message(TEXT), second).says("Hecho.")
    assert chat.ask("No llega la factura")["text"] == "Hecho."
    (body,) = provider.bodies  # the others were answered before llmock saw them
    asked, *turn = body["input"]
    assert asked["role"] == "user"
    assert [item for item in turn if item["type"] != "function_call_output"] == [
        *(reasoning, first, reasoning | {"id": "rs_2"}, message(TEXT), second)
    ]
    assert [item["call_id"] for item in turn if "output" in item] == ["call_a", "call_b"]


def test_very_long_arguments_are_refused_with_an_error(chat: Chat, provider: Provider) -> None:
    long = json.dumps(REPORT | {"description": "x" * 100_000})
    provider.answers(function_call("create_ticket_report", long)).says("¿Me lo resume?")
    assert chat.ask("No llega la factura")["text"] == "¿Me lo resume?"
    (result,) = results(provider.bodies[-1])
    assert (result["code"], list(result["errors"])) == ("bad_arguments", ["description"])


def test_a_run_that_grows_without_end_is_ended(chat: Chat, provider: Provider) -> None:
    long = json.dumps(REPORT | {"description": "x" * 100_000})
    for _ in range(3):
        provider.answers(function_call("create_ticket_report", long))
    assert chat.ask("No llega la factura")["text"].startswith("Disculpe")
    assert "too long" in chat.conversation()["flagged"]["reason"]


def test_own_tickets_are_shown_without_internal_fields(chat: Chat, provider: Provider) -> None:
    provider.calls(("create_ticket_report", REPORT)).says("Hecho.")
    chat.ask("No llega la factura")
    ticket = chat.tickets()[0]["ticketId"]
    path = f"/tickets/{ticket}"
    chat.desk.ana.post(f"{path}/notes", {"content": "Cliente pesado"})
    chat.desk.ana.post(f"{path}/notes", {"content": "En camino", "isInternal": False})
    provider.fresh()
    for arguments in (LOOKUP | {"ticket_id": ticket.lower()}, LOOKUP | {"lookup_recent": True}):
        provider.calls(("get_ticket_information", arguments)).says("Va en camino.")
        reply = chat.ask(f"¿Cómo va {ticket}?")
        (shown,) = reply["toolCalls"][0]["result"]["tickets"]
        assert shown["ticketId"] == ticket
        assert shown["status"] == "new"
    (single, recent) = (results(body)[-1]["tickets"][0] for body in provider.bodies[1::2])
    assert [note["content"] for note in single["notes"]] == ["En camino"]
    assert recent["ticketId"] == single["ticketId"]
    assert "pesado" not in json.dumps(provider.bodies)


def test_another_customers_ticket_and_a_missing_one_return_the_same_bytes(
    chat: Chat, provider: Provider
) -> None:
    others = chat.desk.ticket()["ticketId"]
    missing = others[:-6] + "999999"
    provider.calls(
        ("get_ticket_information", LOOKUP | {"ticket_id": others}),
        ("get_ticket_information", LOOKUP | {"ticket_id": missing}),
    ).says("No lo encuentro.")
    chat.ask(f"¿Cómo va {others}?")
    first, second = outputs(provider.bodies[1])
    assert first["output"] == second["output"]
    assert json.loads(first["output"])["success"] is False
    assert json.loads(first["output"])["code"] == "not_found"


def test_several_calls_are_carried_out_in_order_and_answered_together(
    chat: Chat, provider: Provider
) -> None:
    provider.calls(
        ("create_ticket_report", REPORT),
        ("get_ticket_information", LOOKUP | {"lookup_recent": True}),
        ("create_ticket_report", REPORT | {"category": "complaint", "subject": "Una queja"}),
        text="Un momento.",
    ).says("Listo.")
    reply = chat.ask("Factura, y además una queja")
    assert reply["text"] == "Listo."
    assert len(provider.bodies) == 2
    calls = [item for item in provider.bodies[1]["input"] if item.get("type") == "function_call"]
    answers = outputs(provider.bodies[1])
    assert [answer["call_id"] for answer in answers] == [call["call_id"] for call in calls]
    billing, recent, complaint = results(provider.bodies[1])
    assert [ticket["ticketId"] for ticket in recent["tickets"]] == [billing["ticketId"]]
    assert [ticket["ticketId"] for ticket in reversed(chat.tickets())] == [
        billing["ticketId"],
        complaint["ticketId"],
    ]
    assert [call["name"] for call in reply["toolCalls"]] == [call["name"] for call in calls]


def test_a_second_report_of_the_same_message_gets_the_first_ticket(
    chat: Chat, provider: Provider
) -> None:
    provider.calls(("create_ticket_report", REPORT), ("create_ticket_report", REPORT))
    provider.calls(("create_ticket_report", REPORT | {"subject": "La factura otra vez"}))
    provider.says("Hecho.")
    reply = chat.ask("No llega la factura")
    (ticket,) = chat.tickets()
    assert {call["result"]["ticketId"] for call in reply["toolCalls"]} == {ticket["ticketId"]}
    provider.calls(("create_ticket_report", REPORT)).says("Otro.")
    chat.ask("Tampoco llega la de noviembre")
    assert len(chat.tickets()) == 2


def test_optional_arguments_may_be_null(chat: Chat, provider: Provider) -> None:
    provider.calls(
        ("create_ticket_report", REPORT | {"priority": None, "location": "Calle Mayor 1"}),
        ("get_ticket_information", LOOKUP),
    ).says("Hecho.")
    reply = chat.ask("No llega la factura")
    (ticket,) = chat.tickets()
    assert ticket["priority"] == "medium"
    assert ticket["location"]["address"] == "Calle Mayor 1"
    assert reply["toolCalls"][1]["result"]["tickets"][0]["ticketId"] == ticket["ticketId"]


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("delete_all_tickets", "{}", "unknown_tool"),
        ("", "{}", "unknown_tool"),
        ("create_ticket_report", '{"subject": "No', "bad_arguments"),
        ("create_ticket_report", "[]", "bad_arguments"),
        ("create_ticket_report", "null", "bad_arguments"),
        ("create_ticket_report", "", "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"subject": ["a"]}), "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"subject": "x" * 201}), "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"category": "x"}), "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"customerId": "c"}), "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"subject": "\ud83d"}), "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"subject": 2**70}), "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"a\u0000b": 1}), "bad_arguments"),
        ("create_ticket_report", json.dumps(REPORT | {"$set": {"a.b": 1}}), "bad_arguments"),
        ("create_ticket_report", "[" * 150 + "]" * 150, "bad_arguments"),
        (
            "create_ticket_report",
            json.dumps(REPORT)[:-1] + ', "x": ' + '{"a":' * 300 + "1" + "}" * 301,
            "bad_arguments",
        ),
        ("get_ticket_information", '{"ticket_id": {"$ne": null}}', "bad_arguments"),
    ],
)
def test_mistakes_of_the_model_are_reported_to_it(
    chat: Chat, provider: Provider, name: str, arguments: str, code: str
) -> None:
    provider.answers(function_call(name, arguments)).says("Disculpe, ¿qué necesita?")
    reply = chat.ask("Hola")
    assert reply["text"] == "Disculpe, ¿qué necesita?"
    (result,) = results(provider.bodies[-1])
    assert result["success"] is False
    assert result["code"] == code
    assert result["error"]
    assert chat.tickets() == []
    assert reply["toolCalls"][0]["result"] == result
    assert chat.conversation()["flagged"] is None


@pytest.mark.parametrize("name", [["create_ticket_report"], {"$ne": ""}, 7])
def test_a_call_without_a_text_name_calls_no_tool(
    chat: Chat, provider: Provider, name: Any
) -> None:
    provider.answers(function_call("", "{}") | {"name": name}).answers(message(TEXT))
    reply = chat.ask("Hola")
    assert reply["text"] == "Hola"
    assert reply["toolCalls"][0]["result"]["code"] == "unknown_tool"


def test_tool_rounds_are_bounded(chat: Chat, provider: Provider) -> None:
    provider.calls(("get_ticket_information", LOOKUP), times=20)
    reply = chat.ask("¿Cómo va mi ticket?")
    assert reply["text"].startswith("Disculpe, ahora mismo no puedo responderle.")
    assert len(reply["toolCalls"]) == 8
    assert len(provider.bodies) <= 9
    assert "8" in chat.conversation()["flagged"]["reason"]


def test_eight_rounds_are_not_too_many(chat: Chat, provider: Provider) -> None:
    provider.calls(("get_ticket_information", LOOKUP), times=8).says("Por fin.")
    reply = chat.ask("¿Cómo va mi ticket?")
    assert reply["text"] == "Por fin."
    assert len(reply["toolCalls"]) == 8


def test_the_run_names_the_providers_responses_for_engineers(
    chat: Chat, provider: Provider, model_services: Services
) -> None:
    provider.calls(("get_ticket_information", LOOKUP)).says("Nada.")
    chat.ask("¿Mis tickets?")
    ended = {"conversationId": chat.conversation_id, "outcome": "answered"}
    run = wait_for(lambda: model_services.db["assistant_runs"].find_one(ended))
    assert len(run["responseIds"]) == 2


def test_an_answer_is_no_longer_than_a_message_may_be(chat: Chat, provider: Provider) -> None:
    provider.says("Verá: " + "bla " * 3_000)
    assert len(chat.ask("Hola")["text"]) == 10_000


def test_two_customers_are_answered_side_by_side(support: Desk, provider: Provider) -> None:
    held = provider.holds()
    first, second = Chat(support), Chat(support)
    waiting = first.says("Hola")
    assert held.arrived.wait(5)
    second.ask("Hola")
    held.release()
    first.reply_to(waiting)
