"""A client like the web application: it fetches on connect and applies events."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import httpx
import socketio

from tests.desk import API, Person, wait_for

Rows = dict[str, Any]  # ticket id to list row


class Screen:
    def __init__(self, url: str, person: Person) -> None:
        self._url = url
        self._person = person
        self._lock = threading.Lock()
        self.rows: Rows = {}
        self.connections = 0
        self._closed = threading.Event()
        self._connecting = threading.Thread(target=self._stay_connected)
        self._connecting.start()
        wait_for(lambda: self.connections)

    def differences(self) -> list[str]:
        """Return the tickets that differ from the API, and the first difference."""
        with self._lock:
            told = fetch_rows(self._url, self._person)
            differing = [
                ticket_id
                for ticket_id in sorted(told.keys() | self.rows.keys())
                if told.get(ticket_id) != self.rows.get(ticket_id)
            ]
        return differing and [
            *differing,
            f"{self.rows.get(differing[0])} instead of {told.get(differing[0])}",
        ]

    def close(self) -> None:
        self._closed.set()
        self._connecting.join()

    def _stay_connected(self) -> None:
        while not self._closed.wait(0.1):
            with suppress(socketio.exceptions.ConnectionError):
                self._connect_until_cut()

    def _connect_until_cut(self) -> None:
        """With a client of its own: one that is cut while it connects refuses to connect again,
        and its own way back gives up for good."""
        client = socketio.Client(reconnection=False, handle_sigint=False)
        client.on("connect", self._fetch)
        client.on("*", self._hear)
        auth = {"token": self._person.token}
        client.connect(self._url, auth=auth, transports=["websocket"], wait_timeout=10)
        while client.eio.state == "connected" and not self._closed.wait(0.1):
            pass
        client.disconnect()

    def _fetch(self) -> None:
        for row in fetch_rows(self._url, self._person).values():
            self._upsert(row)
        self.connections += 1

    def _hear(self, _name: str, data: Any) -> None:
        if "ticket" in data:
            self._upsert(data["ticket"])

    def _upsert(self, row: Any) -> None:
        with self._lock:
            known = self.rows.get(row["ticketId"])
            if known is None or known["version"] <= row["version"]:
                self.rows[row["ticketId"]] = row


def fetch_rows(url: str, person: Person) -> Rows:
    """Every ticket that the person may see; asks again while the server is away."""
    rows: Rows = {}
    cursor = None
    with httpx.Client(
        base_url=url + API, headers={"Authorization": f"Bearer {person.token}"}, timeout=30
    ) as http:
        while True:
            query = {"limit": "100", "sort": "ticketId"} | ({"cursor": cursor} if cursor else {})
            page = wait_for(lambda query=query: _page(http, query))  # type: ignore[misc]  # mypy cannot infer it
            rows |= {row["ticketId"]: row for row in page["data"]}
            cursor = page["pagination"]["nextCursor"]
            if cursor is None:
                return rows


def _page(http: httpx.Client, query: dict[str, str]) -> Any:
    try:
        answer = http.get("/tickets", params=query)
    except httpx.TransportError:
        return None
    return answer.json() if answer.is_success else None
