"""How long calls take, from one client and from 20 at once.

Mostrador and the bare calls take turns in the same run, so that whatever drifts hits both.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from backend.agents.repository import AgentRepository
from backend.documents import Db
from bench.calls import Call, Calls
from bench.client import Client
from bench.figures import spread

WARM_UP = 20  # calls of each kind
SAMPLES = 200  # of one client
CLIENTS = 20
ROUNDS = 3
CALLS_A_ROUND = 10  # of each of the 20; the first is to connect

Draw = Callable[[], Call]


@dataclass(slots=True)
class Samples:
    """Seconds of each call, and of all of them together."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0


class Latency:
    def __init__(self, port: int, db: Db, calls: Calls) -> None:
        self._port = port
        self._agents = AgentRepository(db)
        self._calls = calls
        self._sides = (self._ask, _call_bare, self._look_up_session)

    def measure(self) -> list[dict[str, Any]]:
        """A row for each kind of call, for one client and for all."""
        rows = []
        for name, draw in self._calls.kinds().items():
            rows.append(_row(name, 1, *self._alone(draw)))
            rows.append(_row(name, CLIENTS, *self._together(draw)))
        return rows

    def _alone(self, draw: Draw) -> list[Samples]:
        client = Client(self._port)
        series = [Samples() for _ in self._sides]
        for number in range(WARM_UP + SAMPLES):
            call = draw()
            for samples, side in zip(series, self._sides, strict=True):
                seconds = _timed(side, client, call)
                if number >= WARM_UP:
                    samples.seconds.append(seconds)
                    samples.elapsed += seconds
        client.close()
        return series

    def _together(self, draw: Draw) -> list[Samples]:
        series = [Samples() for _ in self._sides]
        with ThreadPoolExecutor(CLIENTS) as pool:
            for _ in range(ROUNDS):
                shares = [[draw() for _ in range(CALLS_A_ROUND)] for _ in range(CLIENTS)]
                for samples, side in zip(series, self._sides, strict=True):
                    start = threading.Barrier(CLIENTS + 1)
                    running = [pool.submit(self._work, side, share, start) for share in shares]
                    start.wait()
                    began = time.perf_counter()
                    for share in running:
                        samples.seconds += share.result()
                    samples.elapsed += time.perf_counter() - began
        return series

    def _work(
        self, side: Callable[[Client, Call], object], calls: list[Call], start: threading.Barrier
    ) -> list[float]:
        client = Client(self._port)
        side(client, calls[0])  # connected and warm
        start.wait()
        seconds = [_timed(side, client, call) for call in calls[1:]]
        client.close()
        return seconds

    @staticmethod
    def _ask(client: Client, call: Call) -> None:
        client.send(call.method, call.path, call.body, call.person.token)

    def _look_up_session(self, _client: Client, call: Call) -> None:
        self._agents.find_in_session(call.person.actor.id, call.person.session_id)


def _call_bare(_client: Client, call: Call) -> None:
    call.bare()


def _timed(side: Callable[[Client, Call], object], client: Client, call: Call) -> float:
    began = time.perf_counter()
    side(client, call)
    return time.perf_counter() - began


def _row(name: str, clients: int, api: Samples, bare: Samples, session: Samples) -> dict[str, Any]:
    asked, called = spread(api.seconds), spread(bare.seconds)
    looked_up = spread(session.seconds)
    return {
        "call": name,
        "clients": clients,
        "samples": len(api.seconds),
        "apiMs": asked,
        "perSecond": round(len(api.seconds) / api.elapsed, 1),
        "bareMs": called,
        "sessionMs": looked_up,
        "ratio": round(asked["p50"] / called["p50"], 2),
        "ratioWithSession": round(asked["p50"] / (called["p50"] + looked_up["p50"]), 2),
    }
