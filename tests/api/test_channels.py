"""The web channel over HTTP: identification of visitors, and their permissions."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from backend.settings import Settings
from tests.desk import Desk, Person

PHONE = "+34600123456"


@pytest.fixture
def vouched(settings: Settings) -> str:
    """Return the site's signature for the phone."""
    assert settings.web_chat_secret
    return hmac.new(settings.web_chat_secret.encode(), PHONE.encode(), hashlib.sha256).hexdigest()


def opened(desk: Desk, **identity: Any) -> Any:
    answer = desk.nobody.post("/channels/web/sessions", identity)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_phone_without_a_signature_identifies_nobody(desk: Desk) -> None:
    owner = desk.customer(phone=PHONE)["customerId"]
    session = opened(desk, name="Somebody", phone=PHONE)
    customer = desk.ana.get(f"/conversations/{session['conversationId']}").json["customer"]
    assert customer["customerId"] != owner
    assert customer["phone"] is None


def test_a_signed_phone_identifies_the_visitor(desk: Desk, vouched: str) -> None:
    owner = desk.customer(phone=PHONE)["customerId"]
    for typed, proof in (
        (PHONE, vouched),
        ("+34 600 12 34 56", vouched.upper()),
    ):
        session = opened(desk, phone=typed, identityHash=proof)
        customer = desk.ana.get(f"/conversations/{session['conversationId']}").json["customer"]
        assert customer["customerId"] == owner


@pytest.mark.parametrize("proof", ["0" * 64, "x", "é", "0" * 128])
def test_a_wrong_word_is_refused(desk: Desk, proof: str) -> None:
    answer = desk.nobody.post("/channels/web/sessions", {"phone": PHONE, "identityHash": proof})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert desk.ana.get("/customers").json["data"] == []


def test_a_signature_is_valid_for_one_phone_only(desk: Desk, vouched: str) -> None:
    other = {"phone": "+34600123457", "identityHash": vouched}
    assert desk.nobody.post("/channels/web/sessions", other).status_code == 403


def test_visitors_read_their_own_conversation_only(desk: Desk) -> None:
    first, second = (Person(desk.app, opened(desk)["visitorToken"]) for _ in range(2))
    first.post("/channels/web/messages", {"text": "a secret of the first"})
    assert "a secret of the first" in first.get("/channels/web/messages").text
    assert second.get("/channels/web/messages").json["data"] == []


def test_a_visitors_token_opens_no_agent_endpoint(desk: Desk) -> None:
    session = opened(desk)
    visitor = Person(desk.app, session["visitorToken"])
    for path in ("/tickets", "/customers", "/conversations", "/agents", "/auth/me"):
        assert visitor.get(path).status_code == 401
    path = f"/conversations/{session['conversationId']}/messages"
    assert visitor.post(path, {"text": "x"}).status_code == 401


def test_the_simulator_writes_as_any_phones_owner(desk: Desk) -> None:
    owner = desk.customer(phone=PHONE)["customerId"]
    first = desk.nobody.post("/channels/web/messages", {"phone": PHONE, "text": "hola"})
    assert first.status_code == 202
    conversation = desk.ana.get(f"/conversations/{first.json['conversationId']}").json
    assert conversation["customer"]["customerId"] == owner
    again = Person(desk.app, first.json["visitorToken"])
    assert "hola" in again.get("/channels/web/messages").text
    missing = desk.nobody.post("/channels/web/messages", {"text": "hola"})
    assert (missing.status_code, list(missing.json["errors"])) == (422, ["phone"])


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_bad_token_does_not_count_as_the_simulator(desk: Desk, token: str) -> None:
    answer = desk.nobody.request(
        "POST",
        "/channels/web/messages",
        json={"phone": PHONE, "text": "x"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 401
    assert desk.nobody.get("/channels/web/messages").status_code == 401


def test_the_31st_message_of_a_visitor_in_a_minute_has_to_wait(desk: Desk) -> None:
    session = opened(desk)
    desk.ana.put(f"/conversations/{session['conversationId']}/mode", {"mode": "human"})
    visitor = Person(desk.app, session["visitorToken"])
    statuses = [
        visitor.request(
            "POST",
            "/channels/web/messages",
            json={"text": f"{number}"},
            environ_overrides={"REMOTE_ADDR": f"10.2.0.{number}"},
        ).status_code
        for number in range(31)
    ]
    assert statuses == [202] * 30 + [429]
    assert len(visitor.get("/channels/web/messages", limit=100).json["data"]) == 30


def test_the_601st_request_of_an_address_in_a_minute_has_to_wait(desk: Desk) -> None:
    def ask() -> Any:
        return desk.nobody.request(
            "GET", "/channels/web/messages", environ_overrides={"REMOTE_ADDR": "10.3.0.1"}
        )

    assert {ask().status_code for _ in range(600)} == {401}
    answer = ask()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
