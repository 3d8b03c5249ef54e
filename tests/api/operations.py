"""All operations of the specification, one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.desk import API, Desk, Reply

PUBLIC = r"/auth/|/channels/|/config"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str  # below /api/v2, with real ids
    body: dict[str, Any] | None  # the JSON schema of the body
    query: list[str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(desk: Desk) -> list[Operation]:
    """All operations of the specification, with ids of existing records."""
    specification: Any = desk.app.test_client().get(f"{API}/openapi.json").json
    ticket = desk.ticket()["ticketId"]
    conversation = desk.nobody.post("/channels/web/sessions", {}).json["conversationId"]
    ids = {
        "ticket_id": ticket,
        "customer_id": desk.customer()["customerId"],
        "agent_id": desk.ana.agent_id,
        "conversation_id": conversation,
        "attachment_id": "missing",
    }
    found = []
    for path, described in specification["paths"].items():
        for method, operation in described.items():
            if method == "parameters":
                continue
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            found.append(
                Operation(
                    method.upper(),
                    path.removeprefix(API).format(**ids),
                    schema and _resolved(schema, specification),
                    [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"],
                )
            )
    assert len(found) > 30
    return found


def with_body(desk: Desk) -> list[Operation]:
    return [operation for operation in operations(desk) if operation.body]


def _resolved(schema: dict[str, Any], specification: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = specification["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def send(desk: Desk, operation: Operation, **request: Any) -> Reply:
    # Each request has another address, because this does not test rate limits.
    address = f"10.{_next(256)}.{_next(256)}.{_next(256)}"
    who = desk.nobody if re.search(PUBLIC, operation.path) else desk.admin
    return who.request(
        operation.method, operation.path, environ_overrides={"REMOTE_ADDR": address}, **request
    )


_counter = iter(range(1, 10**9))


def _next(bound: int) -> int:
    return next(_counter) % bound


def refused(answer: Reply, *statuses: int) -> bool:
    return (
        answer.status_code in statuses
        and answer.content_type == "application/problem+json"
        and answer.json["status"] == answer.status_code
        and {"type", "title", "detail", "code", "requestId"} <= answer.json.keys()
    )
