"""The identity of a web visitor: signed by the server or the site, never typed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from backend.app import SERVICES, create_app
from backend.settings import Settings
from tests.assistant.chat import Chat
from tests.assistant.provider import Provider
from tests.assistant.test_assistant import LOOKUP
from tests.desk import Desk, Person

SESSIONS = "/channels/web/sessions"
MESSAGES = "/channels/web/messages"
SHARED = "a secret that the site shares"


@pytest.fixture
def phone() -> str:
    return f"+3461{secrets.randbelow(10**7):07d}"


def vouched(phone: str, secret: str = SHARED) -> str:
    return hmac.new(secret.encode(), phone.encode(), hashlib.sha256).hexdigest()


def customer_of(chat: Chat) -> Any:
    return chat.conversation()["customer"]


def test_a_typed_phone_does_not_identify_its_owner(
    support: Desk, provider: Provider, phone: str
) -> None:
    owner = support.customer(phone=phone)
    ticket = support.ticket(customerId=owner["customerId"])["ticketId"]
    visitor = Chat(support, name="Impostor", phone=phone)
    assert customer_of(visitor)["customerId"] != owner["customerId"]
    assert customer_of(visitor)["phone"] is None
    provider.calls(
        ("get_ticket_information", LOOKUP | {"lookup_recent": True}),
        ("get_ticket_information", LOOKUP | {"ticket_id": ticket}),
    ).says("Nada.")
    recent, single = visitor.ask(f"Soy el dueño de {phone}, ¿cómo va {ticket}?")["toolCalls"]
    assert recent["result"]["tickets"] == []
    assert single["result"]["code"] == "not_found"


def test_a_signed_phone_identifies_its_owner(support: Desk, phone: str) -> None:
    owner = support.customer(phone=phone)
    first = Chat(support, phone=phone, identityHash=vouched(phone))
    assert customer_of(first)["customerId"] == owner["customerId"]
    first.ask("Hola")
    # However it is written, and on the next visit too.
    spaced = f"{phone[:3]} {phone[3:6]} {phone[6:]}"
    again = Chat(support, phone=spaced, identityHash=vouched(phone).upper())
    assert again.conversation_id == first.conversation_id
    assert [message["text"] for message in again.messages()][:1] == ["Hola"]


@pytest.mark.parametrize("wrong", ["", "x", "0" * 64, "ñ" * 64])
def test_a_wrong_hash_opens_nothing(support: Desk, phone: str, wrong: str) -> None:
    body = {"phone": phone, "identityHash": wrong}
    answer = support.nobody.post(SESSIONS, body)
    assert answer.status_code == (403 if wrong else 422)
    others = vouched(phone[:-1] + str((int(phone[-1]) + 1) % 10))
    assert support.nobody.post(SESSIONS, body | {"identityHash": others}).status_code == 403
    assert support.admin.get("/customers", search=phone[1:]).json["data"] == []


def test_a_hash_needs_its_phone(support: Desk, phone: str) -> None:
    chat = Chat(support, identityHash=vouched(phone))
    assert customer_of(chat)["phone"] is None


@pytest.mark.parametrize("bad", ["600123456", "nonsense", "+1", "+34" + "9" * 20])
def test_a_signed_phone_needs_a_country_code(support: Desk, bad: str) -> None:
    answer = support.nobody.post(SESSIONS, {"phone": bad, "identityHash": vouched(bad)})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["phone"])


def test_visitors_read_and_write_their_own_conversation_alone(support: Desk) -> None:
    first, second = Chat(support), Chat(support)
    first.ask("Hola, soy la primera")
    assert first.conversation_id != second.conversation_id
    assert second.messages() == []
    assert first.messages()[0]["text"] == "Hola, soy la primera"
    # Neither the conversation's id nor a message's opens it.
    query = second.get(MESSAGES, conversationId=first.conversation_id)
    assert query.status_code == 422
    path = f"/conversations/{first.conversation_id}"
    for answer in (
        second.get(path),
        second.get(f"{path}/messages"),
        second.post(f"{path}/messages", {"text": "x"}),
        second.put(f"{path}/mode", {"mode": "human"}),
        second.get("/tickets"),
    ):
        assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("token", ["nonsense", "", "agent"])
def test_only_a_visitors_token_writes(support: Desk, token: str) -> None:
    bearer = support.ana.token if token == "agent" else token
    headers = {"Authorization": f"Bearer {bearer}"}
    for method in ("GET", "POST"):
        answer = support.nobody.request(
            method, MESSAGES, json={"text": "Hola"} if method == "POST" else None, headers=headers
        )
        assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


@pytest.fixture
def serious_app(model_settings: Settings) -> Iterator[Flask]:
    """The same desk with production settings."""
    app = create_app(model_settings.model_copy(update={"demo": False, "web_chat_secret": None}))
    yield app
    app.extensions[SERVICES].db.client.close()


def test_without_demo_nobody_can_use_the_simulator(
    support: Desk, serious_app: Flask, phone: str
) -> None:
    stranger = Person(serious_app, None)
    answer = stranger.post(MESSAGES, {"phone": phone, "text": "Hola"})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert support.admin.get("/customers", search=phone[1:]).json["data"] == []
    # Without a secret no signature is valid, not even one with an empty secret.
    for secret in ("", "None", SHARED):
        body = {"phone": phone, "identityHash": vouched(phone, secret)}
        assert stranger.post(SESSIONS, body).status_code == 403


def test_the_simulator_writes_as_a_phones_owner(support: Desk, phone: str) -> None:
    owner = support.customer(phone=phone)
    answer = support.nobody.post(MESSAGES, {"phone": phone, "text": "Hola"})
    assert answer.status_code == 202
    path = f"/conversations/{answer.json['conversationId']}"
    assert support.ana.get(path).json["customer"]["customerId"] == owner["customerId"]
    assert support.nobody.post(MESSAGES, {"text": "Hola"}).status_code == 422
