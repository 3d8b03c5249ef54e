"""Tickets over HTTP: creating, reading, status transitions, notes, resolving."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.collections import FEATURES
from backend.common import counting
from backend.common.documents import Db, utcnow
from backend.platform.database import prepare
from backend.tickets.models import Status
from backend.tickets.rules import ALLOWED_TRANSITIONS
from tests.desk import Desk, Person


def test_a_ticket_gets_the_years_next_number_and_starts_new(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket()
    year = utcnow().year
    assert first["ticketId"] == f"TICKET-{year}-000001"
    assert second["ticketId"] == f"TICKET-{year}-000002"
    assert first["status"] == "new"
    assert first["version"] == 1
    assert [move["to"] for move in first["statusHistory"]] == ["new"]


def test_creating_answers_with_location_and_etag(desk: Desk) -> None:
    customer = desk.customer()
    answer = desk.ana.post(
        "/tickets",
        {
            "subject": "s",
            "description": "d",
            "category": "other",
            "customerId": customer["customerId"],
        },
    )
    assert answer.headers["Location"].endswith(f"/api/v2/tickets/{answer.json['ticketId']}")
    assert answer.headers["ETag"] == '"1"'
    assert answer.json["customer"] == {
        "customerId": customer["customerId"],
        "name": customer["name"],
        "phone": customer["phone"],
    }


def test_concurrent_creates_have_unique_numbers_without_gaps(desk: Desk) -> None:
    customer = desk.customer()
    with ThreadPoolExecutor(16) as pool:
        tickets = list(
            pool.map(lambda _: desk.ticket(customerId=customer["customerId"]), range(100))
        )
    numbers = sorted(int(ticket["ticketId"].rsplit("-", 1)[1]) for ticket in tickets)
    assert numbers == list(range(1, 101))


def test_a_repeated_idempotency_key_gets_the_first_ticket(desk: Desk, db: Db) -> None:
    body = {
        "subject": "s",
        "description": "d",
        "category": "other",
        "customerId": desk.customer()["customerId"],
    }

    def send(person: Person) -> Any:
        return person.post("/tickets", body, Idempotency_Key="same")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(desk.ana), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["ticketId"] for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
    assert sorted(replayed, key=str) == [None] + ["true"] * 7
    assert db["tickets"].count_documents({}) == 1
    # Another agent's key is another key.
    assert send(desk.bruno).headers.get("Idempotency-Replayed") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", ""),
        ("subject", "x" * 201),
        ("subject", 7),
        ("subject", "nul\u0000byte"),
        ("subject", "disguised\u202etxt.exe"),
        ("description", "x" * 10_001),
        ("category", "nonsense"),
        ("priority", "asap"),
        ("customerId", "nobody"),
        ("customerId", {"$gt": ""}),
        ("conversationId", "nowhere"),
        ("assignedTo", "nobody"),
        ("tags", ["t"] * 21),
        ("tags", ["x" * 41]),
        ("location", {"latitude": 91}),
        ("surprise", "field"),
    ],
)
def test_bad_input_is_refused_by_field(desk: Desk, db: Db, field: str, value: Any) -> None:
    body = {
        "subject": "s",
        "description": "d",
        "category": "other",
        "customerId": desk.customer()["customerId"],
        field: value,
    }
    answer = desk.ana.post("/tickets", body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "validation_error"
    assert list(answer.json["errors"]) == [field]
    assert db["tickets"].count_documents({}) == 0


@pytest.mark.parametrize("category", ["technical_support", "billing"])
def test_some_categories_need_a_subcategory_of_agents(desk: Desk, category: str) -> None:
    body = {
        "subject": "s",
        "description": "d",
        "category": category,
        "customerId": desk.customer()["customerId"],
    }
    assert desk.ana.post("/tickets", body).status_code == 422
    assert desk.ana.post("/tickets", body | {"subcategory": "x"}).status_code == 201


@pytest.mark.parametrize("start", Status)
def test_only_allowed_transitions_are_made(desk: Desk, db: Db, start: Status) -> None:
    """One transition of each kind over HTTP; `tests/tickets/test_rules.py` has the whole table."""
    allowed = ALLOWED_TRANSITIONS[start]
    refused = next(status for status in Status if status not in (*allowed, start))
    ticket = desk.ticket()

    def change_to(status: Status) -> Any:
        db["tickets"].update_one({"_id": ticket["ticketId"]}, {"$set": {"status": start.value}})
        return desk.ana.put(f"/tickets/{ticket['ticketId']}", {"status": status.value})

    unchanged = change_to(start)
    assert unchanged.status_code == 200
    assert unchanged.json["version"] == ticket["version"]

    answer = change_to(refused)
    assert answer.status_code == 409
    assert answer.json["code"] == "invalid_transition"
    assert answer.json["legal"] == [status.value for status in allowed]

    answer = change_to(allowed[-1])
    assert answer.status_code == 200
    assert answer.json["status"] == allowed[-1].value
    entry = answer.json["statusHistory"][-1]
    assert (entry["from"], entry["to"]) == (start.value, allowed[-1].value)


def test_a_stale_version_is_refused_and_shows_the_ticket_as_it_is(desk: Desk) -> None:
    ticket = desk.ticket()
    path = f"/tickets/{ticket['ticketId']}"
    first = desk.ana.put(path, {"subject": "Ana's"}, If_Match='"1"')
    second = desk.bruno.put(path, {"subject": "Bruno's"}, If_Match='"1"')
    assert first.status_code == 200
    assert first.headers["ETag"] == '"2"'
    assert second.status_code == 412
    assert second.json["code"] == "version_conflict"
    assert second.json["current"]["subject"] == "Ana's"
    assert desk.ana.put(path, {"subject": "x"}, If_Match="nonsense").status_code == 422


def test_writes_without_a_version_lose_nothing(desk: Desk) -> None:
    ticket = desk.ticket()
    path = f"/tickets/{ticket['ticketId']}/notes"
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda n: desk.ana.post(path, {"content": f"note {n}"}), range(64)))
    assert {answer.status_code for answer in answers} == {201}
    after = desk.ana.get(f"/tickets/{ticket['ticketId']}").json
    assert sorted(note["content"] for note in after["notes"]) == sorted(
        f"note {n}" for n in range(64)
    )
    assert after["version"] == 65


def test_an_empty_change_is_not_a_write(desk: Desk) -> None:
    ticket = desk.ticket()
    answer = desk.ana.put(f"/tickets/{ticket['ticketId']}", {"subject": ticket["subject"]})
    assert answer.json["version"] == 1
    assert answer.json["updatedAt"] == ticket["updatedAt"]


def test_a_known_version_returns_304(desk: Desk) -> None:
    ticket = desk.ticket()
    path = f"/tickets/{ticket['ticketId']}"
    same = desk.ana.request("GET", path, headers={"If-None-Match": '"1"'})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", '"1"')
    other = desk.ana.request("GET", path, headers={"If-None-Match": '"7"'})
    assert other.status_code == 200
    # Browsers must not cache it: the SLA state changes without a new version.
    assert other.headers["Cache-Control"] == "no-store"


def test_notes_are_internal_unless_said_otherwise(desk: Desk) -> None:
    path = f"/tickets/{desk.ticket()['ticketId']}"
    internal = desk.ana.post(f"{path}/notes", {"content": "between us"})
    assert internal.status_code == 201
    assert internal.json["isInternal"] is True
    assert internal.json["author"]["id"] == desk.ana.agent_id
    assert desk.ana.get(path).json["sla"]["firstRespondedAt"] is None
    public = desk.ana.post(f"{path}/notes", {"content": "for you", "isInternal": False})
    assert public.headers["ETag"] == '"3"'
    after = desk.ana.get(path).json
    assert [note["isInternal"] for note in after["notes"]] == [True, False]
    assert after["sla"]["firstRespondedAt"] == public.json["createdAt"]


def test_resolving_needs_a_summary_and_stops_the_clock(desk: Desk) -> None:
    path = f"/tickets/{desk.ticket()['ticketId']}"
    assert desk.ana.put(f"{path}/resolve", {}).status_code == 422
    resolved = desk.ana.put(f"{path}/resolve", {"summary": "Password was reset."}).json
    assert resolved["status"] == "resolved"
    assert resolved["resolution"]["summary"] == "Password was reset."
    assert resolved["resolution"]["resolvedBy"]["id"] == desk.ana.agent_id
    assert resolved["sla"]["state"] == "met"
    assert desk.ana.put(f"{path}/resolve", {"summary": "again"}).status_code == 409
    reopened = desk.ana.put(path, {"status": "reopened"}).json
    assert reopened["sla"]["state"] == "on_track"
    assert reopened["resolution"] is None


def test_escalation_is_a_flag_that_can_assign_the_ticket(desk: Desk) -> None:
    path = f"/tickets/{desk.ticket()['ticketId']}/escalate"
    raised = desk.ana.put(path, {"reason": "VIP", "toAgentId": desk.bruno.agent_id}).json
    assert raised["escalated"] is True
    assert raised["escalation"]["reason"] == "VIP"
    assert raised["assignedTo"]["agentId"] == desk.bruno.agent_id
    assert raised["status"] == "new"
    lowered = desk.bruno.delete(path).json
    assert (lowered["escalated"], lowered["escalation"]) == (False, None)


def test_agents_see_their_own_and_unassigned_tickets_only(desk: Desk) -> None:
    mine = desk.ticket(assignedTo=desk.ana.agent_id)["ticketId"]
    others = desk.ticket(assignedTo=desk.bruno.agent_id)["ticketId"]
    free = desk.ticket()["ticketId"]

    def seen(person: Person) -> set[str]:
        return {ticket["ticketId"] for ticket in person.get("/tickets").json["data"]}

    assert seen(desk.ana) == {mine, free}
    assert seen(desk.bruno) == {others, free}
    assert seen(desk.supervisor) == seen(desk.admin) == {mine, others, free}
    assert desk.ana.get("/tickets").json["pagination"]["total"] == 2
    there, missing = desk.ana.get(f"/tickets/{others}"), desk.ana.get("/tickets/TICKET-1999-1")
    assert there.status_code == missing.status_code == 404
    assert _without_id(there.json) == _without_id(missing.json)
    for request in (
        desk.ana.put(f"/tickets/{others}", {"subject": "mine now"}),
        desk.ana.put(f"/tickets/{others}/assign", {"agentId": desk.ana.agent_id}),
        desk.ana.put(f"/tickets/{others}/resolve", {"summary": "x"}),
        desk.ana.put(f"/tickets/{others}/escalate", {"reason": "x"}),
        desk.ana.post(f"/tickets/{others}/notes", {"content": "x"}),
    ):
        assert request.status_code == 404
    assert desk.supervisor.get(f"/tickets/{others}").json["version"] == 1


def _without_id(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "requestId"}


def test_lists_are_paged(desk: Desk) -> None:
    customer = desk.customer()["customerId"]
    made = [desk.ticket(customerId=customer)["ticketId"] for _ in range(23)]
    first = desk.ana.get("/tickets", sort="ticketId").json
    assert [ticket["ticketId"] for ticket in first["data"]] == made[:20]
    cursor = first["pagination"].pop("nextCursor")
    assert first["pagination"] == {
        "page": 1,
        "limit": 20,
        "total": 23,
        "totalIsExact": True,
        "pages": 2,
    }
    for rest in ({"page": 2}, {"cursor": cursor}):
        second = desk.ana.get("/tickets", sort="ticketId", **rest).json
        assert [ticket["ticketId"] for ticket in second["data"]] == made[20:]
        assert second["pagination"]["nextCursor"] is None
        assert second["pagination"]["total"] == 23
    for bad in ({"limit": 101}, {"limit": 0}, {"page": 0}, {"cursor": "e30"}, {"page": 99999}):
        answer = desk.ana.get("/tickets", **bad)
        assert (answer.status_code, list(answer.json["errors"])) == (422, list(bad))


@pytest.mark.parametrize("sort", ["updatedAt", "createdAt", "priority", "status", "ticketId"])
def test_cursors_walk_through_every_sort_once(desk: Desk, sort: str) -> None:
    customer = desk.customer()["customerId"]
    priorities = ["low", "urgent", "medium", "high", "medium", "low", "medium"]
    made = [desk.ticket(customerId=customer, priority=p)["ticketId"] for p in priorities]
    for sign in ("", "-"):
        seen: list[str] = []
        cursor = None
        while True:
            page = desk.ana.get("/tickets", sort=sign + sort, limit=2, cursor=cursor or None).json
            seen += [ticket["ticketId"] for ticket in page["data"]]
            cursor = page["pagination"]["nextCursor"]
            if cursor is None:
                break
        assert sorted(seen) == made


def test_filters_narrow_the_list(desk: Desk) -> None:
    customer = desk.customer()["customerId"]
    plain = desk.ticket()["ticketId"]
    rich = desk.ticket(
        customerId=customer,
        priority="urgent",
        category="complaint",
        tags=["vip"],
        assignedTo=desk.ana.agent_id,
    )["ticketId"]
    desk.supervisor.put(f"/tickets/{rich}/escalate", {"reason": "x"})
    desk.moved({"ticketId": rich}, "open")

    def found(**query: str) -> set[str]:
        answer = desk.supervisor.get("/tickets", **query)
        assert answer.status_code == 200, answer.text
        return {ticket["ticketId"] for ticket in answer.json["data"]}

    for query in (
        {"status": "open"},
        {"status": "open,closed"},
        {"priority": "urgent"},
        {"category": "complaint"},
        {"customerId": customer},
        {"tag": "vip"},
        {"escalated": "true"},
        {"assignedTo": desk.ana.agent_id},
    ):
        assert found(**query) == {rich}, query
    assert found(assignedTo="unassigned") == {plain}
    assert found(escalated="false") == {plain}
    assert found(sla="on_track") == {plain, rich}
    assert found(sla="breached") == set()
    assert found(createdTo="2000-01-01T00:00:00Z") == set()
    assert found(createdFrom="2000-01-01T00:00:00Z") == {plain, rich}
    assert {t["ticketId"] for t in desk.ana.get("/tickets", assignedTo="me").json["data"]} == {rich}
    assert desk.ana.get("/tickets", status="nonsense").status_code == 422
    assert desk.ana.get("/tickets", unknown="x").status_code == 422


def test_a_total_says_when_there_are_more_than_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_COUNTED", 3)
    for expected in ((1, True), (2, True), (3, True), (3, False)):
        desk.ticket()
        for query in ({}, {"status": "new"}):
            found = desk.supervisor.get("/tickets", limit=1, **query).json["pagination"]
            assert (found["total"], found["totalIsExact"]) == expected


def test_a_bounded_total_is_exact_on_the_last_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_COUNTED", 3)
    tickets = [desk.ticket()["ticketId"] for _ in range(4)]
    for expected in ((3, False), (3, False)):
        found = desk.supervisor.get("/tickets", limit=3, status="new").json["pagination"]
        assert (found["total"], found["totalIsExact"]) == expected
    desk.ana.put(f"/tickets/{tickets[0]}", {"status": "open"})
    found = desk.supervisor.get("/tickets", limit=3, status="new").json["pagination"]
    assert (found["total"], found["totalIsExact"]) == (3, True)


def test_a_list_is_answered_while_its_index_is_missing(desk: Desk, db: Db) -> None:
    first, second = desk.ticket()["ticketId"], desk.ticket()["ticketId"]
    db["tickets"].drop_indexes()
    try:
        data = desk.ana.get("/tickets", sort="ticketId", status="new").json["data"]
        exported = desk.ana.get("/tickets/export.csv").text
    finally:
        prepare(db, FEATURES)
    assert [ticket["ticketId"] for ticket in data] == [first, second]
    assert first in exported
    assert second in exported


def test_search_finds_the_ticket_just_created(desk: Desk) -> None:
    customer = desk.customer(name="Íñigo Peña", phone="+34655443322")
    ticket = desk.ticket(
        customerId=customer["customerId"],
        subject="Avería en la calefacción",
        description="The heating makes strange noises",
        tags=["caldera"],
    )["ticketId"]
    number = ticket.rsplit("-", 1)[1]
    desk.ticket(subject="Otra cosa")
    for text in (
        ticket,
        ticket.lower(),
        number,
        "1" if number.endswith("1") else number[-2:],
        "655443322",
        "443322",
        "+34 655 44 33 22",
        "peña",
        "PENA",
        "inigo",
        "averia",
        "Calefacción",
        "strange heating",
        "caldera",
    ):
        data = desk.ana.get("/tickets", search=text).json["data"]
        assert ticket in [found["ticketId"] for found in data], text
    for text in ("calefaccion inexistente", "999999", "$where", '"', "🙂", "-caldera x"):
        data = desk.ana.get("/tickets", search=text).json["data"]
        assert ticket not in [found["ticketId"] for found in data], text


def test_everything_needs_a_login(desk: Desk) -> None:
    rules = [
        rule
        for rule in desk.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v2/")
        and not re.search(
            r"/auth/(login|refresh|logout|setup)|/channels/|/openapi|/docs|/config", rule.rule
        )
    ]
    assert len(rules) > 10
    for rule in rules:
        path = re.sub(r"<[^>]+>", "TICKET-2026-000001", rule.rule).removeprefix("/api/v2")
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            answer = desk.nobody.request(method, path)
            assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated"), rule
