"""Measure calls while 20 people work: each makes a random call, pauses for about a second, and
repeats.

The clients of latency.py never pause, so 20 of them queue. Here calls overlap only now and then, as
with real agents, which shows how a slow call affects other people's calls.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.calls import Calls
from bench.client import Client
from bench.latency import Samples, ask
from bench.percentiles import spread

PEOPLE = 20
PAUSE = (0.5, 1.5)  # seconds between a response and the next call
SECONDS = 240.0  # some 100 calls of each kind

Work = dict[str, Samples]


def measure(port: int, calls: Calls) -> dict[str, Any]:
    """Return a row for each kind of call; all kinds have the same probability."""
    kinds = calls.kinds()
    until = time.monotonic() + SECONDS

    def work(seed: int) -> Work:
        chance = random.Random(seed)  # noqa: S311 - the same work every time
        client = Client(port)
        done: Work = defaultdict(Samples)
        while True:
            time.sleep(chance.uniform(*PAUSE))
            if time.monotonic() > until:
                break
            name = chance.choice([*kinds])
            done[name].take(ask, client, kinds[name]())
        client.close()
        return done

    with ThreadPoolExecutor(PEOPLE) as pool:
        shifts = list(pool.map(work, range(PEOPLE)))
    rows = [_row(name, [shift[name] for shift in shifts if name in shift]) for name in kinds]
    return {
        "people": PEOPLE,
        "pauseSeconds": PAUSE,
        "perSecond": round(sum(row["samples"] for row in rows) / SECONDS, 1),
        "calls": rows,
    }


def _row(name: str, parts: list[Samples]) -> dict[str, Any]:
    seconds = [second for part in parts for second in part.seconds]
    return {
        "call": name,
        "samples": len(seconds),
        "failures": sum(part.failures for part in parts),
        "apiMs": spread(seconds),
    }
