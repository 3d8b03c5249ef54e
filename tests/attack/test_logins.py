"""Very many logins at once cost neither memory nor the others' time."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from backend.agents import passwords
from tests.attack.load import SLOW, PeopleAtWork, busyness, connect, memory, status_of
from tests.live import LiveDesk, LiveServer

log = logging.getLogger(__name__)

LOGINS = 400

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def login(number: int) -> bytes:
    """From an address of its own, for an account of its own."""
    body = json.dumps({"email": f"nobody{number}@desk.test", "password": "wrong"}).encode()
    return (
        f"POST /api/v2/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"X-Forwarded-For: 10.1.{number // 250}.{number % 250}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def test_many_logins_at_once_keep_memory_flat_and_others_at_work(
    server: LiveServer, live_desk: LiveDesk
) -> None:
    before = memory(server)
    clients = [connect(server) for _ in range(LOGINS)]
    with PeopleAtWork(live_desk) as others:
        for number, client in enumerate(clients):
            client.sendall(login(number))
        statuses = [status_of(client) for client in clients]
    for client in clients:
        client.close()
    grown = memory(server) - before
    assert set(statuses) <= {401, 503}
    assert statuses.count(401) >= passwords.AT_ONCE + passwords.WAITING
    log.info("%s: +%d MiB, p95 %.3f s", server.mode, grown, others.p95)
    assert grown < 64 * passwords.AT_ONCE + 100  # MiB: what argon2 needs for each, and 400 requests
    assert others.statuses == {200}
    assert others.p95 < SLOW * busyness()
