"""Agents' accounts over HTTP: everyone can list them, admins manage them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import PASSWORD, Desk

NEW = {"name": "Carla", "email": "carla@desk.test", "password": PASSWORD}


def test_everybody_lists_the_agents_by_name(desk: Desk) -> None:
    desk.hire("agent", name="Zoe")
    for person in (desk.ana, desk.supervisor, desk.admin):
        names = [agent["name"] for agent in person.get("/agents").json["data"]]
        assert names == sorted(names)
        assert {"Ana", "Bruno", "Zoe"} <= set(names)
    first = desk.ana.get("/agents", limit=2).json
    rest = desk.ana.get("/agents", limit=3, cursor=first["pagination"]["nextCursor"]).json
    assert [a["name"] for a in first["data"] + rest["data"]] == names


def test_a_cursor_holds_a_name_of_any_script(desk: Desk) -> None:
    for _ in range(3):
        desk.hire("agent", name="龍" * 120)
    seen, query = [], {"limit": 1}
    while True:
        page = desk.ana.get("/agents", **query).json
        seen += [agent["agentId"] for agent in page["data"]]
        if not page["pagination"]["nextCursor"]:
            break
        query["cursor"] = page["pagination"]["nextCursor"]
    assert len(seen) == len(set(seen)) == 7


def test_only_admins_manage_agents(desk: Desk) -> None:
    path = f"/agents/{desk.ana.agent_id}"
    for person in (desk.ana, desk.supervisor):
        for answer in (
            person.post("/agents", NEW),
            person.put(path, {"name": "x"}),
            person.put(path, {"role": "admin"}),
            person.put("/agents/nobody", {"name": "x"}),
        ):
            assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert desk.ana.get("/auth/me").json["role"] == "agent"


def test_an_admin_adds_and_changes_an_agent(desk: Desk) -> None:
    added = desk.admin.post("/agents", NEW | {"email": " Carla@Desk.test "})
    assert added.status_code == 201
    assert added.json["role"] == "agent"
    assert added.json["email"] == "carla@desk.test"
    assert added.json["active"] is True
    path = f"/agents/{added.json['agentId']}"
    assert added.headers["Location"] == f"/api/v2{path}"
    assert desk.ana.get(path).json == added.json
    changed = desk.admin.put(path, {"name": "Carla Gil", "role": "supervisor", "active": False})
    assert changed.json == added.json | {
        "name": "Carla Gil",
        "role": "supervisor",
        "active": False,
    }
    assert desk.admin.put("/agents/nobody", {"name": "x"}).status_code == 404
    assert desk.admin.get("/agents/nobody").status_code == 404


def test_an_email_is_one_agents(desk: Desk) -> None:
    assert desk.admin.post("/agents", NEW).status_code == 201
    taken = desk.admin.post("/agents", NEW | {"email": "CARLA@desk.test"})
    assert (taken.status_code, taken.json["code"]) == (409, "conflict")
    assert (
        desk.admin.put(f"/agents/{desk.ana.agent_id}", {"email": NEW["email"]}).status_code == 409
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "disguised\u202e"),
        ("email", "no address"),
        ("email", "a@" + "b" * 260 + ".test"),
        ("email", "nul\u0000@desk.test"),
        ("email", '"control\u0001"@desk.test'),
        ("password", "short"),
        ("password", "x" * 201),
        ("password", None),
        ("role", "owner"),
        ("role", None),
        ("agentId", "chosen"),
        ("passwordHash", "chosen"),
        ("sessions", []),
    ],
)
def test_bad_accounts_are_refused_by_field(desk: Desk, field: str, value: Any) -> None:
    for answer in (
        desk.admin.post("/agents", NEW | {field: value}),
        desk.admin.put(f"/agents/{desk.ana.agent_id}", {field: value}),
    ):
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_no_admin_can_lock_themselves_out(desk: Desk) -> None:
    path = f"/agents/{desk.admin.agent_id}"
    for change in ({"active": False}, {"role": "agent"}):
        assert desk.admin.put(path, change).status_code == 409
    assert desk.admin.put(path, {"name": "Root", "role": "admin"}).status_code == 200
    assert desk.admin.get("/auth/me").json["name"] == "Root"


def test_tickets_are_assigned_to_active_agents_only(desk: Desk) -> None:
    desk.admin.put(f"/agents/{desk.bruno.agent_id}", {"active": False})
    path = f"/tickets/{desk.ticket()['ticketId']}"
    for answer, field in (
        (desk.ana.put(f"{path}/assign", {"agentId": desk.bruno.agent_id}), "agentId"),
        (
            desk.ana.put(f"{path}/escalate", {"reason": "x", "toAgentId": desk.bruno.agent_id}),
            "toAgentId",
        ),
        (
            desk.ana.post("/tickets", desk.ticket_body(assignedTo=desk.bruno.agent_id)),
            "assignedTo",
        ),
    ):
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
