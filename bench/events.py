"""Measure the time of a change to other agents' screens, and how many agents one process serves.

Times start at the event's `at`, when the server decides on a change and before it writes. The time
from the commit to the screen is shorter.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import click

from backend.common.documents import Db
from bench import report
from bench.client import Client
from bench.crowd import Crowd, Heard, hire
from bench.percentiles import spread
from bench.server import Server, ServerFailed

CROWDS = (10, 200, 1_000)
CALM_NOTES = 40
CALM_SECONDS = 0.2  # between two notes
WRITERS = 4
RUSH_NOTES = 25  # of each writer, sequentially
COLLECT_EVERY = 3.0  # seconds
WAIT_SECONDS = 60  # for the last of a rush


@click.command()
def main() -> None:
    machine = report.machine()
    try:
        with Server() as server:
            crowds = [_measure(server, agents) for agents in CROWDS]
    except ServerFailed as error:
        raise click.ClickException(str(error)) from None
    path = report.write({"machine": machine, "crowds": crowds}, "events")
    click.echo(
        "\n".join(["", report.about(machine), "", *_lines(crowds), "", f"Written to {path}"])
    )
    if any(crowd["missed"] for crowd in crowds):
        raise click.ClickException("events were missed or came twice: see above")


def _measure(server: Server, agents: int) -> dict[str, Any]:
    """Write notes on unassigned tickets, which every agent receives."""
    click.echo(f"→ {agents:,} agents …")
    db = server.database()
    writers = [Writer(server.port, db, token) for token in hire(db, server.tokens(), WRITERS)]
    before = server.memory()["application"]
    with Crowd(server.port, hire(db, server.tokens(), agents)) as crowd:
        connected = server.memory()["application"]
        seconds = [writers[0].write_after(CALM_SECONDS) for _ in range(CALM_NOTES)]
        calm = _collect(crowd, agents * CALM_NOTES)
        began = time.time()
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(Writer.write_all, writers))
        written = time.time() - began
        rush = _collect(crowd, agents * WRITERS * RUSH_NOTES)
    db.client.close()
    delays = [at - _decided_at(text) for text, copies in calm.items() for at in copies]
    last = [max(copies) - _decided_at(text) for text, copies in calm.items()]
    rushed = [at for copies in rush.values() for at in copies]
    return {
        "agents": agents,
        "connectedPerSecond": round(agents / crowd.seconds_to_connect),
        "memoryMB": {"before": before, "connected": connected},
        "noteMs": spread(seconds),
        "deliveryMs": spread(delays),
        "lastOfAllMs": spread(last),
        "rush": {
            "notesPerSecond": round(WRITERS * RUSH_NOTES / written),
            "deliveriesPerSecond": round(len(rushed) / (max(rushed) - began)),
        },
        "missed": agents * (CALM_NOTES + WRITERS * RUSH_NOTES) - len(delays) - len(rushed),
    }


class Writer:
    """An agent who writes notes on an unassigned ticket."""

    def __init__(self, port: int, db: Db, token: str) -> None:
        self._client = Client(port)
        self._token = token
        customer = db["customers"].find_one({})
        assert customer is not None, "the demo has some"
        body = {
            "subject": "Una consulta",
            "description": "Para muchos a la vez",
            "category": "account",
            "customerId": customer["_id"],
        }
        ticket = json.loads(self._client.send("POST", "/tickets", body, token))
        self._notes = f"/tickets/{ticket['ticketId']}/notes"

    def write_after(self, pause: float) -> float:
        """Write a note after the pause; return the seconds of the request."""
        time.sleep(pause)
        began = time.perf_counter()
        self._client.send("POST", self._notes, {"content": "Visto"}, self._token)
        return time.perf_counter() - began

    def write_all(self) -> None:
        for _ in range(RUSH_NOTES):
            self.write_after(0)


def _collect(crowd: Crowd, expected: int) -> Heard:
    """Return the received events once the expected number has arrived."""
    heard: Heard = {}
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and sum(map(len, heard.values())) < expected:
        time.sleep(COLLECT_EVERY)
        for text, copies in crowd.heard().items():
            heard.setdefault(text, []).extend(copies)
    return heard


def _decided_at(text: str) -> float:
    _, payload = json.loads(text.removeprefix("42"))
    return datetime.fromisoformat(payload["at"]).timestamp()


def _lines(crowds: list[dict[str, Any]]) -> Iterator[str]:
    yield (
        f"{'agents':>8}{'note p50':>10}{'p95 ms':>8}{'→ screen p50':>14}{'p95':>8}{'max ms':>8}"
        f"{'last p95':>10}{'in a rush, a second':>21}{'MB an agent':>13}{'missed':>8}"
    )
    for crowd in crowds:
        note, delivery, rush = crowd["noteMs"], crowd["deliveryMs"], crowd["rush"]
        memory = crowd["memoryMB"]["connected"] - crowd["memoryMB"]["before"]
        yield (
            f"{crowd['agents']:8,}{note['p50']:10.1f}{note['p95']:8.1f}"
            f"{delivery['p50']:14.1f}{delivery['p95']:8.1f}{delivery['max']:8.1f}"
            f"{crowd['lastOfAllMs']['p95']:10.1f}{rush['deliveriesPerSecond']:21,}"
            f"{memory / crowd['agents']:13.2f}{crowd['missed']:8}"
        )


if __name__ == "__main__":
    main()
