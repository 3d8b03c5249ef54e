"""There is always an admin, and an operator can make one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from backend.agents.passwords import verify_password
from backend.common.documents import Db
from backend.launcher.embedded import EmbeddedMongo
from backend.platform.database import connect
from backend.settings import Settings, load_settings
from tests.desk import Desk, Person
from tests.run.test_commands import run

PASSWORD = "staple battery horse"


@pytest.fixture
def own(settings: Settings, db: Db, monkeypatch: pytest.MonkeyPatch) -> Db:
    """The database that the commands find in the environment."""
    monkeypatch.setenv("MONGODB_URI", settings.mongodb_uri or "")
    monkeypatch.setenv("MONGODB_DB", settings.mongodb_db)
    monkeypatch.setenv("SECRET_KEY", settings.signing_key)
    return db


def active_admins(db: Db) -> int:
    return db["agents"].count_documents({"role": "admin", "active": True})


@pytest.mark.parametrize("change", [{"active": False}, {"role": "agent"}])
def test_two_admins_who_remove_each_other_leave_one(
    desk: Desk, db: Db, change: dict[str, object]
) -> None:
    for _ in range(5):
        db["agents"].update_many({"role": "admin"}, {"$set": {"role": "agent"}})
        admins = [desk.hire("admin"), desk.hire("admin")]

        def remove(actor: Person, other: Person, ready: Barrier) -> int:
            ready.wait()
            status: int = actor.put(f"/agents/{other.agent_id}", change).status_code
            return status

        ready = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(remove, admins, reversed(admins), [ready] * 2))
        assert active_admins(db) == 1
        assert statuses.count(200) == 1, statuses
        assert {*statuses} <= {200, 401, 403}, statuses


def test_an_operator_recovers_an_admin(desk: Desk, db: Db, own: Db) -> None:
    db["agents"].update_many({}, {"$set": {"role": "agent", "active": False}})
    email = desk.bruno.email
    result = run("recover-admin", email, stdin=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    account = own["agents"].find_one({"email": email})
    assert account is not None
    assert (account["role"], account["active"], account["sessions"]) == ("admin", True, [])
    assert verify_password(account["passwordHash"], PASSWORD)
    assert own["audit_log"].find_one({"act": "agent_changed", "agentId": account["_id"]})


@pytest.mark.parametrize(
    ("email", "says"),
    [("nobody@desk.test", "Agent not found"), ("admin@demo.test", "demo account")],
)
def test_recover_admin_needs_an_existing_account(
    desk: Desk, own: Db, email: str, says: str
) -> None:
    own["agents"].update_one(
        {"_id": desk.ana.agent_id}, {"$set": {"email": "admin@demo.test", "demo": True}}
    )
    result = run("recover-admin", email, stdin=f"{PASSWORD}\n")
    assert result.exit_code == 1
    assert says in result.output


def test_an_agent_is_created_in_the_embedded_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Mostrador is stopped, and while it runs."""
    for name in ("MONGODB_URI", "MONGODB_DB", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    for email in ("eva@desk.test", "eva@desk.test"):
        result = run("create-agent", email, "Eva", "admin", stdin=f"{PASSWORD}\n")
    assert "Another agent has this e-mail address." in result.output
    with EmbeddedMongo(tmp_path) as mongo:
        result = run("create-agent", "leo@desk.test", "Leo", "admin", stdin=f"{PASSWORD}\n")
        assert result.exit_code == 0, result.output
        db = connect(load_settings(data_dir=tmp_path), mongo.uri)
        with db.client:
            assert active_admins(db) == 2
