"""Delivery to WhatsApp: in order, once, with retries and reported states."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.app import SERVICES
from backend.channels.outbox import job_kind
from backend.channels.text import split
from backend.common.actor import ASSISTANT
from backend.common.documents import new_id, utcnow
from backend.conversations.service import first_delivery
from tests.channels.graph import Answer, Graph, error
from tests.channels.meta import User, deliver, delivery
from tests.desk import Desk, wait_for

DELIVER = job_kind("whatsapp")


@pytest.fixture
def known(user: User, graph: Graph) -> User:
    """A customer who has written, and to whom nothing but the test's own words is sent."""
    user.says("Hola")
    wait_for(lambda: graph.texts)
    user.sent(user.answer())
    user.desk.ana.put(
        f"/conversations/{user.conversation()['conversationId']}/mode", {"mode": "human"}
    )
    graph.received.clear()
    return user


def status(wamid: str, name: str, **more: Any) -> dict[str, Any]:
    return {"statuses": [{"id": wamid, "status": name, "timestamp": "1763800000", **more}]}


def stored(user: User, message: Any) -> Any:
    return user.desk.db["messages"].find_one({"messageId": message["messageId"]})


def wamid_of(user: User, message: Any) -> str:
    wamid: str = stored(user, message)["externalIds"][-1]
    return wamid


def test_the_assistants_answer_is_sent_to_the_phone(user: User, graph: Graph) -> None:
    user.says("Hola")
    answer = user.answer()
    assert user.sent(answer) == {"status": "sent", "error": None}
    (message,) = (sent for sent in graph.received if sent.get("to") == user.phone)
    assert message["text"]["body"] == answer["text"]


def test_a_user_without_a_phone_is_answered_by_user_id(counter: Desk, graph: Graph) -> None:
    user = User(counter, user_id="ES.13491208655302741918")
    user.says("Hola")
    user.sent(user.answer())
    assert graph.received[0]["recipient"] == "ES.13491208655302741918"
    assert user.conversation()["customer"]["phone"] is None


def test_an_agents_answer_is_pending_until_it_has_left(known: User, graph: Graph) -> None:
    held = graph.holds()
    message = known.is_told("Soy Ana.")
    assert message["delivery"] == {"status": "pending", "error": None}
    wait_for(lambda: graph.texts)
    held.set()
    known.sent(message)
    assert graph.texts == ["Soy Ana."]


@pytest.mark.parametrize(
    "failure",
    [
        Answer(500, b"oops"),
        Answer(503),
        Answer(429, headers={"Retry-After": "1"}),
        error(131056, status=400),
        error(130429, status=429),
        error(190, status=401),
    ],
    ids=["500", "503", "429", "pair rate", "rate", "token"],
)
def test_temporary_failures_are_retried_in_order(
    known: User, graph: Graph, failure: Answer
) -> None:
    graph.then(failure)
    first, second = known.is_told("Uno"), known.is_told("Dos")
    known.sent(second)
    assert known.delivery_of(first) == {"status": "sent", "error": None}
    assert graph.texts == ["Uno", "Uno", "Dos"]


def due_at(known: User) -> Any:
    """When the conversation's messages are sent again."""
    jobs = known.desk.db["jobs"]
    job_id = f"{DELIVER}:{known.conversation()['conversationId']}"
    return wait_for(lambda: jobs.find_one({"_id": job_id, "owner": None}))["dueAt"]


def test_retry_after_is_obeyed(known: User, graph: Graph) -> None:
    graph.then(Answer(429, headers={"Retry-After": "3600"}))
    message = known.is_told("Uno")
    wait_for(lambda: known.delivery_of(message)["error"])
    wait = due_at(known) - utcnow()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)
    assert known.delivery_of(message)["status"] == "pending"


