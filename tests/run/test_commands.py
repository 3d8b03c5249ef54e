"""The commands other than `serve`, with an external database."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner, Result

from backend.agents.passwords import verify_password
from backend.cli import main
from backend.collections import FEATURES
from backend.common.documents import Db
from backend.platform.database import connect, prepare
from backend.settings import Settings
from tests.run.conftest import ROOT, environment


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


@pytest.fixture
def own(settings: Settings, db: Db, monkeypatch: pytest.MonkeyPatch) -> Db:
    """The database that the commands find in the environment; empty."""
    monkeypatch.setenv("MONGODB_URI", settings.mongodb_uri or "")
    monkeypatch.setenv("MONGODB_DB", settings.mongodb_db)
    monkeypatch.setenv("SECRET_KEY", settings.signing_key)
    return db


def test_an_agent_is_created_with_the_password_from_standard_input(own: Db) -> None:
    result = run("create-agent", "Eva@Desk.test", "Eva Gil", "admin", stdin="correct horse\n")
    assert result.exit_code == 0, result.output
    assert result.output == "Created eva@desk.test (admin)\n"
    agent = own["agents"].find_one({"email": "eva@desk.test"})
    assert agent is not None
    assert (agent["name"], agent["role"], agent["active"]) == ("Eva Gil", "admin", True)
    assert verify_password(agent["passwordHash"], "correct horse")
    record = own["audit_log"].find_one({"agentId": agent["_id"]})
    assert record is not None
    assert (record["act"], record["role"], record["actorId"]) == ("agent_created", "admin", None)


@pytest.mark.parametrize(
    ("email", "role", "password", "says"),
    [
        ("taken@desk.test", "agent", "correct horse", "Another agent has this e-mail address."),
        ("eva@desk.test", "agent", "short", "password: "),
        ("eva", "agent", "correct horse", "email: "),
        ("eva@desk.test", "owner", "correct horse", "'owner' is not one of"),
    ],
)
def test_an_invalid_agent_is_refused_with_the_reason(
    own: Db, email: str, role: str, password: str, says: str
) -> None:
    run("create-agent", "taken@desk.test", "Eva", "agent", stdin="correct horse\n")
    result = run("create-agent", email, "Eva Gil", role, stdin=f"{password}\n")
    assert result.exit_code != 0
    assert says in result.output
    assert "Traceback" not in result.output
    assert own["agents"].count_documents({}) == 1


def test_demo_data_fills_an_empty_database_once(own: Db) -> None:
    assert run("demo-data").exit_code == 0
    tickets = own["tickets"].count_documents({})
    assert tickets > 0
    assert run("demo-data").exit_code == 0
    assert own["tickets"].count_documents({}) == tickets


def test_prepare_brings_back_an_index_that_is_missing(own: Db) -> None:
    indexes = own["tickets"].index_information()
    own["tickets"].drop_indexes()
    assert run("prepare").exit_code == 0
    assert own["tickets"].index_information() == indexes


def test_processes_that_start_at_once_prepare_it_together(settings: Settings) -> None:
    new = settings.model_copy(update={"mongodb_db": "mostrador_new"})
    databases = [connect(new) for _ in range(4)]
    ready = Barrier(len(databases))

    def start(database: Db) -> set[str]:
        ready.wait()
        prepare(database, FEATURES)
        return set(database.list_collection_names())

    with ThreadPoolExecutor(len(databases)) as pool:
        collections = list(pool.map(start, databases))
    assert all("tickets" in names for names in collections)
    new_database = databases[0]
    new_database.client.drop_database(new_database.name)
    for database in databases:
        database.client.close()


def test_without_an_external_database_commands_name_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MONGODB_URI", raising=False)
    result = run("prepare")
    assert result.exit_code == 2
    assert result.output.startswith("Error: MONGODB_URI: should be set")


def test_an_unchanged_specification_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    command = [sys.executable, "-m", "backend.cli", "openapi", str(path)]
    written = []
    for _ in range(2):
        result = subprocess.run(
            command, check=True, cwd=ROOT, env=environment(), capture_output=True, text=True
        )
        assert result.stdout + result.stderr == ""
        written.append(path.stat().st_mtime_ns)
    assert written[0] == written[1]
    assert json.loads(path.read_text())["openapi"] == "3.1.0"


def test_the_earlier_form_of_the_command_line_works(own: Db) -> None:
    command = [sys.executable, "-m", "flask", "--app", "backend.cli", "prepare"]
    subprocess.run(command, check=True, cwd=ROOT)
    assert "tickets" in own.list_collection_names()


def test_preparing_the_database_imports_no_web_framework() -> None:
    """The launcher does it while gunicorn loads the application: both would import it."""
    program = (
        "import sys, backend.launcher.database as _;"
        "print([name for name in ('flask', 'socketio', 'eventlet') if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert printed.stdout.strip() == "[]"
