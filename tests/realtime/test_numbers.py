"""Ticket numbers from several processes at once: no duplicates and no gaps."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.test_sla import Clock
from tests.conftest import SECRET_KEY
from tests.live import LiveDesk, LiveServer

PROCESSES = 3
CREATES = 240
AT_ONCE = 24


@pytest.fixture(scope="module")
def desks(
    mongodb_uri: str, password_hash: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[LiveDesk]]:
    """People at three servers that share a database."""
    with ExitStack() as stack:
        found = []
        for number in range(PROCESSES):
            live = LiveServer(
                "eventlet",
                tmp_path_factory.mktemp("numbers") / f"output{number}",
                MONGODB_URI=mongodb_uri,
                MONGODB_DB="live_numbers",
                SECRET_KEY=SECRET_KEY,
            )
            live.start()
            stack.callback(live.stop)
            found.append(LiveDesk(live, password_hash))
            stack.callback(found[-1].close)
        yield found


def sequences(tickets: list[Any]) -> list[int]:
    return sorted(int(ticket["ticketId"].rsplit("-", 1)[1]) for ticket in tickets)


def test_many_at_once_get_numbers_without_gap_or_repeat(desks: list[LiveDesk]) -> None:
    bodies = [desk.ticket_body() for desk in desks]
    before = desks[0].ticket()

    def create(number: int) -> Any:
        which = number % PROCESSES
        answer = desks[which].supervisor.post(
            "/tickets", bodies[which], Idempotency_Key=f"key {number}"
        )
        assert answer.status_code == 201, answer.text
        return answer.json

    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = list(pool.map(create, range(CREATES)))
    [first] = sequences([before])
    assert sequences(made) == list(range(first + 1, first + 1 + CREATES))
    assert all(desks[0].server.db["tickets"].find_one({"_id": t["ticketId"]}) for t in made)


def test_one_key_sent_to_all_at_once_makes_one_ticket(desks: list[LiveDesk]) -> None:
    body = desks[0].ticket_body()
    token = desks[0].supervisor.token
    before = desks[0].ticket()

    def create(number: int) -> Any:
        desk = desks[number % PROCESSES]
        return desk.nobody.post(
            "/tickets", body, Idempotency_Key="the same", Authorization=f"Bearer {token}"
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(create, range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["ticketId"] for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
    assert replayed.count(None) == 1
    assert replayed.count("true") == AT_ONCE - 1
    # Nor has any of them used up a number.
    [first, one, last] = sequences([before, answers[0].json, desks[0].ticket()])
    assert (one, last) == (first + 1, first + 2)


def test_concurrent_first_tickets_of_a_year_start_at_one(desks: list[LiveDesk]) -> None:
    """Midnight of New Year's Eve in UTC, passed while many create."""
    db = desks[0].server.db
    last, first = datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    clocks = [last] * 20 + [first] * 20

    def create(now: datetime) -> str:
        clock = Clock(db)
        clock.now = now
        return str(clock.ticket()["_id"])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = sorted(pool.map(create, clocks))
    assert made == [
        f"TICKET-{year}-{sequence:06d}" for year in (2030, 2031) for sequence in range(1, 21)
    ]