def test_when_the_answer_is_lost_a_report_has_time_to_come(known: User, graph: Graph) -> None:
    graph.then(Answer(cut=True))
    message = known.is_told("Uno")
    wait_for(lambda: known.delivery_of(message)["error"])
    wait = due_at(known) - utcnow()
    assert timedelta(seconds=10) < wait <= timedelta(seconds=16)
    reference = graph.received[0]["biz_opaque_callback_data"]
    told = status("wamid.lost", "sent", biz_opaque_callback_data=reference)
    deliver(known.desk, delivery(told))
    assert known.delivery_of(message) == {"status": "sent", "error": None}
    known.sent(known.is_told("Dos"))
    assert graph.texts == ["Uno", "Dos"]


def test_when_no_report_comes_it_is_sent_again(
    known: User, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.channels.whatsapp.graph.REPORTS_WITHIN", timedelta(seconds=1))
    graph.then(Answer(cut=True))
    known.sent(known.is_told("Uno"))
    assert graph.texts == ["Uno", "Uno"]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (error(131047, "(#131047) Re-engagement message"), "más de 24 horas"),
        (error(131026), "no puede recibirlo"),
        (error(100, "(#100) Invalid parameter"), "Invalid parameter"),
        (Answer(404, b"not json"), "404"),
        (Answer(400, {"error": {"code": [], "message": 3}}), "no ha dicho por qué"),
    ],
    ids=["window", "undeliverable", "other", "not json", "nonsense"],
)
def test_a_permanent_failure_has_a_reason_and_flags_the_conversation(
    known: User, graph: Graph, failure: Answer, words: str
) -> None:
    graph.then(failure)
    message = known.is_told("Uno")
    failed = known.sent(message, "failed")
    assert words in failed["error"]
    flagged = wait_for(lambda: known.conversation()["flagged"])
    assert flagged["reason"] == failed["error"]
    # Those behind it are not held up.
    known.sent(known.is_told("Dos"))
    assert graph.texts == ["Uno", "Dos"]


@pytest.mark.parametrize("seconds", ["90000", "9" * 12, "9" * 30])
def test_a_message_that_could_not_leave_for_a_day_fails(
    known: User, graph: Graph, seconds: str
) -> None:
    graph.then(Answer(503, headers={"Retry-After": seconds}))
    assert "no responde" in known.sent(known.is_told("Uno"), "failed")["error"]


def test_a_delivery_status_never_goes_back(known: User, graph: Graph) -> None:
    message = known.is_told("Uno")
    known.sent(message)
    wamid = wamid_of(known, message)
    seen = []
    for name in ("sent", "read", "delivered", "sent", "failed", "read"):
        assert deliver(known.desk, delivery(status(wamid, name))).status_code == 200
        seen.append(known.delivery_of(message)["status"])
    assert seen == ["sent", "read", "read", "read", "read", "read"]


def test_a_failure_reported_later_is_shown(known: User) -> None:
    message = known.is_told("Uno")
    known.sent(message)
    wamid = wamid_of(known, message)
    errors = [{"code": 131047, "title": "Re-engagement message"}]
    deliver(known.desk, delivery(status(wamid, "failed", errors=errors)))
    deliver(known.desk, delivery(status(wamid, "delivered")))
    failed = known.delivery_of(message)
    assert failed["status"] == "failed"
    assert failed["error"].endswith("(131047)")
    assert known.conversation()["flagged"]["reason"] == failed["error"]


def test_a_status_of_an_unknown_message_is_ignored(known: User) -> None:
    before = known.transcript()
    for name in ("delivered", "failed"):
        told = status("wamid.unknown", name, biz_opaque_callback_data="unknown", errors=[None])
        assert deliver(known.desk, delivery(told)).status_code == 200
    assert known.transcript() == before


def test_a_status_may_overtake_the_answer_to_the_request(known: User, graph: Graph) -> None:
    held = graph.holds()
    message = known.is_told("Uno")
    wait_for(lambda: graph.received)
    reference = graph.received[0]["biz_opaque_callback_data"]
    told = status("wamid.early", "delivered", biz_opaque_callback_data=reference)
    deliver(known.desk, delivery(told))
    assert known.delivery_of(message) == {"status": "delivered", "error": None}
    held.set()
    known.sent(known.is_told("Dos"))
    assert known.delivery_of(message)["status"] == "delivered"
    assert graph.texts == ["Uno", "Dos"]


