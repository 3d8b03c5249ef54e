"""Measure memory growth: idle, with connected agents, and during hours of work.

The work of hours is done in minutes: lists, tickets, notes, customers' messages with the
assistant's answers, events to everyone, and agents who reconnect.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

import click

from backend.common.documents import Db
from bench import report
from bench.client import Client, RequestFailed
from bench.crowd import Crowd, hire
from bench.server import Server, ServerFailed

AGENTS = 50
WORKERS = 4  # of them work at the same time
LONGEST = 14  # minutes: access tokens last 15
ROUND = 5.0  # seconds of work between two memory samples
SWAPPED = 5  # agents who reconnect after each round
# The hour of a desk of 50: each agent does something twice a minute.
ACTS_AN_HOUR = AGENTS * 120
WARM_UP = 0.25  # of the time, in which code is loaded and connections and caches fill

# Of 100 calls.
_ACTS = {
    "list": 30,
    "detail": 30,
    "search": 5,
    "statistics": 5,
    "create": 5,
    "note": 15,
    "message": 10,
}
_TEXTS = ("Mi tarjeta no funciona", "No llega mi transferencia", "How do I change my PIN?")

Sample = dict[str, float]


@click.command()
@click.argument("minutes", type=click.FloatRange(0.5, LONGEST), default=10)
def main(minutes: float) -> None:
    machine = report.machine()
    try:
        with Server() as server:
            result = {"machine": machine, "minutes": minutes, **_measure(server, minutes * 60)}
    except (ServerFailed, RequestFailed) as error:
        raise click.ClickException(str(error)) from None
    path = report.write(result, "soak")
    click.echo(
        "\n".join(["", report.about(machine), "", *_lines(result), "", f"Written to {path}"])
    )


def _measure(server: Server, seconds: float) -> dict[str, Any]:
    db = server.database()
    tokens = hire(db, server.tokens(), AGENTS)
    idle = server.memory()
    samples: list[Sample] = []
    with Crowd(server.port, tokens) as crowd, ThreadPoolExecutor(WORKERS) as pool:
        connected = server.memory()
        workers = [Worker(number, server.port, db, tokens[number]) for number in range(WORKERS)]
        began = time.monotonic()
        events = 0
        while (elapsed := time.monotonic() - began) < seconds:
            list(pool.map(Worker.work, workers))
            crowd.swap(SWAPPED)
            events += sum(map(len, crowd.heard().values()))
            acts = sum(worker.acts for worker in workers)
            samples.append({"seconds": round(elapsed + ROUND), "acts": acts, **server.memory()})
    db.client.close()
    return {
        "agents": AGENTS,
        "acts": acts,
        "events": events,
        "reconnects": SWAPPED * len(samples),
        "hours": round(acts / ACTS_AN_HOUR, 1),
        "memoryMB": {"idle": idle, "connected": connected, **_early_and_late(samples)},
        "samples": samples,
    }


class Worker:
    """An agent, and customers who write at the same time, from one address."""

    def __init__(self, number: int, port: int, db: Db, token: str) -> None:
        self.acts = 0
        self._client = Client(port, source=f"127.0.0.{2 + number}")
        self._token = token
        self._tickets = [ticket["_id"] for ticket in db["tickets"].find({}, {"_id": True})]
        self._customers = [customer["_id"] for customer in db["customers"].find({}, {"_id": True})]
        self._random = random.Random(number)  # noqa: S311 - the same work every time

    def work(self) -> None:
        """Work for a ROUND. Raises RequestFailed."""
        until = time.monotonic() + ROUND
        while time.monotonic() < until:
            (act,) = self._random.choices(list(_ACTS), list(_ACTS.values()))
            self._do(act)
            self.acts += 1
        self._client.close()

    def _do(self, act: str) -> None:
        text = self._random.choice(_TEXTS)
        ticket = f"/tickets/{self._random.choice(self._tickets)}"
        match act:
            case "list":
                self._ask("GET", "/tickets?limit=50")
            case "search":
                self._ask("GET", f"/tickets?search={text.split()[1]}")
            case "statistics":
                self._ask("GET", "/tickets/stats")
            case "detail":
                self._ask("GET", ticket)
            case "note":
                self._ask("POST", f"{ticket}/notes", {"content": text})
            case "create":
                customer = self._random.choice(self._customers)
                body = {"subject": text, "description": text, "category": "account"}
                created = self._ask("POST", "/tickets", body | {"customerId": customer})
                self._tickets.append(json.loads(created)["ticketId"])
            case "message":
                phone = f"+346{self._random.randrange(10**8):08d}"
                body = {"phone": phone, "name": "Cliente", "text": text}
                self._client.send("POST", "/channels/web/messages", body)

    def _ask(self, method: str, path: str, body: Any = None) -> bytes:
        return self._client.send(method, path, body, self._token)


def _early_and_late(samples: list[Sample]) -> dict[str, Sample]:
    """Return the memory after the warm-up and at the end, from the same number of samples."""
    some = max(1, int(len(samples) * WARM_UP))
    early, late = samples[some : 2 * some] or samples[:1], samples[-some:]
    return {"warm": _middle(early), "worked": _middle(late)}


def _middle(samples: list[Sample]) -> Sample:
    return {part: median(sample[part] for sample in samples) for part in samples[0]}


def _lines(result: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{result['minutes']:g} minutes: {result['acts']:,} requests, as {result['agents']} agents "
        f"make in {result['hours']} hours; {result['events']:,} events, "
        f"{result['reconnects']} reconnects"
    )
    yield f"{'MB':28}{'application':>13}{'database':>10}"
    memory = result["memoryMB"]
    for name, label in (
        ("idle", "idle"),
        ("connected", f"{result['agents']} agents connected"),
        ("warm", "at work, warm"),
        ("worked", "at work, at the end"),
    ):
        yield f"{label:28}{memory[name]['application']:13.1f}{memory[name]['database']:10.1f}"
    warm, worked = memory["warm"], memory["worked"]
    grown = worked["application"] - warm["application"]
    hours = (worked["acts"] - warm["acts"]) / ACTS_AN_HOUR
    if hours:
        yield f"between the last two: {grown / hours:+.2f} MB for an hour's work"


if __name__ == "__main__":
    main()
