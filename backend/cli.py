"""The commands: `flask --app backend.cli COMMAND`."""

from __future__ import annotations

import dataclasses
import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from flask import Flask
from marshmallow import ValidationError
from pymongo.errors import PyMongoError

from backend.agents.models import MIN_PASSWORD
from backend.agents.repository import AgentRepository
from backend.agents.schemas import AgentCreate
from backend.agents.service import AgentService
from backend.collections import FEATURES
from backend.common.actor import SYSTEM, Role
from backend.common.documents import Db
from backend.common.errors import AppError
from backend.launcher.application import ApplicationStopped
from backend.launcher.embedded import EmbeddedMongoError, embedded_uri
from backend.launcher.serve import serve
from backend.ops import demo
from backend.ops.backup import BackupFailed, back_up, restore
from backend.ops.schema_page import with_generated
from backend.platform.audit import Act, AuditLog
from backend.platform.database import connect, in_brief, prepare
from backend.settings import InvalidSettings, Settings, load_settings

# Flask's command line needs an application to hang commands on. The real one is made in the
# processes that serve it: making it here would import eventlet into the process that watches them.
app = Flask("mostrador", static_folder=None)


class CannotStart(click.ClickException):
    """Shown as one line; the exit code is that of a wrong command line."""

    exit_code = 2


@app.cli.command("serve")
def serve_command() -> None:
    """Run everything: the application, and MongoDB unless MONGODB_URI is set."""
    _serve()


@app.cli.command("cluster")
@click.argument("processes", type=click.IntRange(1, 64), default=4)
def cluster_command(processes: int) -> None:
    """Run everything with several processes behind nginx (PORT), at the ports after it."""
    _serve(processes)


def _serve(processes: int | None = None) -> None:
    try:
        serve(_settings(), processes)
    except (InvalidSettings, EmbeddedMongoError, BackupFailed) as error:
        raise CannotStart(str(error)) from None
    except ApplicationStopped as error:
        raise click.ClickException(str(error)) from None


@app.cli.command("prepare")
def prepare_command() -> None:
    """Create missing collections, validators and indexes in MONGODB_URI, and upgrade its data."""
    with _own_database() as database:
        prepare(database, FEATURES, click.echo)


@app.cli.command("demo-data")
def demo_data_command() -> None:
    """Fill an empty database at MONGODB_URI with demo data and logins."""
    with _own_database() as database:
        demo.load_demo_data(database)


@app.cli.command("create-agent")
@click.argument("email")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def create_agent_command(email: str, name: str, role: str) -> None:
    """Create an agent's account in MONGODB_URI.

    The password is asked for, or read from standard input, and never an argument, which every user
    of the machine could see.
    """
    if sys.stdin.isatty():
        password = click.prompt(
            f"Password (at least {MIN_PASSWORD} characters)",
            hide_input=True,
            confirmation_prompt=True,
        )
    else:
        password = sys.stdin.readline().rstrip("\n")
    fields = {"email": email, "name": name, "role": role, "password": password}
    # Whoever may run this on the server has every right on it.
    owner = dataclasses.replace(SYSTEM, role=Role.ADMIN)
    try:
        with _own_database() as database:
            agent = AgentService(AgentRepository(database)).create_agent(
                AgentCreate().load(fields), actor=owner
            )
            AuditLog(database).record(
                Act.AGENT_CREATED,
                agent_id=agent["_id"],
                fields=sorted(fields),
                role=agent["role"],
                active=agent["active"],
            )
    except ValidationError as error:
        problems = (f"{field}: {said[0]}" for field, said in error.messages_dict.items())
        raise click.ClickException("; ".join(problems)) from None
    except AppError as error:
        raise click.ClickException(error.detail) from None
    click.echo(f"Created {agent['email']} ({agent['role']})")


@app.cli.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write the whole database into FILE, as it is at one moment; Mostrador may go on working."""
    with _whole_database(shared=True) as database:
        counts = back_up(database, file, lambda name: click.echo(f"→ {name}"))
    click.echo(f"Backed up {_told(counts)}: {file}, {file.stat().st_size / 1e6:,.1f} MB")


@app.cli.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Empty a database that holds something first.")
def restore_command(file: Path, replace: bool) -> None:
    """Fill an empty database from FILE, while Mostrador is stopped."""
    with _whole_database(shared=False) as database:
        counts = restore(
            database, file, replace=replace, progress=lambda name: click.echo(f"→ {name}")
        )
    click.echo(f"Restored {_told(counts)}. Everybody must log in again.")


def _told(counts: dict[str, int]) -> str:
    return f"{sum(counts.values()):,} documents of {len(counts)} collections"


@contextmanager
def _whole_database(*, shared: bool) -> Iterator[Db]:
    """The database of MONGODB_URI, else the embedded one; errors become one line.

    `shared`: also that of a Mostrador which is at work in DATA_DIR.
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
    except (BackupFailed, EmbeddedMongoError) as error:
        raise click.ClickException(str(error)) from None
    except PyMongoError as error:
        raise click.ClickException(f"the database: {in_brief(error)}") from None


@app.cli.command("openapi")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def openapi_command(path: Path) -> None:
    """Write the OpenAPI specification; a file that says the same is left untouched."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    from backend.app import create_app  # noqa: PLC0415 - imports eventlet

    # No database is asked for the specification, so any address will do.
    settings = load_settings(mongodb_uri="mongodb://127.0.0.1", secret_key="0" * 32)
    specification = create_app(settings).test_client().get("/api/v2/openapi.json").get_json()
    text = json.dumps(specification, indent=2, ensure_ascii=False) + "\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


@app.cli.command("schema-page")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def schema_page_command(path: Path) -> None:
    """Write the validators and indexes into the page that describes the database."""
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
        raise CannotStart("MONGODB_URI: should be set; the embedded database runs within `serve`")
    database = connect(settings)
    with database.client:
        yield database