def test_a_long_answer_leaves_in_parts(known: User, graph: Graph) -> None:
    """Only the assistant writes such, so here it is found in the outbox as after a restart."""
    paragraphs = [f"{number} " + "palabra " * 150 for number in range(5)]
    text = "\n\n".join(paragraphs).strip()
    graph.then(Answer(), Answer(500, b"in the middle"))
    message = {"messageId": new_id()}
    known.desk.db["messages"].insert_one(
        {
            **message,
            "_id": new_id(),
            "conversationId": known.conversation()["conversationId"],
            "author": ASSISTANT.as_author(),
            "text": text,
            "media": None,
            "delivery": first_delivery("whatsapp"),
            "createdAt": utcnow(),
        }
    )
    jobs = known.desk.app.extensions[SERVICES].jobs
    jobs.start(jobs.enqueue(DELIVER, known.conversation()["conversationId"]))
    known.sent(message)
    sent = graph.texts
    assert sent[1] == sent[2]  # the one that failed, again; not the one before
    del sent[1]
    assert len(sent) == 2
    assert "".join("".join(sent).split()) == "".join(text.split())
    # The last part's statuses are the message's.
    wamids = stored(known, message)["externalIds"]
    deliver(known.desk, delivery(status(wamids[0], "read")))
    assert known.delivery_of(message)["status"] == "sent"
    deliver(known.desk, delivery(status(wamids[1], "delivered")))
    assert known.delivery_of(message)["status"] == "delivered"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("short", ["short"]),
        ("a b c d e f", ["a b c d e", "f"]),
        ("aaaaaa\n\nbb cc", ["aaaaaa", "bb cc"]),
        ("Uno dos. Tres", ["Uno dos.", "Tres"]),
        ("x" * 25, ["x" * 10, "x" * 10, "x" * 5]),
        ("x" * 10, ["x" * 10]),
        ("x" + "👍🏽" * 6, ["x" + "👍🏽" * 4, "👍🏽" * 2]),
        ("👩‍👩‍👧" * 3, ["👩‍👩‍👧" * 2, "👩‍👩‍👧"]),
        ("xx" + "👩‍👩‍👧" * 2, ["xx👩‍👩‍👧", "👩‍👩‍👧"]),
        ("x" + "e\u0301" * 5, ["x" + "e\u0301" * 4, "e\u0301"]),
        ("\u200d" * 12, ["\u200d" * 10, "\u200d" * 2]),
    ],
)
def test_texts_are_split_where_a_reader_would_pause(text: str, parts: list[str]) -> None:
    assert split(text, 10) == parts


def test_many_conversations_are_sent_side_by_side(counter: Desk, graph: Graph) -> None:
    """One that WhatsApp keeps waiting does not hold up the others."""
    users = [User(counter) for _ in range(5)]
    held = graph.holds()
    for user in users:
        user.says("Hola")
    answers = {user: user.answer() for user in users}
    waiting = [user for user in users if user.delivery_of(answers[user])["status"] == "pending"]
    wait_for(lambda: len(graph.received) == len(users))
    wait_for(lambda: sum(u.delivery_of(answers[u])["status"] == "pending" for u in users) == 1)
    assert waiting
    held.set()
    for user in users:
        user.sent(answers[user])


def test_the_address_is_the_one_the_customer_wrote_from_last(known: User, graph: Graph) -> None:
    """Mexican numbers keep an extra 1 in WhatsApp, and are answered as WhatsApp has them."""
    mexican = User(known.desk, phone="5215512345678")
    mexican.says("Hola")
    wait_for(lambda: graph.received)
    assert graph.received[0]["to"] == "5215512345678"
    customers = known.desk.ana.get("/customers", search="+525512345678").json["data"]
    assert [customer["phone"] for customer in customers] == ["+525512345678"]
