"""Properties of any number of processes, which share everything but memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from limits import RateLimitItem

from backend.common.errors import RateLimited
from backend.http.rate_limits import LOGIN_ACCOUNT, LOGIN_ADDRESS, RateLimits
from tests.desk import API, PASSWORD, Person
from tests.live import Listener, LiveDesk
from tests.scale.cluster import PROCESSES, Cluster

LOST = 3.0  # seconds within which a lost right ends a connection


def fill(cluster: Cluster, limit: RateLimitItem, who: str, times: int) -> None:
    """Count as many requests at once, as the processes count them."""
    limits = RateLimits(cluster.redis_url(), cluster.db)
    with suppress(RateLimited):
        for _ in range(times):
            limits.count(limit, who)


@pytest.fixture
def ears(cluster: Cluster, desk: LiveDesk) -> Iterator[list[Listener]]:
    """The supervisor at each of the processes."""
    found = [Listener(url, desk.supervisor.token) for url in cluster.urls]
    yield found
    for listener in found:
        listener.close()


def test_each_event_reaches_the_clients_of_every_process_once(
    desk: LiveDesk, ears: list[Listener]
) -> None:
    tickets = [desk.ticket() for _ in range(2 * PROCESSES)]
    for ticket in tickets:  # nginx hands them round
        path = f"/tickets/{ticket['ticketId']}"
        assert desk.supervisor.post(f"{path}/notes", {"content": "Mirado"}).status_code == 201
        assert desk.supervisor.put(f"{path}/resolve", {"summary": "Hecho"}).status_code == 200
    desk.settle(*ears)
    for ear in ears:
        for ticket in tickets:
            assert ear.names(ticketId=ticket["ticketId"]) == [
                "ticket_created",
                "ticket_note_added",
                "ticket_status_changed",
                "ticket_resolved",
            ]


def test_events_reach_only_permitted_agents_in_all_processes(
    cluster: Cluster, desk: LiveDesk, ears: list[Listener]
) -> None:
    others = [Listener(url, desk.bruno.token) for url in cluster.urls]
    mine = desk.ticket(assignedTo=desk.ana.agent_id)
    desk.settle(*ears, *others)
    for other in others:
        assert other.heard(ticketId=mine["ticketId"]) == []
        other.close()


def test_the_eleventh_login_of_an_account_waits_in_any_process(
    cluster: Cluster, desk: LiveDesk
) -> None:
    fill(cluster, LOGIN_ACCOUNT, desk.bruno.email, 8)
    credentials = {"email": desk.bruno.email, "password": "not the password"}
    answers = [
        httpx.post(f"{cluster.urls[number % PROCESSES]}{API}/auth/login", json=credentials)
        for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


def test_logging_out_at_one_process_is_out_at_all(cluster: Cluster, desk: LiveDesk) -> None:
    credentials = {"email": desk.ana.email, "password": PASSWORD}
    login = httpx.post(f"{cluster.urls[0]}{API}/auth/login", json=credentials)
    token = login.json()["accessToken"]
    ears = [Listener(url, token) for url in cluster.urls]
    cookie = {"Cookie": login.headers["Set-Cookie"].partition(";")[0]}
    assert httpx.post(f"{cluster.urls[1]}{API}/auth/logout", headers=cookie).status_code == 204
    for url in cluster.urls:
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{url}{API}/auth/me", headers=headers).status_code == 401
    assert all(ear.lost_within(LOST) for ear in ears)


def test_a_deactivated_agent_loses_the_sockets_of_every_process(
    cluster: Cluster, desk: LiveDesk, ears: list[Listener]
) -> None:
    lost = [Listener(url, desk.ana.token) for url in cluster.urls]
    answer = desk.admin.put(f"/agents/{desk.ana.agent_id}", {"active": False})
    assert answer.status_code == 200
    assert all(ear.lost_within(LOST) for ear in lost)
    desk.settle(*ears)


def test_an_address_that_a_client_names_is_not_believed(cluster: Cluster) -> None:
    """nginx adds whom it was asked by, and only what it adds counts."""

    fill(cluster, LOGIN_ADDRESS, "127.0.0.1", 60)
    nobody = {"email": "nobody@desk.test", "password": "x"}
    answer = httpx.post(
        f"{cluster.url}{API}/auth/login", json=nobody, headers={"X-Forwarded-For": "10.0.0.1"}
    )
    assert answer.status_code == 429


def test_nginx_answers_as_the_api_does(cluster: Cluster, desk: LiveDesk) -> None:
    too_large = httpx.post(f"{cluster.url}{API}/auth/login", content=b"x" * (13 << 20))
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")
    endless = httpx.get(f"{cluster.url}{API}/tickets", params={"search": "x" * 9_000})
    assert (endless.status_code, endless.json()["code"]) == (400, "bad_request")
    # As long as nginx takes, it is the application's to answer.
    long = httpx.get(f"{cluster.url}{API}/tickets", params={"search": "x" * 7_900})
    assert (long.status_code, long.json()["code"]) == (401, "unauthenticated")
    hidden = httpx.get(f"{cluster.url}/metrics")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
    for answer in (too_large, endless, hidden):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert httpx.get(f"{cluster.urls[0]}/metrics").status_code == 200
    over_tls = httpx.post(
        f"{cluster.url}{API}/auth/login",
        json={"email": desk.supervisor.email, "password": PASSWORD},
        headers={"X-Forwarded-Proto": "https"},
    )
    assert over_tls.status_code in (200, 429)
    assert over_tls.status_code == 429 or "Secure" in over_tls.headers["Set-Cookie"]


def test_lists_are_compressed_on_the_way(cluster: Cluster, desk: LiveDesk) -> None:
    for _ in range(3):
        desk.ticket()
    answer = httpx.get(f"{cluster.url}{API}/tickets", headers=_as(desk.supervisor))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["data"]


def _as(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}
