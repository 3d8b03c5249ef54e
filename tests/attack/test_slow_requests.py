"""Requests that never end cost the others nothing."""

from __future__ import annotations

import logging
import sys
import time

import pytest

from tests.attack.load import SLOW, PeopleAtWork, busyness, connect, memory, status_of
from tests.live import LiveDesk, LiveServer

log = logging.getLogger(__name__)

BODIES = 500
HEAD = b"POST /api/v2/channels/web/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.parametrize("length", [b"Content-Length: 1000", b"Transfer-Encoding: chunked"])
def test_slow_bodies_end_and_others_go_on(
    server: LiveServer, live_desk: LiveDesk, length: bytes
) -> None:
    before = memory(server)
    head = (
        HEAD
        + b"X-Forwarded-For: 10.2.0.1\r\nContent-Type: application/json\r\n"
        + length
        + b"\r\n\r\n"
    )
    clients = [connect(server) for _ in range(BODIES)]
    began = time.monotonic()
    with PeopleAtWork(live_desk) as others:
        for client in clients:
            client.sendall(head)
        statuses = [status_of(client) for client in clients]
        took = time.monotonic() - began
    for client in clients:
        client.close()
    grown = memory(server) - before
    log.info("%s: %.1f s, p95 %.3f s, +%d MiB", server.mode, took, others.p95, grown)
    assert set(statuses) <= {408, 429}
    assert took < 15 * busyness()
    assert others.statuses == {200}
    assert others.p95 < SLOW * busyness()
    assert grown < 100


def test_connections_without_a_request_end(server: LiveServer, live_desk: LiveDesk) -> None:
    if server.mode == "threading":
        return  # its threads wait for the first byte only
    clients = [connect(server) for _ in range(300)]
    began = time.monotonic()
    with PeopleAtWork(live_desk) as others:
        for client in clients:
            client.sendall(HEAD)
        statuses = {status_of(client) for client in clients}
    for client in clients:
        client.close()
    assert statuses == {0}
    assert time.monotonic() - began < 15 * busyness()
    assert others.p95 < SLOW * busyness()
