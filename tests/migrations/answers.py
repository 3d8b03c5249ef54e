"""Reads everything that the HTTP API shows, of whatever version answers."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import httpx

from tests.desk import API

PASSWORD = "mostrador-demo"
AGENTS = ("admin@demo.test", "supervisor@demo.test", "agent1@demo.test", "agent2@demo.test")
SEARCHES = ("TICKET-2026-000500", "islas", "impresora", "Quiroga", "611")


class Api:
    """One person's requests; each must succeed."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        fresh = httpx.Limits(max_keepalive_connections=0)  # nothing is left open at the end
        self._http = httpx.Client(base_url=url + API, headers=headers, timeout=30, limits=fresh)

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query).json()

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Any:
        return self._send("POST", path, json=body, headers=headers).json()

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, json=body).json()

    def delete(self, path: str) -> None:
        self._send("DELETE", path)

    def deliver(self, path: str, body: bytes, signature: str) -> None:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        self._send("POST", path, content=body, headers=headers)

    def upload(self, path: str, name: str, content: bytes) -> None:
        self._send("POST", path, files={"file": (name, content)})

    def download(self, path: str) -> bytes:
        return self._send("GET", path).content

    def every(self, path: str, **query: Any) -> list[Any]:
        """Return the items of all pages of a list."""
        found: list[Any] = []
        page = self.get(path, limit=100, **query)
        while True:
            found += page["data"]
            cursor = page["pagination"]["nextCursor"]
            if cursor is None:
                return found
            page = self.get(path, limit=100, cursor=cursor, **query)

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        response = self._http.request(method, path, **request)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response


def log_in(url: str, email: str) -> Api:
    body = {"email": email, "password": PASSWORD}
    return Api(url, Api(url).post("/auth/login", body)["accessToken"])


class Answers:
    def __init__(self, people: Mapping[str, Api]) -> None:
        self._people = people
        self._supervisor = people["supervisor@demo.test"]
        self._admin = people["admin@demo.test"]  # reads the tickets: agents have a rate limit
        self.tickets: dict[str, Any] = {}

    def take_tickets(self) -> None:
        """Read the details of the tickets that have not been read yet."""
        for row in self._supervisor.every("/tickets", sort="ticketId"):
            ticket_id = row["ticketId"]
            if ticket_id not in self.tickets:
                self.tickets[ticket_id] = self._admin.get(f"/tickets/{ticket_id}")

    def all(self) -> dict[str, Any]:
        """Read the rest, first what the assistant is about to change."""
        conversations = self._conversations()
        self.take_tickets()
        return {
            "conversations": conversations,
            "counts": {email: api.get("/tickets/counts") for email, api in self._people.items()},
            "lists": {
                email: [row["ticketId"] for row in api.every("/tickets", sort="ticketId")]
                for email, api in self._people.items()
            },
            "searches": {
                text: sorted(
                    row["ticketId"] for row in self._supervisor.every("/tickets", search=text)
                )
                for text in SEARCHES
            },
            "agents": self._supervisor.every("/agents"),
            "customers": {
                customer["customerId"]: customer
                for customer in self._supervisor.every("/customers")
            },
            "files": self._files(),
            "tickets": self.tickets,
        }

    def _conversations(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for conversation in self._supervisor.every("/conversations"):
            path = f"/conversations/{conversation['conversationId']}/messages"
            messages = self._supervisor.every(path)
            found[conversation["conversationId"]] = conversation | {"messages": messages}
        return found

    def _files(self) -> dict[str, str]:
        """Return the contents by path, in base64."""
        paths = [
            f"/tickets/{ticket_id}/attachments/{attachment['attachmentId']}"
            for ticket_id, ticket in self.tickets.items()
            for attachment in ticket["attachments"]
        ]
        return {path: base64.b64encode(self._supervisor.download(path)).decode() for path in paths}
