"""People at a desk, and factories with defaults. Everything goes through the HTTP API."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

import pymongo
from flask import Flask

from backend.agents.models import Session, new_account
from backend.agents.repository import AgentRepository
from backend.app import SERVICES
from backend.common.actor import Role
from backend.common.documents import Db, Document, new_id, utcnow
from backend.services import Services
from tests.conformance import specification

PASSWORD = "correct horse battery"
API = "/api/v2"

T = TypeVar("T")
Reply = Any  # werkzeug's TestResponse, whose `json` the tests read by shape
_numbers = count(1)


def wait_for(probe: Callable[[], T | None], seconds: float = 10.0) -> T:
    """Return the first truthy result of `probe`; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(0.01)


def store_tickets(db: Db, tickets: list[Document]) -> None:
    """Store many tickets at once, with a longer timeout than a request has."""
    with pymongo.timeout(60):
        db["tickets"].insert_many(tickets)


class Person:
    """A person with an access token; paths are below /api/v2.

    Every answer that a person gets must be what the OpenAPI specification says.
    """

    def __init__(self, app: Flask, token: str | None, agent_id: str = "", email: str = "") -> None:
        self._app = app
        self.token = token
        self.agent_id = agent_id
        self.email = email

    def request(self, method: str, path: str, **kwargs: Any) -> Reply:
        headers = dict(kwargs.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        with self._app.test_client(use_cookies=False) as client:
            answer = client.open(API + path, method=method, headers=headers, **kwargs)
        violations = specification(self._specification).violations(method, API + path, answer)
        assert not violations, "\n".join(violations)
        return answer

    def _specification(self) -> Any:
        with self._app.test_client() as client:
            found: Any = client.open(f"{API}/openapi.json", method="GET").json
        return found

    def get(self, path: str, **query: Any) -> Reply:
        return self.request("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("POST", path, json=body, headers=_dashed(headers))

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("PUT", path, json=body, headers=_dashed(headers))

    def delete(self, path: str, **headers: str) -> Reply:
        return self.request("DELETE", path, headers=_dashed(headers))


class Desk:
    def __init__(self, app: Flask, db: Db, password_hash: str) -> None:
        self.app = app
        self.db = db
        self._password_hash = password_hash
        self.nobody = Person(app, None)
        self.admin = self.hire("admin")
        self.supervisor = self.hire("supervisor")
        self.ana = self.hire("agent", name="Ana")
        self.bruno = self.hire("agent", name="Bruno")

    def hire(self, role: str, name: str | None = None) -> Person:
        number = next(_numbers)
        email = f"{role}{number}@desk.test"
        name = name or f"{role.title()} {number}"
        agent = new_account(name, email, Role(role), self._password_hash)
        AgentRepository(self.db).insert(agent)
        # Without logging in, which is limited to 60 a minute and address.
        session_id = new_id()
        session: Session = {
            "id": session_id,
            "hash": "",
            "createdAt": utcnow(),
            "expiresAt": utcnow(),
        }
        AgentRepository(self.db).add_session(agent["_id"], session, self._password_hash)
        services: Services = self.app.extensions[SERVICES]
        token = services.tokens.issue_access(agent["_id"], session_id)
        return Person(self.app, token, agent["_id"], email)

    def customer(self, **overrides: Any) -> Any:
        body = {"name": "María Fernández", "phone": f"+346001{next(_numbers):05d}"} | overrides
        return _made(self.supervisor.post("/customers", body))

    def ticket_body(self, **overrides: Any) -> dict[str, Any]:
        body = {
            "subject": "No puedo entrar",
            "description": "La contraseña no vale.",
            "category": "account",
        } | overrides
        if "customerId" not in body:
            body["customerId"] = self.customer()["customerId"]
        return body

    def ticket(self, **overrides: Any) -> Any:
        return _made(self.supervisor.post("/tickets", self.ticket_body(**overrides)))

    def moved(self, ticket: Any, *path: str) -> Any:
        """Return the ticket after these status transitions."""
        for status in path:
            answer = self.supervisor.put(f"/tickets/{ticket['ticketId']}", {"status": status})
            assert answer.status_code == 200, answer.text
            ticket = answer.json
        return ticket


def _made(answer: Reply) -> Any:
    assert answer.status_code == 201, answer.text
    return answer.json


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
