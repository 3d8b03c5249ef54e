"""A process killed between any two steps of a write leaves the change and its event, or neither."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import httpx
import pytest

from backend.common.documents import Db
from tests.conftest import SECRET_KEY
from tests.desk import wait_for
from tests.failable import FailableMongo, held_back, let_go
from tests.live import LiveDesk, LiveServer

# The commands of a write, each held back once while the process is killed.
COMMIT = ("commitTransaction", None)
CREATION = (("insert", "tickets"), ("insert", "events"), COMMIT)
CHANGE = (("findAndModify", "tickets"), ("insert", "events"), COMMIT)
RENAMING = (("insert", "events"), ("update", "jobs"), COMMIT, ("findAndModify", "tickets"))

ONE_CUSTOMER = {"kind": "show_customer_on_tickets"}
RENAMED = {"type": "customer_changed", "changes.name": {"$exists": True}}


@pytest.fixture(scope="module")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FailableMongo]:
    with FailableMongo(tmp_path_factory.mktemp("failable")) as mongo:
        yield mongo


@pytest.fixture(scope="module")
def server(mongo: FailableMongo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    server = LiveServer(
        "eventlet",
        tmp_path_factory.mktemp("server") / "output",
        MONGODB_URI=mongo.uri,
        MONGODB_DB="live_writes",
        SECRET_KEY=SECRET_KEY,
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(server: LiveServer, password_hash: str) -> Iterator[LiveDesk]:
    people = LiveDesk(server, password_hash)
    yield people
    people.close()


def killed_at(
    server: LiveServer, step: tuple[str, str | None], write: Callable[[], object]
) -> None:
    """Begin the write, kill the process at this step, and start it again."""

    def begin() -> None:
        with suppress(httpx.HTTPError):
            write()

    thread = threading.Thread(target=begin)
    with held_back(server, *step):
        thread.start()
    server.kill()
    let_go(server)
    thread.join()
    if step != COMMIT:  # that one arrives after all; else nobody waits until the database gives up
        server.db.client.admin.command("killAllSessions", [])
    server.db["jobs"].update_many({}, {"$set": {"leaseUntil": None}})
    server.start()


def logged_versions(db: Db, ticket_id: str) -> list[int]:
    events = db["events"].find({"ticketId": ticket_id, "version": {"$exists": True}})
    return [event["version"] for event in events.sort("version", 1)]


def test_a_new_ticket_and_its_event(server: LiveServer, desk: LiveDesk) -> None:
    customer = desk.customer()["customerId"]
    for number, step in enumerate(CREATION):
        body = desk.ticket_body(subject=f"step {number}", customerId=customer)
        create = partial(desk.ana.post, "/tickets", body, Idempotency_Key=f"step {number}")
        killed_at(server, step, create)
        # The client asks again, and has one ticket whether or not the first request made it.
        ticket = repeated(create, 201)
        assert server.db["tickets"].count_documents({"subject": body["subject"]}) == 1
        assert logged_versions(server.db, ticket["ticketId"]) == [1]


def test_a_changed_ticket_and_its_event(server: LiveServer, desk: LiveDesk) -> None:
    ticket = desk.ticket(subject="before")
    path = f"/tickets/{ticket['ticketId']}"
    for number, step in enumerate(CHANGE):
        killed_at(server, step, partial(desk.ana.put, path, {"subject": f"step {number}"}))
        # What was cut off is decided once this write goes through.
        stored = repeated(partial(desk.ana.put, path, {"subject": f"after step {number}"}), 200)
        versions = logged_versions(server.db, ticket["ticketId"])
        assert versions == list(range(1, stored["version"] + 1))


def test_a_renamed_customer_is_renamed_on_the_tickets(server: LiveServer, desk: LiveDesk) -> None:
    customer = desk.customer()["customerId"]
    ticket = desk.ticket(customerId=customer)
    for number, step in enumerate(RENAMING):
        rename = partial(desk.supervisor.put, f"/customers/{customer}", {"name": f"Name {number}"})
        killed_at(server, step, rename)
        repeated(
            partial(desk.supervisor.put, f"/customers/{customer}", {"email": f"{number}@x.es"}), 200
        )

        def agree() -> bool:
            shown = desk.ana.get(f"/tickets/{ticket['ticketId']}").json["customer"]["name"]
            named = desk.ana.get(f"/customers/{customer}").json["name"]
            return bool(shown == named) and not server.db["jobs"].count_documents(ONE_CUSTOMER)

        wait_for(agree, 30)
        names = [
            event["changes"]["name"]["to"]
            for event in server.db["events"].find({"customerId": customer, **RENAMED}).sort("at", 1)
        ]
        assert names[-1:] == [desk.ana.get(f"/customers/{customer}").json["name"]][: len(names)]


def repeated(request: Callable[[], Any], status: int) -> Any:
    """The first answer with this status; until then the cut-off transaction holds its locks."""

    def answered() -> Any:
        answer = request()
        return answer.json if answer.status_code == status else None

    return wait_for(answered, 20)
