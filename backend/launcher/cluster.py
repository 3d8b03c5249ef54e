"""Several processes of the application on one machine, with nginx in front and Redis between them.

A process that is killed loses only its connections: nginx sends those clients to the others, and
this process restarts it.
"""

from __future__ import annotations

import os
import pwd
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

import click

from backend.launcher.application import (
    STOP_SECONDS,
    Application,
    address,
    check_port_is_free,
)
from backend.launcher.embedded import PORTS, is_free
from backend.launcher.errors import ApplicationStopped
from backend.launcher.process import Process, stop_all
from backend.settings import InvalidSettings, Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
_RESTART_AFTER = 1.0  # seconds, so that a process that cannot start is not tried more often
_REDIS_SECONDS = 10
# Two for each web socket: one from the client and one to the process.
_MOST_CONNECTIONS = 65_536

_NGINX_CONF = Template("""\
daemon off;
$user
pid $folder/nginx.pid;
error_log stderr error;
worker_processes 2;
events { worker_connections $connections; }
http {
    access_log off;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    include $deploy/http.conf;
    upstream mostrador {
        zone mostrador 64k;
        least_conn;
$servers
    }
    server {
        listen $listen;
        include $deploy/mostrador.conf;
    }
}
""")


class Cluster:
    def __init__(self, settings: Settings, mongodb_uri: str, processes: int) -> None:
        """Raises InvalidSettings if a port is taken or a program is missing."""
        self._ports = [settings.port + number for number in range(1, processes + 1)]
        for port in self._ports:
            check_port_is_free("127.0.0.1", port)
        self._folder = TemporaryDirectory(prefix="mostrador-")
        self._redis_port = next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))
        self._redis = None if settings.redis_url else Process(self._redis_command())
        shared = {
            "host": "127.0.0.1",
            "redis_url": settings.redis_url or f"redis://127.0.0.1:{self._redis_port}/0",
            "trusted_proxies": settings.trusted_proxies + 1,
            "demo": settings.demo_on,  # its default depends on the host, which is nginx's
        }
        self._applications = [
            Application(settings.model_copy(update=shared | {"port": port}), mongodb_uri)
            for port in self._ports
        ]
        self._nginx = Process(self._nginx_command(settings))
        self._own_database = {"MONGODB_URI": mongodb_uri, "SECRET_KEY": settings.signing_key}
        self._replacement_requested = False

    def start(self) -> None:
        """Start Redis, and the processes, which load the code. The database need not be ready."""
        if self._redis:
            self._redis.start()
        for application in self._applications:
            application.start()

    def open(self) -> None:
        """Serve, now that the database is prepared. Raises ApplicationStopped."""
        if self._redis:
            _wait_until_listening(self._redis, self._redis_port)
        for application in self._applications:
            application.process.release()
        for application in self._applications:
            application.wait_until_ready()
        self._nginx.start()
        signal.signal(signal.SIGUSR2, self._request_replacement)
        ports = f"{self._ports[0]} to {self._ports[-1]}"
        click.echo(f"→ {len(self._ports)} processes listen on ports {ports}.")
        click.echo(f"  kill -USR2 {os.getpid()} replaces them one by one, without downtime.")

    def check(self) -> None:
        """Restart processes that ended, and replace all of them when SIGUSR2 asked for it."""
        for process in self._processes():
            ended = process.exit_code is not None
            if ended and time.monotonic() - process.started_at > _RESTART_AFTER:
                click.echo(f"Process {process.pid} stopped unexpectedly: restarting it", err=True)
                process.start()
        if self._replacement_requested:
            self._replacement_requested = False
            self._replace_workers()

    def stop(self) -> None:
        redis = [self._redis] if self._redis else []
        stop_all([process for process in self._processes() if process not in redis], STOP_SECONDS)
        stop_all(redis, STOP_SECONDS)
        self._folder.cleanup()

    def _request_replacement(self, *_signal: object) -> None:
        self._replacement_requested = True

    def _replace_workers(self) -> None:
        # The current code may need indexes that did not exist at the start.
        command = [sys.executable, "-m", "backend.cli", "prepare"]
        if subprocess.run(command, check=False, env=os.environ | self._own_database).returncode:
            click.echo("No process was replaced: preparing the database failed", err=True)
            return
        for number, application in enumerate(self._applications):
            try:
                application.replace_worker()
            except ApplicationStopped as error:
                click.echo(f"Replaced {number} processes, then {error}", err=True)
                return
        click.echo(f"→ Replaced all {len(self._applications)} processes")

    def _processes(self) -> list[Process]:
        redis = [self._redis] if self._redis else []
        return [self._nginx, *(application.process for application in self._applications), *redis]

    def _redis_command(self) -> list[str]:
        # fmt: off
        return [
            _program("redis-server"), "--bind", "127.0.0.1", "--port", str(self._redis_port),
            "--logfile", f"{self._folder.name}/redis.log",
            # Only events and counters, which need no persistence.
            "--save", "", "--appendonly", "no",
        ]
        # fmt: on

    def _nginx_command(self, settings: Settings) -> list[str]:
        folder = Path(self._folder.name)
        _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
        conf = _NGINX_CONF.substitute(
            folder=folder,
            deploy=DEPLOY,
            listen=address(settings.host, settings.port),
            servers="\n".join(_upstream(port) for port in self._ports),
            connections=min(most_files, _MOST_CONNECTIONS),
            # By default its workers change to a user without access to the folder.
            user="" if os.geteuid() else f"user {pwd.getpwuid(0).pw_name};",
        )
        path = folder / "nginx.conf"
        path.write_text(conf)
        return [_program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(path)]


def _upstream(port: int) -> str:
    # A process that is restarting gets no requests for a moment.
    return f"        server 127.0.0.1:{port} max_fails=3 fail_timeout=2s;"


def _program(name: str) -> str:
    # nginx is in a folder that is only on root's PATH.
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        package = {"nginx": "nginx-light"}.get(name, name)
        raise InvalidSettings(f"PATH: should lead to {name} (on Debian: apt-get install {package})")
    return found


def _wait_until_listening(process: Process, port: int) -> None:
    deadline = time.monotonic() + _REDIS_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.exit_code is not None or time.monotonic() > deadline:
            raise ApplicationStopped("Redis does not start")
        time.sleep(0.02)
