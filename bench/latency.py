"""Measure calls from one client, and from 20 and 100 at once.

Mostrador's calls and the bare calls alternate in the same run, so that drift affects both. Slow
calls are made less often: no turn takes much longer than TURN_SECONDS.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from pymongo.errors import PyMongoError

from backend.agents.repository import AgentRepository
from backend.common.documents import Db
from bench.calls import Call
from bench.client import TIMEOUT, Client, RequestFailed
from bench.percentiles import spread

WARM_UP = 20  # calls of each kind
SAMPLES = 200  # of one client
CLIENTS = (20, 100)  # at once
ROUNDS = 3
CALLS_A_ROUND = 200  # of all clients together
FEWEST_CALLS = 3  # of each in a round
TURN_SECONDS = 8.0
START_SECONDS = 2 * TIMEOUT  # each client has its first response by then, or a timeout

Draw = Callable[[], Call]
Side = Callable[[Client, Call], object]


@dataclass(slots=True)
class Samples:
    """The seconds of each successful call, and of all together."""

    seconds: list[float] = field(default_factory=list)
    failures: int = 0
    elapsed: float = 0.0

    def take(self, side: Side, client: Client, call: Call) -> None:
        began = time.perf_counter()
        try:
            side(client, call)
        except (RequestFailed, PyMongoError, OSError):
            self.failures += 1
            client.close()  # else a late response would be read as the next one
        else:
            self.seconds.append(time.perf_counter() - began)


class Kinds(Protocol):
    def kinds(self) -> dict[str, Draw]:
        """Return a function for each kind of call, by name."""


class Latency:
    def __init__(self, port: int, db: Db, calls: Kinds) -> None:
        self._port = port
        self._agents = AgentRepository(db)
        self._calls = calls
        self._sides = (ask, _call_bare, self._look_up_session)

    def measure(self, progress: Callable[[str], None]) -> list[dict[str, Any]]:
        """Return a row for each kind of call and number of clients."""
        rows = []
        for name, draw in self._calls.kinds().items():
            progress(name)
            rows.append(_row(name, 1, self._alone(draw)))
            rows += [_row(name, clients, self._together(draw, clients)) for clients in CLIENTS]
        return rows

    def _alone(self, draw: Draw) -> list[Samples]:
        client = Client(self._port)
        self._take_turns(client, draw, WARM_UP)
        series = self._take_turns(client, draw, SAMPLES)
        client.close()
        for samples in series:
            samples.elapsed = sum(samples.seconds)
        return series

    def _take_turns(self, client: Client, draw: Draw, most: int) -> list[Samples]:
        series = [Samples() for _ in self._sides]
        until = time.monotonic() + TURN_SECONDS
        for _ in range(most):
            call = draw()
            for samples, side in zip(series, self._sides, strict=True):
                samples.take(side, client, call)
            if time.monotonic() > until:
                break
        return series

    def _together(self, draw: Draw, clients: int) -> list[Samples]:
        calls = max(FEWEST_CALLS, CALLS_A_ROUND // clients)
        series = [Samples() for _ in self._sides]
        with ThreadPoolExecutor(clients) as pool:
            for _ in range(ROUNDS):
                shares = [[draw() for _ in range(1 + calls)] for _ in range(clients)]
                for samples, side in zip(series, self._sides, strict=True):
                    start = threading.Barrier(clients + 1, timeout=START_SECONDS)
                    running = [pool.submit(self._work, side, share, start) for share in shares]
                    start.wait()
                    began = time.perf_counter()
                    for share in running:
                        taken = share.result()
                        samples.seconds += taken.seconds
                        samples.failures += taken.failures
                    samples.elapsed += time.perf_counter() - began
        return series

    def _work(self, side: Side, calls: list[Call], start: threading.Barrier) -> Samples:
        client = Client(self._port)
        Samples().take(side, client, calls[0])  # connected and warm
        taken = Samples()
        start.wait()
        until = time.monotonic() + TURN_SECONDS / ROUNDS
        for call in calls[1:]:
            taken.take(side, client, call)
            if time.monotonic() > until:
                break
        client.close()
        return taken

    def _look_up_session(self, _client: Client, call: Call) -> None:
        self._agents.find_in_session(call.person.actor.id, call.person.session_id)


def ask(client: Client, call: Call) -> None:
    client.send(call.method, call.path, call.body, call.token)


def _call_bare(_client: Client, call: Call) -> None:
    call.bare()


def _row(name: str, clients: int, series: list[Samples]) -> dict[str, Any]:
    api, bare, _ = series
    asked, called, looked_up = (spread(samples.seconds) for samples in series)
    return {
        "call": name,
        "clients": clients,
        "samples": len(api.seconds),
        "failures": api.failures,
        "bareFailures": bare.failures,
        "apiMs": asked,
        "perSecond": round(len(api.seconds) / api.elapsed, 1) if api.seconds else 0.0,
        "bareMs": called,
        "sessionMs": looked_up,
        "ratio": round(asked["p50"] / called["p50"], 2),
        "ratioWithSession": round(asked["p50"] / (called["p50"] + looked_up["p50"]), 2),
    }
