"""The commands other than `serve` and `cluster`: `python -m backend.cli COMMAND`."""

from __future__ import annotations

import dataclasses
import json
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from marshmallow import ValidationError
from pymongo.errors import PyMongoError

from backend.agents.models import MIN_PASSWORD, AgentDocument
from backend.agents.repository import AgentRepository
from backend.agents.schemas import AgentCreate, AgentUpdate
from backend.agents.service import AgentService
from backend.collections import FEATURES
from backend.common.actor import SYSTEM, Role
from backend.common.documents import Db
from backend.common.errors import AppError
from backend.launcher.embedded import embedded_uri
from backend.launcher.errors import CannotStart
from backend.ops import demo
from backend.ops.backup import BackupFailed, back_up, restore
from backend.ops.schema_page import with_generated
from backend.platform.audit import Act, AuditLog
from backend.platform.database import connect, in_brief, prepare
from backend.settings import InvalidSettings, Settings, load_settings


@click.group()
def commands() -> None:
    pass


@commands.command("prepare")
def prepare_command() -> None:
    """Create missing collections, validators and indexes in MONGODB_URI, and upgrade its data."""
    with _own_database() as database:
        prepare(database, FEATURES, click.echo)


@commands.command("demo-data")
def demo_data_command() -> None:
    """Fill an empty database at MONGODB_URI with demo data and logins."""
    with _own_database() as database:
        demo.load_demo_data(database)


@commands.command("create-agent")
@click.argument("email")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def create_agent_command(email: str, name: str, role: str) -> None:
    """Create an agent's account, also while Mostrador runs.

    Asks for the password, or reads it from standard input: other users of the machine could see an
    argument.
    """
    fields = {"email": email, "name": name, "role": role, "password": _read_password()}
    # A person who can run this on the server has every right on it.
    owner = dataclasses.replace(SYSTEM, role=Role.ADMIN)
    with _account_errors(), _whole_database(shared=True) as database:
        prepare(database, FEATURES, click.echo)
        agent = AgentService(AgentRepository(database)).create_agent(
            AgentCreate().load(fields), actor=owner
        )
        _record(database, Act.AGENT_CREATED, agent, fields)
    click.echo(f"Created {agent['email']} ({agent['role']})")


@commands.command("recover-admin")
@click.argument("email")
def recover_admin_command(email: str) -> None:
    """Make an existing account an active admin with a new password, also while Mostrador runs.

    For when no admin can log in. Asks for the password, or reads it from standard input.
    """
    fields = {"password": _read_password()}
    with _account_errors(), _whole_database(shared=True) as database:
        AgentUpdate().load(fields)
        agent = AgentService(AgentRepository(database)).recover_admin(email, fields["password"])
        _record(database, Act.AGENT_CHANGED, agent, ("active", "password", "role"))
    click.echo(f"{agent['email']} is an admin with the new password.")


def _read_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password: str = click.prompt(
        f"Password (at least {MIN_PASSWORD} characters)", hide_input=True, confirmation_prompt=True
    )
    return password


def _record(database: Db, act: Act, agent: AgentDocument, fields: Iterable[str]) -> None:
    AuditLog(database).record(
        act,
        agent_id=agent["_id"],
        fields=sorted(fields),
        role=agent["role"],
        active=agent["active"],
    )


@contextmanager
def _account_errors() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        problems = (f"{field}: {said[0]}" for field, said in error.messages_dict.items())
        raise click.ClickException("; ".join(problems)) from None
    except AppError as error:
        raise click.ClickException(error.detail) from None


@commands.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write a consistent copy of the whole database into FILE, also while Mostrador runs."""
    with _whole_database(shared=True) as database:
        counts = back_up(database, file, lambda name: click.echo(f"→ {name}"))
    click.echo(f"Backed up {_summary(counts)}: {file}, {file.stat().st_size / 1e6:,.1f} MB")


@commands.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Empty the database first if it has data.")
def restore_command(file: Path, replace: bool) -> None:
    """Fill an empty database from FILE. Stop Mostrador first."""
    with _whole_database(shared=False) as database:
        counts = restore(
            database, file, replace=replace, progress=lambda name: click.echo(f"→ {name}")
        )
    click.echo(f"Restored {_summary(counts)}. Everyone has to log in again.")


def _summary(counts: dict[str, int]) -> str:
    return f"{sum(counts.values()):,} documents of {len(counts)} collections"


@contextmanager
def _whole_database(*, shared: bool) -> Iterator[Db]:
    """Yield the database of MONGODB_URI or the embedded one, and report errors as one line.

    `shared`: also while Mostrador runs in DATA_DIR.
    """
    settings = _settings()
    embedded = (
        embedded_uri(settings.data_dir, shared=shared) if settings.embedded else nullcontext()
    )
    try:
        with embedded as uri:
            database = connect(settings, uri)
            with database.client:
                yield database
    except (BackupFailed, CannotStart) as error:
        raise click.ClickException(str(error)) from None
    except PyMongoError as error:
        raise click.ClickException(f"the database: {in_brief(error)}") from None


@commands.command("openapi")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def openapi_command(path: Path) -> None:
    """Write the OpenAPI specification. An unchanged file keeps its modification time."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    from backend.app import create_app  # noqa: PLC0415 - imports eventlet

    # The specification needs no database, so any address will do.
    settings = load_settings(mongodb_uri="mongodb://127.0.0.1", secret_key="0" * 32)
    specification = create_app(settings).test_client().get("/api/v2/openapi.json").get_json()
    text = json.dumps(specification, indent=2, ensure_ascii=False) + "\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


@commands.command("schema-page")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def schema_page_command(path: Path) -> None:
    """Write the validators and indexes into the database's documentation page."""
    path.write_text(with_generated(path.read_text()))


def _settings() -> Settings:
    try:
        return load_settings()
    except InvalidSettings as error:
        raise CannotStart(str(error)) from None


@contextmanager
def _own_database() -> Iterator[Db]:
    settings = _settings()
    if settings.embedded:
        raise CannotStart("MONGODB_URI: should be set; `serve` starts the embedded database")
    database = connect(settings)
    with database.client:
        yield database
