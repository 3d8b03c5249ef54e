"""Runs everything on one machine: the embedded mongod, and the application or a cluster of it.

This process only starts, watches and stops them. It never imports eventlet.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import suppress

import click
from pymongo.errors import PyMongoError

from backend.collections import FEATURES
from backend.launcher.application import Application, refuse_taken_port, url
from backend.launcher.cluster import Cluster
from backend.launcher.embedded import EmbeddedMongo
from backend.ops import demo
from backend.ops.backup import refuse_unfinished
from backend.platform.database import connect, in_brief, prepare
from backend.settings import InvalidSettings, Settings

_POLL_SECONDS = 0.1


def serve(settings: Settings, processes: int | None = None) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; all is stopped when it returns or raises.

    With `processes`, that many share the work behind nginx. Raises InvalidSettings,
    EmbeddedMongoError, BackupFailed or ApplicationStopped, each with one line to show.
    """
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is not signal.SIG_IGN:  # as nohup leaves SIGHUP
            signal.signal(name, signal.default_int_handler)
    mongo = EmbeddedMongo(settings.data_dir) if settings.embedded else None
    app: Application | Cluster | None = None
    try:
        refuse_taken_port(settings.host, settings.port)
        if mongo:
            _progress("Starting MongoDB")
            mongo.start()
        mongodb_uri = mongo.uri if mongo else settings.mongodb_uri
        assert mongodb_uri is not None, "either embedded or the user's own"
        _fill_database(settings, mongodb_uri)
        _progress("Starting the application")
        if processes is None:
            app = Application(settings, mongodb_uri)
        else:
            app = Cluster(settings, mongodb_uri, processes)
        app.start()
        _welcome(settings)
        _watch(app, mongo)
    except KeyboardInterrupt:
        with suppress(OSError):  # of a terminal that was closed
            click.echo("\nStopping …")
    finally:
        # A second Ctrl-C must not leave half of it running.
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        if app:
            app.stop()
        if mongo:
            mongo.stop()


def _fill_database(settings: Settings, mongodb_uri: str) -> None:
    _progress("Preparing the database")
    database = connect(settings, mongodb_uri)
    try:
        with database.client:
            hello = database.command("hello")
            if "setName" not in hello and hello.get("msg") != "isdbgrid":  # the latter is mongos
                raise InvalidSettings("MONGODB_URI: should lead to a replica set, not one mongod")
            refuse_unfinished(database)
            prepare(database, FEATURES, _progress)
            if settings.demo_on:
                demo.load_demo_data(database)
    except PyMongoError as error:
        if settings.embedded:
            raise
        raise InvalidSettings(
            f"MONGODB_URI: should lead to a MongoDB, but {in_brief(error)}"
        ) from None


def _watch(app: Application | Cluster, mongo: EmbeddedMongo | None) -> None:
    in_terminal = sys.stdin.isatty() and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    while True:
        # Closed, a terminal tells the process that leads it, which may be make and wait for us.
        if in_terminal and not sys.stdin.isatty():
            raise KeyboardInterrupt
        app.look_after()
        if mongo and mongo.process.poll() is not None:
            click.echo("MongoDB stopped unexpectedly: starting it again", err=True)
            mongo.restart()
        time.sleep(_POLL_SECONDS)


def _welcome(settings: Settings) -> None:
    click.echo(f"\nMostrador is ready: {url(settings)}")
    if settings.demo_on:
        click.echo(f"  write as a customer: {url(settings)}/demo/chat")
        click.echo(f"  demo logins (password {demo.PASSWORD}):")
        for email in demo.LOGINS:
            click.echo(f"    {email}")
        if not (settings.embedded and settings.on_loopback):
            click.echo("Warning: DEMO is on: whoever reaches it can log in as these.", err=True)
    click.echo("Ctrl-C stops it.")


def _progress(step: str) -> None:
    click.echo(f"→ {step} …")
