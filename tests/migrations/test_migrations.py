"""What each migration does to a database that lacks it."""

from __future__ import annotations

from backend.collections import FEATURES
from backend.common.documents import Db, utcnow
from backend.platform.database import prepare
from tests.desk import Desk


def test_a_ticket_of_an_earlier_version_gets_missing_fields(desk: Desk, db: Db) -> None:
    ticket_id = desk.ticket()["ticketId"]
    [created_in] = [found["createdMonth"] for found in db["tickets"].find()]
    db["tickets"].update_one({"_id": ticket_id}, {"$unset": {"createdMonth": ""}})
    db["migrations"].delete_many({})
    prepare(db, FEATURES)
    assert [found["createdMonth"] for found in db["tickets"].find()] == [created_in]
    until_now = f"{utcnow():%Y-%m-%dT%H:%M:%S.%fZ}"
    found = desk.ana.get("/tickets", createdTo=until_now).json["data"]
    assert [ticket["ticketId"] for ticket in found] == [ticket_id]


def test_it_drops_what_earlier_versions_made_and_leaves_the_operators_own(db: Db) -> None:
    tickets = db["tickets"]
    wanted = set(tickets.index_information())
    retired = tickets.create_index([("status", 1), ("updatedAt", -1), ("number", -1)])
    tickets.create_index("source", name="mine")
    assert retired not in wanted
    db["migrations"].delete_many({})
    prepare(db, FEATURES)
    assert set(tickets.index_information()) == wanted | {"mine"}
    tickets.drop_index("mine")
