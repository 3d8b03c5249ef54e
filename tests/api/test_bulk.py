"""One change for many tickets: each is a separate write with its own result."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import Desk, Person


def change(person: Person, ids: list[str], **fields: Any) -> list[Any]:
    answer = person.post("/tickets/bulk", {"ticketIds": ids, "change": fields})
    assert answer.status_code == 200, answer.text
    results: list[Any] = answer.json["results"]
    return results


def test_each_ticket_has_its_own_result(desk: Desk) -> None:
    good, same, closed, theirs = (
        desk.ticket()["ticketId"],
        desk.moved(desk.ticket(), "open")["ticketId"],
        desk.moved(desk.ticket(), "closed")["ticketId"],
        desk.ticket(assignedTo=desk.bruno.agent_id)["ticketId"],
    )
    ids = [good, same, closed, theirs, "TICKET-1999-000001"]
    results = change(desk.ana, ids, status="open")
    assert [result["ticketId"] for result in results] == ids
    assert [result["success"] for result in results] == [True, True, False, False, False]
    assert [result["version"] for result in results] == [2, 2, None, None, None]
    codes = [result["error"] and result["error"]["code"] for result in results]
    assert codes == [None, None, "invalid_transition", "not_found", "not_found"]
    assert results[2]["error"]["legal"] == ["reopened"]
    # Invisible and missing tickets look the same.
    assert results[3]["error"] == results[4]["error"]
    assert desk.supervisor.get(f"/tickets/{theirs}").json["version"] == 1


def test_every_kind_of_change_is_complete(desk: Desk) -> None:
    ids = [desk.ticket()["ticketId"] for _ in range(3)]
    fields = {
        "priority": "urgent",
        "category": "billing",
        "subcategory": "invoice",
        "tags": ["vip", "vip"],
        "assignedTo": desk.ana.agent_id,
        "status": "in_progress",
        "statusReason": "from the list",
    }
    assert all(result["success"] for result in change(desk.ana, ids, **fields))
    for ticket_id in ids:
        after = desk.ana.get(f"/tickets/{ticket_id}").json
        assert (after["priority"], after["category"], after["tags"]) == (
            "urgent",
            "billing",
            ["vip"],
        )
        assert after["assignedTo"]["name"] == "Ana"
        assert after["statusHistory"][-1]["reason"] == "from the list"
        assert after["version"] == 2
    assert all(result["success"] for result in change(desk.ana, ids, assignedTo=None))


def test_a_rule_of_the_ticket_is_a_failure_of_that_ticket(desk: Desk) -> None:
    ids = [desk.ticket()["ticketId"], desk.ticket(subcategory="x")["ticketId"]]
    first, second = change(desk.ana, ids, category="billing")
    assert first["error"]["code"] == "validation_error"
    assert list(first["error"]["errors"]) == ["subcategory"]
    assert second["success"] is True


def test_tags_are_added_and_removed_beside_others(desk: Desk) -> None:
    ids = [
        desk.ticket(tags=["old", "vip"])["ticketId"],
        desk.ticket(tags=["vip"])["ticketId"],
        desk.ticket(tags=["old", *(f"tag {number}" for number in range(19))])["ticketId"],
    ]
    results = change(desk.ana, ids, addTags=["new", "vip"], removeTags=["old"])
    assert [result["success"] for result in results] == [True, True, False]
    assert list(results[2]["error"]["errors"]) == ["tags"]  # it would have 21
    tags = [desk.ana.get(f"/tickets/{ticket_id}").json["tags"] for ticket_id in ids[:2]]
    assert tags == [["vip", "new"], ["vip", "new"]]
    [again] = change(desk.ana, ids[:1], addTags=["new"], removeTags=["old"])
    assert again["version"] == 2  # nothing was left to change


def test_a_ticket_named_twice_is_changed_once(desk: Desk) -> None:
    ticket = desk.ticket()["ticketId"]
    assert len(change(desk.ana, [ticket, ticket], priority="low")) == 1


def test_a_reassigned_ticket_is_reassigned_once(desk: Desk) -> None:
    ticket = desk.ticket()["ticketId"]
    [result] = change(desk.ana, [ticket], assignedTo=desk.bruno.agent_id)
    assert result["success"] is True
    [again] = change(desk.ana, [ticket], assignedTo=desk.ana.agent_id)
    assert again["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "body",
    [
        {"ticketIds": [], "change": {"priority": "low"}},
        {"ticketIds": ["x"] * 101, "change": {"priority": "low"}},
        {"ticketIds": "TICKET-2026-000001", "change": {"priority": "low"}},
        {"ticketIds": [{"$ne": None}], "change": {"priority": "low"}},
        {"ticketIds": ["x"]},
        {"ticketIds": ["x"], "change": {}},
        {"ticketIds": ["x"], "change": {"subject": "all the same"}},
        {"ticketIds": ["x"], "change": {"priority": "low"}, "versions": {"x": "1"}},
        {"ticketIds": ["x"], "change": {"priority": "low"}, "versions": {"x": 10**30}},
        {"ticketIds": ["x"], "change": {"priority": "low"}, "versions": {"x": 1.5}},
    ],
)
def test_a_request_that_is_wrong_as_a_whole_is_refused_as_a_whole(desk: Desk, body: Any) -> None:
    assert desk.ana.post("/tickets/bulk", body).status_code == 422


def test_a_ticket_that_somebody_changed_meanwhile_is_refused(desk: Desk) -> None:
    seen, changed = desk.ticket(), desk.ticket()
    path = f"/tickets/{changed['ticketId']}"
    assert desk.bruno.put(path, {"priority": "urgent"}).status_code == 200
    body = {
        "ticketIds": [seen["ticketId"], changed["ticketId"]],
        "change": {"priority": "low"},
        "versions": {ticket["ticketId"]: ticket["version"] for ticket in (seen, changed)},
    }
    done, refused = desk.ana.post("/tickets/bulk", body).json["results"]
    assert (done["success"], done["version"]) == (True, 2)
    assert (refused["success"], refused["error"]["code"]) == (False, "version_conflict")
    assert desk.ana.get(path).json["priority"] == "urgent"


def test_a_hundred_tickets_are_changed_at_once(desk: Desk) -> None:
    customer = desk.customer()["customerId"]
    ids = [desk.ticket(customerId=customer)["ticketId"] for _ in range(100)]
    assert [r["success"] for r in change(desk.ana, ids, priority="high")] == [True] * 100
