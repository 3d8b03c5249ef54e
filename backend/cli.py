"""The command line: `python -m backend.cli COMMAND`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from backend.launcher.errors import CannotStart
from backend.launcher.serve import serve
from backend.settings import InvalidSettings, load_settings


class _Commands(click.Group):
    """Imports `backend.commands` only for its commands, so that `serve` starts faster."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _others().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_others().list_commands(ctx)]


def _others() -> click.Group:
    from backend.commands import commands  # noqa: PLC0415 - see above

    return commands


@click.group(cls=_Commands)
def main() -> None:
    """Mostrador, a customer-support desk."""
    if Path(".env").is_file() and not os.environ.get("FLASK_SKIP_DOTENV"):
        from dotenv import load_dotenv  # noqa: PLC0415 - few have this file

        load_dotenv(".env")


@main.command("serve")
def serve_command() -> None:
    """Run everything: the application, and MongoDB unless MONGODB_URI is set."""
    _serve()


@main.command("cluster")
@click.argument("processes", type=click.IntRange(1, 64), default=4)
def cluster_command(processes: int) -> None:
    """Run everything with PROCESSES processes on the ports after PORT, and nginx on PORT."""
    _serve(processes)


def _serve(processes: int | None = None) -> None:
    try:
        serve(load_settings(), processes)
    except InvalidSettings as error:
        raise CannotStart(str(error)) from None


def __getattr__(name: str) -> object:
    """Support `flask --app backend.cli COMMAND`, which older scripts run."""
    if name != "app":
        raise AttributeError(name)
    from flask import Flask  # noqa: PLC0415 - only for these

    app = Flask("mostrador", static_folder=None)
    app.cli = main
    return app


if __name__ == "__main__":
    main(prog_name="python -m backend.cli")
