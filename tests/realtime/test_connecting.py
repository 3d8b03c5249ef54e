"""Which clients may open a socket, and when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import socketio
from websockets.sync.client import connect

from backend.common.documents import new_id
from tests.conftest import SECRET_KEY
from tests.desk import PASSWORD, Person
from tests.live import LiveDesk, Refused

LOST = 3.0  # seconds within which a lost right ends a connection


def signed(claims: dict[str, Any], *, key: str = SECRET_KEY, lives: float = 60) -> str:
    expiry = datetime.now(UTC) + timedelta(seconds=lives)
    return jwt.encode({"exp": expiry, **claims}, key, "HS256")


def claims_of(person: Person) -> dict[str, Any]:
    assert person.token is not None
    claims = jwt.decode(person.token, options={"verify_signature": False})
    return {name: value for name, value in claims.items() if name != "exp"}


def test_every_role_may_listen(desk: LiveDesk) -> None:
    everyone = [desk.listen(who) for who in (desk.ana, desk.supervisor, desk.admin)]
    desk.settle(*everyone)


def test_polling_works_where_web_sockets_do_not(desk: LiveDesk) -> None:
    listener = desk.listen(desk.ana, transports=("polling",))
    ticket = desk.ticket()
    assert listener.wait_for("ticket_created", ticketId=ticket["ticketId"])


@pytest.mark.parametrize(
    "offer",
    [
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=nonsense",
    ],
)
def test_offered_compression_is_refused(desk: LiveDesk, offer: str) -> None:
    url = f"{desk.server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    offered = {"Sec-WebSocket-Extensions": offer}
    with connect(url, compression=None, additional_headers=offered) as browser:
        assert browser.response is not None
        assert "Sec-WebSocket-Extensions" not in browser.response.headers
        assert str(browser.recv(10)).startswith("0{")  # Engine.IO is open


REFUSED: dict[str, Callable[[LiveDesk], object]] = {
    "no token": lambda _: None,
    "an empty token": lambda _: "",
    "not a token": lambda _: "nonsense",
    "not even text": lambda _: {"$gt": ""},
    "half a character": lambda _: "\ud83d.e30.x",
    "expired": lambda desk: signed(claims_of(desk.ana), lives=-1),
    "signed by somebody else": lambda desk: signed(claims_of(desk.ana), key="x" * 32),
    "not signed": lambda desk: jwt.encode(
        {**claims_of(desk.ana), "exp": datetime.now(UTC) + timedelta(hours=1)}, "", "none"
    ),
    "for another purpose": lambda desk: signed(claims_of(desk.ana) | {"aud": "refresh"}),
    "of an unknown session": lambda desk: signed(claims_of(desk.ana) | {"sid": new_id()}),
    "of another's session": lambda desk: signed(
        claims_of(desk.ana) | {"sid": claims_of(desk.bruno)["sid"]}
    ),
    "without a session": lambda desk: signed({"sub": desk.ana.agent_id, "aud": "access"}),
    "a visitor's, called an agent's": lambda desk: signed(
        claims_of(desk.visitor()) | {"aud": "access"}
    ),
    "of a closed account": lambda desk: closed(desk, desk.ana).token,
}


def closed(desk: LiveDesk, agent: Person) -> Person:
    answer = desk.admin.put(f"/agents/{agent.agent_id}", {"active": False})
    assert answer.status_code == 200, answer.text
    return agent


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_token_is_refused(desk: LiveDesk, case: str) -> None:
    with pytest.raises(Refused, match="unauthenticated"):
        desk.listen(REFUSED[case](desk))


def test_there_is_no_other_namespace(desk: LiveDesk) -> None:
    client = socketio.Client(reconnection=False, handle_sigint=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(
            desk.server.url,
            auth={"token": desk.admin.token},
            transports=["websocket"],
            namespaces=["/admin"],
            wait_timeout=2,
        )


def test_clients_only_listen(desk: LiveDesk) -> None:
    """Clients cannot send to others or choose rooms."""
    ana, bruno = desk.listen(desk.ana), desk.listen(desk.bruno)
    mine = desk.ticket(assignedTo=desk.ana.agent_id)
    for name in ("join", "subscribe", "enter_room", "ticket_updated", "message"):
        bruno.client.emit(name, {"room": f"agent:{desk.ana.agent_id}", **mine})
    desk.ana.put(f"/tickets/{mine['ticketId']}", {"subject": "Otra cosa"})
    desk.settle(ana, bruno)
    assert ana.names(ticketId=mine["ticketId"]) == ["ticket_created", "ticket_updated"]
    assert bruno.names(ticketId=mine["ticketId"]) == []
    assert bruno.is_connected


def deactivate(desk: LiveDesk) -> None:
    closed(desk, desk.ana)


def change_role(desk: LiveDesk) -> None:
    desk.admin.put(f"/agents/{desk.ana.agent_id}", {"role": "supervisor"})


def change_password(desk: LiveDesk) -> None:
    desk.admin.put(f"/agents/{desk.ana.agent_id}", {"password": "a brand new password"})


@pytest.mark.parametrize("lose", [deactivate, change_role, change_password])
def test_a_revoked_right_closes_the_socket(
    desk: LiveDesk, lose: Callable[[LiveDesk], None]
) -> None:
    ana, bruno = desk.listen(desk.ana), desk.listen(desk.bruno)
    lose(desk)
    assert ana.lost_within(LOST)
    desk.settle(bruno)
    with pytest.raises(Refused, match="unauthenticated"):
        desk.listen(desk.ana)


def test_logging_out_ends_only_the_sockets_of_that_session(desk: LiveDesk) -> None:
    credentials = {"email": desk.ana.email, "password": PASSWORD}
    first, second = (desk.nobody.post("/auth/login", credentials) for _ in range(2))
    leaving, staying = (desk.listen(login.json["accessToken"]) for login in (first, second))
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    assert desk.nobody.post("/auth/logout", Cookie=cookie).status_code == 204
    assert leaving.lost_within(LOST)
    desk.settle(staying)


@pytest.mark.parametrize("name", ["connect", "disconnect"])
def test_no_client_can_pretend_to_come_or_go(desk: LiveDesk, name: str) -> None:
    """Those events are the server's own word: made up, they neither end nor change its watch."""
    credentials = {"email": desk.ana.email, "password": PASSWORD}
    first, second = (desk.nobody.post("/auth/login", credentials) for _ in range(2))
    ana = desk.listen(first.json["accessToken"])
    ana.client.call(name, ({}, {"token": second.json["accessToken"]}))
    ana.client.call(name, "made up")
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    assert desk.nobody.post("/auth/logout", Cookie=cookie).status_code == 204
    assert ana.lost_within(LOST)


