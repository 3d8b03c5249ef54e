"""An Idempotency-Key stands for one request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import Desk


@pytest.mark.parametrize(
    "other",
    [{"subject": "Another"}, {"priority": "urgent"}, {"tags": ["a"]}, {"category": "other"}],
)
def test_a_key_reused_with_other_fields_is_refused(desk: Desk, other: dict[str, Any]) -> None:
    body = desk.ticket_body()
    made = desk.ana.post("/tickets", body, Idempotency_Key="one").json
    answer = desk.ana.post("/tickets", body | other, Idempotency_Key="one")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["Idempotency-Key"])
    assert answer.json["current"]["ticketId"] == made["ticketId"]
    assert desk.supervisor.get("/tickets").json["pagination"]["total"] == 1
    # In another order it is the same request.
    again = desk.ana.post("/tickets", dict(reversed(body.items())), Idempotency_Key="one")
    assert (again.status_code, again.json["ticketId"]) == (201, made["ticketId"])
