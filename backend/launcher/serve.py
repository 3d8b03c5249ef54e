"""Runs everything on one machine: the embedded mongod, and the application or a cluster of it.

This process only starts, checks and stops the others. It imports little, because they start after
it, and never eventlet.
"""

from __future__ import annotations

import time
from contextlib import suppress

import click

from backend.launcher.application import Application, check_port_is_free, url
from backend.launcher.cluster import Cluster
from backend.launcher.embedded import EmbeddedMongo
from backend.launcher.stop_signals import (
    MissedSignals,
    ignore_stop_signals,
    interrupt_on_stop_signals,
)
from backend.ops.demo_accounts import ACCOUNTS, PASSWORD
from backend.settings import Settings

_POLL_SECONDS = 0.1


def serve(settings: Settings, processes: int | None = None) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; everything is stopped when it returns or raises.

    With `processes`, that many serve behind nginx. Raises InvalidSettings,
    CannotStart or ApplicationStopped, each with one line to show.
    """
    interrupt_on_stop_signals()
    mongo = EmbeddedMongo(settings.data_dir) if settings.embedded else None
    app: Application | Cluster | None = None
    try:
        check_port_is_free(settings.host, settings.port)
        _progress("Starting MongoDB and the application" if mongo else "Starting the application")
        if mongo:
            mongo.launch()
        mongodb_uri = mongo.uri if mongo else settings.mongodb_uri
        assert mongodb_uri is not None, "either embedded or the user's own"
        if processes is None:
            app = Application(settings, mongodb_uri)
        else:
            app = Cluster(settings, mongodb_uri, processes)
        app.start()
        if mongo:
            mongo.wait_until_ready()
        _progress("Preparing the database")
        setup_token = _prepare_database(settings, mongodb_uri)
        app.open()
        _welcome(settings, setup_token)
        _watch(app, mongo)
    except KeyboardInterrupt:
        with suppress(OSError):  # the terminal may be closed
            click.echo("\nStopping …")
    finally:
        ignore_stop_signals()
        if app:
            app.stop()
        if mongo:
            mongo.stop()


def _prepare_database(settings: Settings, mongodb_uri: str) -> str | None:
    # Slow to import: mongod and the application start meanwhile.
    from backend.launcher.database import prepare_database  # noqa: PLC0415

    return prepare_database(settings, mongodb_uri, _progress)


def _watch(app: Application | Cluster, mongo: EmbeddedMongo | None) -> None:
    missed_signals = MissedSignals()
    while True:
        if missed_signals.found():
            raise KeyboardInterrupt
        app.check()
        if mongo and mongo.process.poll() is not None:
            click.echo("MongoDB stopped unexpectedly: restarting it", err=True)
            mongo.restart()
        time.sleep(_POLL_SECONDS)


def _welcome(settings: Settings, setup_token: str | None) -> None:
    public_url = (settings.public_url or url(settings)).rstrip("/")
    click.echo(f"\nMostrador is ready: {public_url}")
    if setup_token:
        # After #, which browsers send to no server and write into no log.
        click.echo("  Create the first admin within an hour, with this link that works once:")
        click.echo(f"    {public_url}/setup#{setup_token}")
    if settings.demo_on:
        click.echo(f"  Chat as a customer: {url(settings)}/demo/chat")
        click.echo(f"  Demo accounts (password {PASSWORD}):")
        for email, *_ in ACCOUNTS:
            click.echo(f"    {email}")
        if not (settings.embedded and settings.on_loopback):
            click.echo(
                "Warning: DEMO is on: anyone who can open this address can log in.", err=True
            )
    click.echo("Press Ctrl-C to stop.")


def _progress(step: str) -> None:
    click.echo(f"→ {step} …")
