"""Runs everything on one machine: the embedded mongod, and gunicorn with the application.

This process only starts, watches and stops the two. It never imports eventlet.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import click
from pymongo.errors import PyMongoError

from backend import demo
from backend.database import connect, prepare
from backend.embedded import EmbeddedMongo
from backend.settings import AsyncMode, InvalidSettings, Settings
from backend.tether import tethered

_WORKERS = {AsyncMode.EVENTLET: "eventlet", AsyncMode.THREADING: "gthread"}
_READY_SECONDS = 60
# gunicorn gives open requests 2 s (gunicorn_conf.py); past this it is killed.
_STOP_SECONDS = 3
_POLL_SECONDS = 0.1


class ApplicationStopped(Exception):
    """gunicorn ended without having been told to. The message is one line."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; all is stopped when it returns or raises.

    Raises InvalidSettings, EmbeddedMongoError or ApplicationStopped, each with one line to show.
    """
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is not signal.SIG_IGN:  # as nohup leaves SIGHUP
            signal.signal(name, signal.default_int_handler)
    mongo = EmbeddedMongo(settings.data_dir) if settings.embedded else None
    app: subprocess.Popen[bytes] | None = None
    try:
        _refuse_taken_port(settings)
        if mongo:
            _progress("Starting MongoDB")
            mongo.start()
        mongodb_uri = mongo.uri if mongo else settings.mongodb_uri
        assert mongodb_uri is not None, "either embedded or the user's own"
        _fill_database(settings, mongodb_uri)
        _progress("Starting the application")
        app = _start_app(settings, mongodb_uri)
        _wait_until_ready(app, settings)
        _welcome(settings)
        _watch(app, mongo)
    except KeyboardInterrupt:
        click.echo("\nStopping …")
    finally:
        # A second Ctrl-C must not leave half of it running.
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        if app:
            _stop(app)
        if mongo:
            mongo.stop()


def _refuse_taken_port(settings: Settings) -> None:
    """Asked first, as it is the likeliest mistake and the rest takes seconds."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"PORT: should be a free port, but {settings.port} is taken"
        elif error.errno == errno.EACCES:
            reason = f"PORT: should be one you may use, but {settings.port} is for the system alone"
        else:
            reason = f"HOST: should be an address of this machine, but {settings.host!r} is not"
        raise InvalidSettings(reason) from None


def _fill_database(settings: Settings, mongodb_uri: str) -> None:
    _progress("Preparing the database")
    database = connect(settings, mongodb_uri)
    try:
        with database.client:
            hello = database.command("hello")
            if "setName" not in hello and hello.get("msg") != "isdbgrid":  # the latter is mongos
                raise InvalidSettings("MONGODB_URI: should lead to a replica set, not one mongod")
            prepare(database)
            if settings.demo_on:
                demo.load_demo_data(database)
    except PyMongoError as error:
        if settings.embedded:
            raise
        reason = str(error).partition(" (configured timeouts")[0]
        raise InvalidSettings(f"MONGODB_URI: should lead to a MongoDB, but {reason}") from None


def _start_app(settings: Settings, mongodb_uri: str) -> subprocess.Popen[bytes]:
    # fmt: off
    command = [
        sys.executable, "-m", "gunicorn", "--config", "python:backend.gunicorn_conf",
        "--bind", _address(settings.host, settings.port),
        "--worker-class", _WORKERS[settings.async_mode],
    ]
    # fmt: on
    decided = {
        "MONGODB_URI": mongodb_uri,
        "SECRET_KEY": settings.signing_key,
        "DEMO": "1" if settings.demo_on else "0",
    }
    return subprocess.Popen(
        tethered(command, signal.SIGKILL),
        env=os.environ | decided,
        stdin=subprocess.DEVNULL,
        # A group of its own: Ctrl-C in the terminal reaches it through this process, in order.
        process_group=0,
    )


def _wait_until_ready(app: subprocess.Popen[bytes], settings: Settings) -> None:
    url = f"{_url(settings)}/health/ready"
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        _raise_if_stopped(app)
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - http, written above
                return
        except OSError:  # not listening yet, or 503
            time.sleep(_POLL_SECONDS)
    raise ApplicationStopped(f"the application is not ready after {_READY_SECONDS} s")


def _watch(app: subprocess.Popen[bytes], mongo: EmbeddedMongo | None) -> None:
    while True:
        _raise_if_stopped(app)
        if mongo and mongo.process.poll() is not None:
            click.echo("MongoDB stopped unexpectedly: starting it again", err=True)
            mongo.restart()
        time.sleep(_POLL_SECONDS)


def _raise_if_stopped(app: subprocess.Popen[bytes]) -> None:
    if app.poll() is not None:
        raise ApplicationStopped(f"the application stopped unexpectedly (code {app.returncode})")


def _stop(app: subprocess.Popen[bytes]) -> None:
    app.terminate()
    try:
        app.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        app.kill()  # its worker follows it, see gunicorn_conf.py
        app.wait()


def _welcome(settings: Settings) -> None:
    click.echo(f"\nMostrador is ready: {_url(settings)}")
    if settings.demo_on:
        click.echo(f"  write as a customer: {_url(settings)}/demo/chat")
        click.echo(f"  demo logins (password {demo.PASSWORD}):")
        for email in demo.LOGINS:
            click.echo(f"    {email}")
        if not (settings.embedded and settings.on_loopback):
            click.echo("Warning: DEMO is on: whoever reaches it can log in as these.", err=True)
    click.echo("Ctrl-C stops it.")


def _url(settings: Settings) -> str:
    """Where a browser on this machine reaches it."""
    any_address = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - the other way round
    return f"http://{_address(any_address.get(settings.host, settings.host), settings.port)}"


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _progress(step: str) -> None:
    click.echo(f"→ {step} …")
