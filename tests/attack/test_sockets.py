"""Sockets that say too much, say nonsense or never log in are closed, and the others go on."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

import pytest
import websocket

from backend.launcher.masking import unmask
from backend.realtime import packets
from tests.attack.load import SLOW, PeopleAtWork, busyness
from tests.live import LiveDesk, LiveServer

log = logging.getLogger(__name__)


def open_socket(server: LiveServer) -> websocket.WebSocket:
    """An Engine.IO connection; Socket.IO's login is still to come."""
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    client = websocket.create_connection(address, timeout=10)
    assert str(client.recv()).startswith("0")
    return client


def closed_within(client: websocket.WebSocket, seconds: float) -> bool:
    client.settimeout(seconds * busyness())
    try:
        while client.recv():
            pass
    except websocket.WebSocketTimeoutException:
        return False
    except (websocket.WebSocketException, OSError):
        pass
    client.shutdown()  # type: ignore[no-untyped-call]
    return True


MALFORMED = {
    "millions of attachments": "459999999-[]",
    "an attachment": '451-["a"]',
    "an unknown type": "49",
    "no JSON": "42not json",
    "half a list": "42[",
    "no list": "42{}",
    "nothing": "4",
    "a NUL byte": "4\x00",
    "a long namespace": "42/" + "a" * 500,
}


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_packet_closes_its_socket(
    server: LiveServer, live_desk: LiveDesk, packet: str
) -> None:
    said = len(server.output)
    client = open_socket(server)
    client.send(packet)
    assert closed_within(client, 5)
    assert "Traceback" not in server.output[said:]


def test_a_socket_that_does_not_log_in_is_closed(server: LiveServer, live_desk: LiveDesk) -> None:
    began = time.monotonic()
    assert closed_within(open_socket(server), packets.LOGIN_SECONDS + 5)
    assert time.monotonic() - began > packets.LOGIN_SECONDS - 1


@pytest.mark.parametrize(
    "text", ['42["a"]', "42" + '["a"]' + " " * 30_000], ids=["short", "padded"]
)
def test_frames_without_end_close_their_socket_and_others_go_on(
    server: LiveServer, live_desk: LiveDesk, text: str
) -> None:
    if server.mode == "threading":
        return  # its web sockets read in a thread of a library, which has no such bounds
    with PeopleAtWork(live_desk) as others:
        for _ in range(5):
            flood(open_socket(server), text)
    log.info("%s: p95 %.3f s", server.mode, others.p95)
    assert others.statuses == {200}
    assert others.p95 < SLOW * busyness()


def flood(client: websocket.WebSocket, text: str) -> None:
    """Send until the server has enough."""
    deadline = time.monotonic() + 20 * busyness()
    with suppress(websocket.WebSocketException, OSError):
        while time.monotonic() < deadline:
            client.send(text)
    assert closed_within(client, 1)


def slowly(data: bytes, mask: tuple[int, ...], offset: int) -> bytes:
    return bytes(byte ^ mask[(offset + at) % 4] for at, byte in enumerate(data))


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 1000])
def test_unmasking_in_bulk_is_the_same(length: int) -> None:
    data, mask = bytes(index % 256 for index in range(length)), (7, 0, 255, 130)
    for offset in range(5):
        assert unmask(data, mask, length, offset) == slowly(data, mask, offset)
