"""Meta's webhook: the handshake, the signature, and valid and invalid deliveries."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.channels.meta import WEBHOOK, User, contact, deliver, delivery, signature
from tests.desk import Desk, wait_for


def handshake(desk: Desk, **changed: str) -> Any:
    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": "a-verify-token",
        "hub.challenge": "1158201444",
    }
    return desk.nobody.get(WEBHOOK, **(asked | {f"hub.{name}": v for name, v in changed.items()}))


def test_the_handshake_repeats_the_challenge_as_plain_text(counter: Desk) -> None:
    answer = handshake(counter)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed", [{"verify_token": "another"}, {"verify_token": "é"}, {"mode": "unsubscribe"}]
)
def test_a_handshake_with_another_token_is_refused(counter: Desk, changed: dict[str, str]) -> None:
    answer = handshake(counter, **changed)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert "1158201444" not in answer.text


def test_without_settings_there_is_no_such_channel(desk: Desk) -> None:
    assert handshake(desk).status_code == 404
    assert deliver(desk, delivery()).status_code == 404


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256=" + "0" * 64, "sha1=x", "é", signature(b"{}", "another")]
)
def test_an_unsigned_delivery_is_refused(counter: Desk, user: User, header: str) -> None:
    payload = delivery(user.value(user.message("Hola")))
    answer = deliver(counter, payload, **{"X-Hub-Signature-256": header})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert user.conversation() is None


def test_the_signature_is_of_the_bytes_as_they_came(counter: Desk, user: User) -> None:
    body = json.dumps(delivery(user.value(user.message("¿Están?"))), indent=3).encode()
    assert deliver(counter, body).status_code == 200
    assert user.texts()[0] == "¿Están?"
    changed = {"X-Hub-Signature-256": signature(body)}
    assert deliver(counter, body + b" ", **changed).status_code == 403


def test_a_delivery_over_3_mb_is_refused_and_a_large_one_accepted(counter: Desk) -> None:
    assert deliver(counter, b" " * (3 * 1024 * 1024)).status_code == 200
    answer = deliver(counter, b" " * (3 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_a_message_is_answered_in_the_customers_conversation(user: User) -> None:
    user.says("Quiero abrir un ticket: no me llega la factura")
    answer = user.answer()
    assert "TICKET-" in answer["text"]
    conversation = user.conversation()
    assert conversation["channel"] == "whatsapp"
    assert conversation["customer"]["name"] == "Lucía Ferrer"
    assert conversation["customer"]["phone"] == f"+{user.phone}"


def test_several_entries_changes_and_messages_all_count(counter: Desk) -> None:
    users = [User(counter) for _ in range(3)]
    first, second, third = users
    both = {
        "contacts": [contact(u.phone, None, name) for u, name in ((first, "Uno"), (second, "Dos"))],
        "messages": [first.message("a1"), second.message("b1"), first.message("a2")],
    }
    payload = delivery(both, third.value(third.message("c1")))
    payload["entry"] += delivery(third.value(third.message("c2")))["entry"]
    assert deliver(counter, payload).status_code == 200
    own = [[text for text in user.texts() if len(text) == 2] for user in users]
    assert own == [["a1", "a2"], ["b1"], ["c1", "c2"]]
    assert first.conversation()["customer"]["name"] == "Uno"
    assert second.conversation()["customer"]["name"] == "Dos"


def test_a_delivery_repeated_for_days_is_one_message_and_one_ticket(
    counter: Desk, user: User
) -> None:
    payload = delivery(user.value(user.message("Quiero abrir un ticket: no funciona la tarjeta")))
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: deliver(counter, payload).status_code, range(5)))
    assert answers == [200] * 5
    user.answer()
    deliver(counter, payload)
    assert [m["author"]["type"] for m in user.transcript()] == ["customer", "assistant"]
    path = f"/conversations/{user.conversation()['conversationId']}/tickets"
    assert len(counter.ana.get(path).json["data"]) == 1
    assert counter.ana.get("/customers").json["pagination"]["total"] == 1


def test_messages_delivered_in_disorder_read_in_the_order_they_were_written(
    counter: Desk, user: User
) -> None:
    user.says("y además la app no abre", timestamp="1763800000")  # long ago: kept as of now
    conversation = user.conversation()["conversationId"]
    counter.ana.put(f"/conversations/{conversation}/mode", {"mode": "human"})
    second = user.message("segundo")
    first = user.message("primero")
    first["timestamp"] = str(int(second["timestamp"]) - 60)
    for message in (second, first):
        deliver(counter, delivery(user.value(message)))
    texts = user.texts()
    assert texts.index("primero") < texts.index("segundo")
    # The time of the conversation is that of its latest message, which is now.
    assert user.conversation()["lastMessageAt"] > user.transcript()[0]["createdAt"]


def test_another_number_of_the_same_app_is_not_ours(counter: Desk, user: User) -> None:
    payload = delivery(user.value(user.message("Hola")), metadata={"phone_number_id": "999"})
    assert deliver(counter, payload).status_code == 200
    assert user.conversation() is None


@pytest.mark.parametrize(
    ("kind", "body", "text", "media"),
    [
        ("image", {"id": "M1", "caption": "la foto"}, "la foto", ("image", "M1")),
        ("audio", {"id": "M2", "voice": True}, "", ("audio", "M2")),
        ("document", {"id": "M3", "filename": "a.pdf"}, "", ("document", "M3")),
        ("sticker", {}, "", ("sticker", None)),
        ("order", {"catalog_id": "1"}, "", ("order", None)),
        ("unsupported", {}, "", ("unsupported", None)),
        ("location", {"latitude": 40.4, "longitude": -3.7, "name": "Sol"}, "Sol\n40.4", None),
        ("location", {"latitude": 10**400, "longitude": None}, "", ("location", None)),
        ("button", {"text": "Sí"}, "Sí", None),
        ("interactive", {"list_reply": {"id": "1", "title": "Envíos"}}, "Envíos", None),
        ("edit", {"message": {"type": "text", "text": {"body": "la 7"}}}, "la 7", None),
        ("edit", {"message": {"type": "edit", "edit": {"message": {}}}}, "", ("edit", None)),
        ("edit", {}, "", ("unknown", None)),
    ],
)
def test_every_kind_of_message_reaches_the_agents(
    user: User, kind: str, body: Any, text: str, media: tuple[str, str | None] | None
) -> None:
    user.says(type=kind, **{kind: body})
    message = user.transcript()[0]
    assert message["text"].startswith(text) if text else message["text"] == ""
    assert message["media"] == (media and {"type": media[0], "mediaId": media[1]})


def test_a_file_without_words_is_answered_in_the_customers_language(user: User) -> None:
    user.says("Hello, I would like to know what you can do for me, please")
    user.answer()
    user.says(type="image", image={"id": "M1"})
    assert "I can only read text here" in user.answer()["text"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("reaction", {"message_id": "wamid.1", "emoji": "👍"}),
        ("revoke", {"original_message_id": "wamid.1"}),
        ("system", {"body": "changed their number", "type": "user_changed_number"}),
    ],
)
def test_an_empty_message_gets_no_answer(user: User, kind: str, body: Any) -> None:
    user.says("Hola")
    user.answer()
    user.says(type=kind, **{kind: body})
    assert [m["author"]["type"] for m in user.transcript()] == ["customer", "assistant"]


_NONSENSE: list[Any] = [
    None,
    [],
    "text",
    7,
    {},
    {"entry": None},
    {"entry": {"changes": []}},
    {"entry": [None, 1, "x", {"changes": [None, {"value": 3}, {"value": {"messages": "x"}}]}]},
]


@pytest.mark.parametrize("payload", _NONSENSE, ids=range(len(_NONSENSE)))
def test_a_signed_delivery_of_nonsense_is_accepted(counter: Desk, payload: Any) -> None:
    assert deliver(counter, payload).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200_000, b'{"a": NaN}'], ids=range(5))
def test_a_signed_body_that_is_not_json_is_accepted(counter: Desk, body: bytes) -> None:
    assert deliver(counter, body).status_code == 200


_WRONG: list[dict[str, Any]] = [
    {"id": None},
    {"id": 5},
    {"id": ""},
    {"id": "w" * 1000},
    {"from": ["x"]},
    {"timestamp": "soon"},
    {"timestamp": "9" * 5000},
    {"timestamp": -1},
    {"type": None},
    {"type": {"$gt": ""}},
    {"type": "image", "image": "M1"},
    {"type": "text", "text": None},
    {"type": "text", "text": {"body": {"$gt": ""}}},
    {"type": "text", "text": {"body": "x\u0000\ud800y"}},
    {"type": "text", "text": {"body": "a" * 100_000}},
    {"type": "contacts", "contacts": [1, {"name": 2, "phones": [None]}]},
]


@pytest.mark.parametrize("wrong", _WRONG, ids=range(len(_WRONG)))
def test_a_bad_message_does_not_affect_the_next(
    counter: Desk, user: User, wrong: dict[str, Any]
) -> None:
    payload = delivery(user.value(user.message("antes") | wrong, user.message("después")))
    payload["entry"][0]["changes"][0]["value"]["statuses"] = [None, {}, {"id": 1, "status": []}]
    assert deliver(counter, payload).status_code == 200
    assert "después" in user.texts()
    for message in user.transcript():
        assert "\u0000" not in message["text"]
        assert len(message["text"]) <= 4096


def test_messages_that_come_while_people_answer_wait_for_people(counter: Desk, user: User) -> None:
    user.says("Hola")
    user.answer()
    user.is_told("Soy Ana.")
    user.says("Gracias, Ana")
    assert user.conversation()["unanswered"] is True
    other = User(counter)
    other.says("Hola")
    other.answer()
    assert user.texts()[-1] == "Gracias, Ana"


def test_an_unavailable_database_makes_meta_deliver_again(
    counter: Desk, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymongo.errors import ServerSelectionTimeoutError  # noqa: PLC0415 - of this test alone

    from backend.conversations.repository import ConversationRepository  # noqa: PLC0415

    def away(*_args: object, **_kwargs: object) -> None:
        raise ServerSelectionTimeoutError("away")

    payload = delivery(user.value(user.message("Hola")))
    with monkeypatch.context() as patch:
        patch.setattr(ConversationRepository, "store_message", away)
        assert deliver(counter, payload).status_code == 503
    assert deliver(counter, payload).status_code == 200
    wait_for(lambda: user.texts()[:1] == ["Hola"])