def test_a_socket_ends_with_its_token_unless_a_fresh_one_came(desk: LiveDesk) -> None:
    short = signed(claims_of(desk.ana), lives=2)
    renewed, expiring = desk.listen(short), desk.listen(short)
    answer = renewed.client.call("authenticate", {"token": desk.ana.token})
    assert answer == {"ok": True}
    assert expiring.lost_within(2 + LOST)
    desk.settle(renewed)
    with pytest.raises(Refused, match="unauthenticated"):
        desk.listen(short)


def test_a_socket_is_renewed_only_with_a_token_of_its_session(desk: LiveDesk) -> None:
    ana = desk.listen(desk.ana)
    other_session = signed(claims_of(desk.ana) | {"sid": new_id()})
    visitor = desk.visitor()
    for token in (desk.bruno.token, other_session, visitor.token, "\ud83d", None, 7):
        assert ana.client.call("authenticate", {"token": token}) == {"ok": False}
    assert ana.client.call("authenticate") == {"ok": False}
    own = desk.listen(visitor)
    assert own.client.call("authenticate", {"token": desk.ana.token}) == {"ok": False}
    ticket = desk.ticket()
    desk.settle(ana)
    assert own.heard() == []
    assert ana.heard("ticket_created", ticketId=ticket["ticketId"])
