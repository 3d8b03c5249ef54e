"""A channel is a folder and a registration: shared code sends and receives through any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask

from backend.app import SERVICES, create_app
from backend.assistant.loop import REPLY
from backend.channels import registry
from backend.channels.base import Failed, Retry
from backend.channels.outbox import job_kind
from backend.collections import FEATURES
from backend.conversations import channels
from backend.platform.database import connect, prepare
from backend.settings import Settings
from tests import conformance
from tests.channels.pigeon import Pigeon, blueprint
from tests.desk import Desk, wait_for

SECONDS = 30  # until the assistant has answered; it loads its examples first

_numbers = count(1)


@pytest.fixture(scope="module")
def pigeon_app(settings: Settings) -> Iterator[Flask]:
    """An application with a channel that no shared code knows."""
    own = settings.model_copy(update={"mongodb_db": "mostrador_pigeon"})
    db = connect(own)
    prepare(db, FEATURES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "REGISTERED", dict(registry.REGISTERED))
        patch.setattr(channels, "DECLARED", dict(channels.DECLARED))
        patch.setattr(conformance, "_specifications", [])
        registry.register(Pigeon, blueprint)
        app = create_app(own)
        yield app
    app.extensions[SERVICES].db.client.close()
    db.client.close()


@pytest.fixture
def desk(pigeon_app: Flask, password_hash: str) -> Iterator[Desk]:
    desk = Desk(pigeon_app, pigeon_app.extensions[SERVICES].db, password_hash)
    yield desk
    under_way = {"kind": {"$in": [REPLY, job_kind("pigeon")]}}
    wait_for(lambda: desk.db["jobs"].find_one(under_way) is None)
    for name in ("conversations", "messages", "customers"):
        desk.db[name].delete_many({})


@pytest.fixture
def pigeon(desk: Desk) -> Pigeon:
    found = desk.app.extensions[SERVICES].channels.get("pigeon")
    assert isinstance(found, Pigeon)
    found.sent.clear()
    found.next_results.clear()
    return found


def land(desk: Desk, note: str, loft: str = "north", **more: Any) -> None:
    brought = {"loft": loft, "note": note, "feather": f"in{next(_numbers)}"} | more
    answer = desk.nobody.post("/channels/pigeon/landings", brought)
    assert answer.status_code == 204, answer.text


def conversation(desk: Desk) -> Any:
    [found] = desk.ana.get("/conversations", channel="pigeon").json["data"]
    return found


def messages(desk: Desk) -> list[Any]:
    path = f"/conversations/{conversation(desk)['conversationId']}/messages"
    listed: list[Any] = desk.ana.get(path).json["data"]
    return listed


def by_hand(desk: Desk, note: str = "Coo") -> str:
    """Let a note land in a conversation that people answer; the path of its messages."""
    land(desk, note)
    wait_for(lambda: len(messages(desk)) == 2, SECONDS)
    wait_for(lambda: messages(desk)[-1]["delivery"]["status"] == "sent")
    path = f"/conversations/{conversation(desk)['conversationId']}"
    assert desk.ana.put(f"{path}/mode", {"mode": "human"}).status_code == 200
    return f"{path}/messages"


def delivery_of(desk: Desk, text: str) -> Any:
    [found] = [message["delivery"] for message in messages(desk) if message["text"] == text]
    return found


def test_the_assistant_answers_a_note_in_parts_that_a_pigeon_can_carry(
    desk: Desk, pigeon: Pigeon
) -> None:
    land(desk, "Quiero abrir un ticket: el palomar tiene goteras")
    wait_for(lambda: len(messages(desk)) == 2, SECONDS)
    note, answer = messages(desk)
    assert note["text"] == "Quiero abrir un ticket: el palomar tiene goteras"
    assert answer["author"]["type"] == "assistant"
    wait_for(lambda: messages(desk)[-1]["delivery"] == {"status": "sent", "error": None})
    assert len(pigeon.sent) > 1
    assert all(len(sent.text) <= 40 for sent in pigeon.sent)
    assert "".join("".join(s.text for s in pigeon.sent).split()) == "".join(answer["text"].split())
    assert {tuple((sent.address or {}).items()) for sent in pigeon.sent} == {(("loft", "north"),)}
    found = conversation(desk)
    assert (found["channel"], found["customer"]["name"]) == ("pigeon", "Loft north")
    customer = desk.ana.get(f"/customers/{found['customer']['customerId']}").json
    assert customer["identities"] == [
        {"channel": "pigeon", "value": "north", "verified": True, "current": True}
    ]
    assert (customer["phone"], customer["whatsappUserId"]) == (None, None)


def test_a_note_that_lands_twice_is_one_message(desk: Desk, pigeon: Pigeon) -> None:
    for _ in range(2):
        land(desk, "Coo", feather="the same")
    wait_for(lambda: len(messages(desk)) == 2, SECONDS)
    assert [message["author"]["type"] for message in messages(desk)] == ["customer", "assistant"]


def test_an_agents_answer_is_sent_again_when_the_channel_asks_for_it(
    desk: Desk, pigeon: Pigeon
) -> None:
    path = by_hand(desk)
    pigeon.sent.clear()
    pigeon.next_results.append(Retry("A storm.", timedelta(seconds=1)))
    sent = desk.ana.post(path, {"text": "Soy Ana."}).json
    assert sent["delivery"] == {"status": "pending", "error": None}
    wait_for(lambda: delivery_of(desk, "Soy Ana.")["error"] == "A storm.")
    wait_for(lambda: delivery_of(desk, "Soy Ana.") == {"status": "sent", "error": None})
    assert [message.text for message in pigeon.sent] == ["Soy Ana.", "Soy Ana."]


def test_an_answer_that_the_channel_refuses_fails_and_asks_for_a_person(
    desk: Desk, pigeon: Pigeon
) -> None:
    path = by_hand(desk)
    pigeon.next_results.append(Failed("The loft is gone.", "404"))
    desk.ana.post(path, {"text": "¿Sigue ahí?"})
    failed = {"status": "failed", "error": "The loft is gone."}
    wait_for(lambda: delivery_of(desk, "¿Sigue ahí?") == failed)
    assert conversation(desk)["flagged"]["reason"] == "The loft is gone."
    desk.ana.post(path, {"text": "¿Y ahora?"})
    wait_for(lambda: delivery_of(desk, "¿Y ahora?")["status"] == "sent")


def test_a_receipt_of_the_channel_is_shown(desk: Desk, pigeon: Pigeon) -> None:
    path = by_hand(desk)
    desk.ana.post(path, {"text": "Soy Ana."})
    wait_for(lambda: delivery_of(desk, "Soy Ana.")["status"] == "sent")
    [external_id] = desk.db["messages"].find_one({"text": "Soy Ana."})["externalIds"]  # type: ignore[index]
    desk.nobody.post("/channels/pigeon/landings", {"arrived": external_id})
    assert delivery_of(desk, "Soy Ana.")["status"] == "delivered"


def test_a_channel_may_separate_threads_of_one_customer(desk: Desk, pigeon: Pigeon) -> None:
    for ring in ("blue", "red", "blue"):
        land(desk, f"About {ring}", ring=ring)
    found = desk.ana.get("/conversations", channel="pigeon").json["data"]
    assert len(found) == 2
    assert len({thread["customer"]["customerId"] for thread in found}) == 1


def test_the_api_describes_the_channel(desk: Desk, pigeon: Pigeon) -> None:
    schemas = desk.nobody.get("/openapi.json").json["components"]["schemas"]
    described = schemas["Conversation"]["properties"]["channel"]
    assert described["enum"] == ["web", "whatsapp", "pigeon"]
    assert desk.ana.get("/conversations", channel="owl").status_code == 422
