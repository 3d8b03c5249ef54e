"""Measure two limits that more machines do not raise: the counter of ticket numbers, and fan-out.

The counter is incremented in a real MongoDB, as for a new ticket. Fan-out is simulated: events go
through python-socketio's rooms, filled by the real visibility rule, to sockets that only count.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import socketio

from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Db, new_id
from backend.launcher.embedded import EmbeddedMongo
from backend.platform.database import connect
from backend.settings import load_settings
from backend.tickets.models import ticket_of
from backend.tickets.repository import TicketRepository
from backend.tickets.visibility import rooms_for, rooms_of
from bench import report

PROCESSES = 4
CALLERS = (1, 8, 32)  # concurrent, in all processes together
SECONDS = 3.0
BLOCK = 50  # numbers that a process would reserve together
YEAR = 2026

AGENTS = (100, 1_000, 10_000, 100_000)
SUPERVISORS = 0.1
UNASSIGNED = 0.2  # fraction of changes on unassigned tickets
EVENTS = 100
EVENT = {"ticketId": "TICKET-2026-000123", "ticket": {"subject": "x" * 1_000}}
CHANGES_AN_HOUR = 20  # of each agent
TEAM = 200  # agents, if rooms followed teams
# Copies a second: half of the result of `make bench-events`, to leave room for a rush.
ONE_PROCESS = 11_000


@click.command()
def main() -> None:
    machine = report.machine()
    click.echo("→ the counter …")
    with (
        TemporaryDirectory(prefix="mostrador-bench-") as folder,
        EmbeddedMongo(Path(folder)) as mongo,
    ):
        counter = _measure_counter(mongo.uri)
    click.echo("→ fan-out …")
    fan_out = [_simulate(agents, agents) for agents in AGENTS]
    fan_out.append(_simulate(AGENTS[-1], TEAM))
    path = report.write({"machine": machine, "counter": counter, "fanOut": fan_out}, "ceilings")
    lines = [*_counter_lines(counter), "", *_fan_out_lines(fan_out)]
    click.echo("\n".join(["", report.about(machine), "", *lines, "", f"Written to {path}"]))


def _take_number(db: Db, _done: int) -> None:
    TicketRepository(db).next_sequence(YEAR)


def _insert(db: Db, _done: int) -> None:
    db["inserted"].insert_one({"_id": new_id(), **EVENT})


def _take_number_and_insert(db: Db, done: int) -> None:
    _take_number(db, done)
    _insert(db, done)


def _take_block_and_insert(db: Db, done: int) -> None:
    if done % BLOCK == 0:
        _take_number(db, done)  # a larger increment costs the same
    _insert(db, done)


_ACTS: dict[str, Callable[[Db, int], None]] = {
    "number": _take_number,
    "insert": _insert,
    "number and insert": _take_number_and_insert,
    f"{BLOCK} numbers at once, and insert": _take_block_and_insert,
}


def _measure_counter(uri: str) -> list[dict[str, Any]]:
    rows = []
    for act in _ACTS:
        for callers in CALLERS:
            processes = min(PROCESSES, callers)
            with get_context("spawn").Pool(processes) as pool:
                rates = pool.starmap(_call, [(uri, act, callers // processes)] * processes)
            rows.append({"act": act, "callers": callers, "perSecond": round(sum(rates))})
    return rows


def _call(uri: str, name: str, threads: int) -> float:
    """Return the calls a second of this many threads, each calling sequentially."""
    db = connect(load_settings(), uri)
    act = _ACTS[name]
    act(db, 0)  # connected and warm

    def repeat(_thread: int) -> int:
        done = 0
        while time.monotonic() < until:
            act(db, done)
            done += 1
        return done

    began = time.monotonic()
    until = began + SECONDS
    with ThreadPoolExecutor(threads) as pool:
        done = sum(pool.map(repeat, range(threads)))
    rate = done / (time.monotonic() - began)
    db.client.close()
    return rate


def _simulate(agents: int, team: int) -> dict[str, Any]:
    """Return the copies and the time of events in a desk whose rooms have `team` people each."""
    server = socketio.Server(async_mode="threading")
    sent = count()
    server._send_eio_packet = lambda _sid, _packet: next(sent)  # noqa: SLF001 - counts instead
    people = [_person(number) for number in range(team)]
    for person in people:
        sid = server.manager.connect(person.id, "/")
        for room in rooms_for(person):
            server.manager.enter_room(sid, "/", room)
    draw = random.Random(7)  # noqa: S311 - the same desk every time
    began = time.perf_counter()
    for _ in range(EVENTS):
        assignee = None if draw.random() < UNASSIGNED else {"agentId": draw.choice(people).id}
        server.emit("ticket_updated", EVENT, to=rooms_of(ticket_of({"assignedTo": assignee})))
    seconds = time.perf_counter() - began
    copies = next(sent) / EVENTS
    events_per_second = agents * CHANGES_AN_HOUR / 3600
    return {
        "agents": agents,
        "team": team,
        "eventsPerSecond": round(events_per_second, 2),
        "copiesAnEvent": round(copies),
        "dispatchMs": round(seconds / EVENTS * 1000, 2),
        "copiesPerSecond": round(events_per_second * copies),
        "processes": math.ceil(events_per_second * copies / ONE_PROCESS),
    }


def _person(number: int) -> Actor:
    role = Role.SUPERVISOR if number % round(1 / SUPERVISORS) == 0 else Role.AGENT
    return Actor(ActorType.AGENT, f"agent{number}", "Agente", role)


def _counter_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'a second':38}" + "".join(f"{callers:>6} at once" for callers in CALLERS)
    for act in _ACTS:
        rates = [row["perSecond"] for row in rows if row["act"] == act]
        yield f"{act:38}" + "".join(f"{rate:14,}" for rate in rates)


def _fan_out_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield (
        f"{'agents':>8}{'in a team':>11}{'events a second':>17}{'copies an event':>17}"
        f"{'dispatch ms':>13}{'copies a second':>17}{'processes':>11}"
    )
    for row in rows:
        yield (
            f"{row['agents']:8,}{row['team']:11,}{row['eventsPerSecond']:17,.1f}"
            f"{row['copiesAnEvent']:17,}{row['dispatchMs']:13.2f}{row['copiesPerSecond']:17,}"
            f"{row['processes']:11,}"
        )


if __name__ == "__main__":
    main()
