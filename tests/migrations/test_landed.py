"""A database that the previous version left is upgraded at start-up, and everything is there.

What is expected is what the API of that version answered, never how something is stored.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from backend.auth.tokens import Tokens
from backend.collections import FEATURES
from backend.common.documents import Db, Document
from backend.platform.database import connect, prepare
from backend.settings import Settings
from tests.desk import wait_for
from tests.migrations import landed, whatsapp, work
from tests.migrations.answers import AGENTS, Answers, Api, log_in
from tests.migrations.providers import Providers
from tests.run.conftest import ROOT, SERVE, Mostrador, environment

COMMAND = [sys.executable, "-m", "flask", "--app", "backend.cli"]
OLD = landed.answers()


@pytest.fixture(scope="module")
def landed_settings(settings: Settings) -> Iterator[Settings]:
    """The settings of a database that the earlier version has just left."""
    found = settings.model_copy(update={"mongodb_db": "mostrador_landed"})
    db = connect(found)
    with db.client:
        # What is old by now, such as an interrupted run, would be deleted in the middle of a test.
        db.client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
        landed.load(db)
        yield found
        db.client.drop_database(db.name)
        db.client.admin.command("setParameter", 1, ttlMonitorEnabled=True)


@pytest.fixture(scope="module")
def server(
    landed_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mostrador]:
    """The current version on it, whose model is silent, without WhatsApp."""
    with Providers() as providers:
        process = Mostrador(tmp_path_factory.mktemp("landed") / "data")
        variables = _variables(landed_settings) | {"OPENAI_BASE_URL": f"{providers.url}/v1"}
        yield process.start(SERVE, **variables)
        process.stop()


@pytest.fixture(scope="module")
def new(server: Mostrador) -> dict[str, Any]:
    """What the current version answers, where nothing has been done since the upgrade."""
    return Answers({email: log_in(server.url, email) for email in AGENTS}).all()


def _variables(settings: Settings) -> dict[str, str]:
    database = {"MONGODB_URI": settings.mongodb_uri or "", "MONGODB_DB": settings.mongodb_db}
    return work.SETTINGS | database


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield where `new` lacks something of `old`; it may have more fields."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name, value in old.items():
            if path.endswith(".sla") and name == "state":
                continue  # follows the clock
            yield from differences(value, new.get(name), f"{path}.{name}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (old_item, new_item) in enumerate(zip(old, new, strict=True)):
            yield from differences(old_item, new_item, f"{path}[{number}]")
    elif old != new:
        yield f"{path}: {old!r} is now {new!r}"


def test_start_up_says_what_it_upgrades(server: Mostrador) -> None:
    assert server.said("→ Upgrading the database: Set the creation month of tickets …")


@pytest.mark.parametrize("part", OLD)
def test_everything_is_read_as_before(new: dict[str, Any], part: str) -> None:
    assert len(OLD[part]) == len(new[part])
    assert list(differences(OLD[part], new[part], part)) == []


def test_the_fixture_has_every_state() -> None:
    messages = [m for c in OLD["conversations"].values() for m in c["messages"]]
    assert len(OLD["tickets"]) > 1_000
    assert len(OLD["counts"][AGENTS[0]]["byStatus"]) == 8
    assert {m["delivery"]["status"] for m in messages if m["delivery"]} == {
        "pending",
        "sent",
        "failed",
        "read",
    }
    assert unfinished("caldera")
    assert unfinished("horario")
    assert OLD["files"]


def unfinished(word: str) -> list[str]:
    """Return the conversations whose run was cut off after a message with this word."""
    return [
        conversation_id
        for conversation_id, conversation in OLD["conversations"].items()
        if conversation["mode"] == "assistant" and word in conversation["messages"][-1]["text"]
    ]


@pytest.fixture(scope="module")
def providers() -> Iterator[Providers]:
    with Providers(takes_everything=True) as found:
        yield found


@pytest.fixture(scope="module")
def at_work(
    server: Mostrador, new: dict[str, Any], landed_settings: Settings, providers: Providers
) -> Api:
    """A supervisor after the next start, with WhatsApp and the offline assistant."""
    server.stop()
    variables = _variables(landed_settings) | whatsapp.SETTINGS | {"OPENAI_API_KEY": ""}
    server.start(SERVE, **variables, WHATSAPP_API_URL=f"{providers.url}/v25.0")
    assert not server.said("Upgrading")
    return log_in(server.url, "supervisor@demo.test")


def messages(api: Api, conversation_id: str) -> list[Any]:
    return api.every(f"/conversations/{conversation_id}/messages")


@pytest.mark.parametrize("word", ["caldera", "horario"])
def test_a_run_that_was_cut_off_is_completed_once(at_work: Api, word: str) -> None:
    def all_are_answered() -> bool:
        latest = [messages(at_work, conversation_id)[-1] for conversation_id in unfinished(word)]
        return {message["author"]["type"] for message in latest} == {"assistant"}

    wait_for(all_are_answered, 60)
    for conversation_id in unfinished(word):
        # The ticket that the run had opened is not opened again.
        assert len(at_work.every(f"/conversations/{conversation_id}/tickets")) <= 1


def test_pending_messages_are_sent_in_order(at_work: Api, providers: Providers) -> None:
    pending = {
        message["messageId"]: conversation_id
        for conversation_id, conversation in OLD["conversations"].items()
        for message in conversation["messages"]
        if message["delivery"] and message["delivery"]["status"] == "pending"
    }

    def all_are_sent() -> bool:
        statuses = {
            message["delivery"]["status"]
            for conversation_id in set(pending.values())
            for message in messages(at_work, conversation_id)
            if message["messageId"] in pending
        }
        return statuses == {"sent"}

    wait_for(all_are_sent, 60)
    first, second = "Le llamamos mañana.", "Y si no, pasado mañana."
    sent = [text for _, text in providers.sent if text in (first, second)]
    assert len(sent) == len(pending)
    for address in {address for address, text in providers.sent if text == second}:
        assert [text for to, text in providers.sent if to == address] == [first, second]


def by_identity(name: str) -> list[Any]:
    found = [customer for customer in OLD["customers"].values() if customer[name]]
    assert found
    return found


def test_customers_are_recognised_by_phone_and_user_id_on_whatsapp(at_work: Api) -> None:
    nobody = Api(at_work.url)
    for customer in [*by_identity("phone")[:3], *by_identity("phone")[-3:]]:
        whatsapp.receive(nobody, customer["phone"].removeprefix("+"), None, "Soy yo otra vez")
        assert _last_message(at_work, customer)["text"] == "Soy yo otra vez"
    for customer in by_identity("whatsappUserId"):
        whatsapp.receive(nobody, None, customer["whatsappUserId"], "Con otro teléfono")
        assert _last_message(at_work, customer)["text"] == "Con otro teléfono"


def _last_message(api: Api, customer: Any) -> Any:
    [conversation] = api.every(
        "/conversations", customerId=customer["customerId"], channel="whatsapp"
    )
    written = messages(api, conversation["conversationId"])
    return [m for m in written if m["author"]["type"] == "customer"][-1]


def test_customers_are_found_by_name_and_phone(at_work: Api) -> None:
    for customer in [*by_identity("phone")[:3], *by_identity("phone")[-3:]]:
        for text in (customer["name"], customer["phone"], customer["phone"][-7:]):
            found = at_work.every("/customers", search=text)
            assert customer["customerId"] in [other["customerId"] for other in found]


def test_visitors_go_on_with_their_conversation(at_work: Api) -> None:
    tokens = Tokens(work.SETTINGS["SECRET_KEY"])
    on_the_web = [c for c in OLD["conversations"].values() if c["channel"] == "web"]
    for conversation in on_the_web:
        customer = conversation["customer"]
        token = tokens.issue_visitor(customer["customerId"], conversation["conversationId"])
        own = Api(at_work.url, token).every("/channels/web/messages")
        known = {message["messageId"] for message in conversation["messages"]}
        assert known <= {message["messageId"] for message in own}
        if customer["phone"]:
            session = Api(at_work.url).post(
                "/channels/web/sessions", work.vouched(customer["phone"])
            )
            assert session["conversationId"] == conversation["conversationId"]


def test_tickets_are_worked_on(at_work: Api) -> None:
    by_status = {ticket["status"]: ticket["ticketId"] for ticket in OLD["tickets"].values()}
    for ticket_id in by_status.values():
        path = f"/tickets/{ticket_id}"
        before = at_work.get(path)
        at_work.post(f"{path}/notes", {"content": "Sigue siendo nuestro."})
        changed = at_work.put(path, {"priority": "low", "tags": ["heredado"]})
        assert len(changed["notes"]) == len(before["notes"]) + 1
        assert ticket_id in [row["ticketId"] for row in at_work.every("/tickets", tag="heredado")]
    body = {
        "subject": "El primero después",
        "description": "Con el número siguiente",
        "category": "account",
        "customerId": by_identity("phone")[0]["customerId"],
    }
    assert at_work.post("/tickets", body)["ticketId"] > max(OLD["tickets"])


# --- the database alone -------------------------------------------------------------------


@pytest.fixture
def databases(settings: Settings) -> Iterator[tuple[Settings, Settings]]:
    """One that the earlier version has left, and one with nothing."""
    names = ("mostrador_landed_again", "mostrador_restored")
    first, second = (settings.model_copy(update={"mongodb_db": name}) for name in names)
    db = connect(first)
    with db.client:
        landed.load(db)
        yield first, second
        for name in names:
            db.client.drop_database(name)


def run(settings: Settings, *arguments: object) -> str:
    result = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        check=True,
        cwd=ROOT,
        env=environment(**_variables(settings)),
        capture_output=True,
        text=True,
    )
    return result.stdout


def everything(db: Db) -> dict[str, list[Document]]:
    found = {name: list(db[name].find().sort("_id")) for name in db.list_collection_names()}
    return {name: documents for name, documents in found.items() if documents}


def assert_is_prepared(db: Db) -> None:
    """Nothing is left to upgrade, and every declared index is there."""
    before = everything(db)
    said: list[str] = []
    prepare(db, FEATURES, said.append)
    assert said == []
    assert everything(db) == before
    for feature in FEATURES:
        for name, indexes in feature.INDEXES.items():
            declared = {index.document["name"] for index in indexes}
            assert declared <= db[name].index_information().keys()


def test_two_processes_that_start_at_once_upgrade_it_once(
    databases: tuple[Settings, Settings],
) -> None:
    with ThreadPoolExecutor(2) as pool:
        said = "".join(pool.map(lambda _: run(databases[0], "prepare"), range(2)))
    assert said.count("Upgrading the database: Set the creation month of tickets") == 1
    db = connect(databases[0])
    with db.client:
        assert_is_prepared(db)


def test_its_backup_is_restored_before_and_after_the_upgrade(
    databases: tuple[Settings, Settings], tmp_path: Path
) -> None:
    """Restoring the earlier version's backup upgrades it, and the backup of that is complete."""
    upgraded, restored = databases
    run(upgraded, "restore", landed.BACKUP, "--replace")
    run(upgraded, "backup", tmp_path / "upgraded.zip")
    run(restored, "restore", tmp_path / "upgraded.zip")
    one, other = connect(upgraded), connect(restored)
    with one.client, other.client:
        assert_is_prepared(one)
        assert everything(other) == everything(one)
