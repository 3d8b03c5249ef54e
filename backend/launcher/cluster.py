"""Several processes of the application on one machine: nginx before them, Redis between them.

What a process loses when it is killed is its connections: nginx passes their owners to the others,
and this process starts it again.
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
    ApplicationStopped,
    address,
    refuse_taken_port,
)
from backend.launcher.embedded import PORTS, is_free
from backend.launcher.process import Child, stop_all
from backend.settings import InvalidSettings, Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
_RESTART_AFTER = 1.0  # seconds: what cannot start is not tried more often
_REDIS_SECONDS = 10
# Two for each web socket: the client's and the process's.
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
        """Raises InvalidSettings when a port or a program is missing."""
        self._ports = [settings.port + number for number in range(1, processes + 1)]
        for port in self._ports:
            refuse_taken_port("127.0.0.1", port)
        self._folder = TemporaryDirectory(prefix="mostrador-")
        self._redis_port = next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))
        self._redis = None if settings.redis_url else Child(self._redis_command())
        shared = {
            "host": "127.0.0.1",
            "redis_url": settings.redis_url or f"redis://127.0.0.1:{self._redis_port}/0",
            "trusted_proxies": settings.trusted_proxies + 1,
            "demo": settings.demo_on,  # which follows the host that people reach
        }
        self._applications = [
            Application(settings.model_copy(update=shared | {"port": port}), mongodb_uri)
            for port in self._ports
        ]
        self._nginx = Child(self._nginx_command(settings))
        self._own_database = {"MONGODB_URI": mongodb_uri, "SECRET_KEY": settings.signing_key}
        self._renewal_wanted = False

    def start(self) -> None:
        """Returns once all of it answers. Raises ApplicationStopped."""
        if self._redis:
            self._redis.start()
            _wait_until_listening(self._redis, self._redis_port)
        for application in self._applications:
            application.child.start()
        for application in self._applications:
            application.wait_until_ready()
        self._nginx.start()
        signal.signal(signal.SIGUSR2, self._want_renewal)
        ports = f"{self._ports[0]} to {self._ports[-1]}"
        click.echo(f"→ {len(self._ports)} processes on ports {ports}; kill -USR2 {os.getpid()}")
        click.echo("  replaces them one by one, and no request is refused meanwhile")

    def look_after(self) -> None:
        """Start again what has ended, and replace the processes when SIGUSR2 asked for it."""
        for child in self._children():
            ended = child.exit_code is not None
            if ended and time.monotonic() - child.started_at > _RESTART_AFTER:
                click.echo(f"Process {child.pid} stopped unexpectedly: starting it again", err=True)
                child.start()
        if self._renewal_wanted:
            self._renewal_wanted = False
            self._renew()

    def stop(self) -> None:
        redis = [self._redis] if self._redis else []
        stop_all([child for child in self._children() if child not in redis], STOP_SECONDS)
        stop_all(redis, STOP_SECONDS)
        self._folder.cleanup()

    def _want_renewal(self, *_signal: object) -> None:
        self._renewal_wanted = True

    def _renew(self) -> None:
        # The code as it is now may read off indexes that there were not at the start.
        command = [sys.executable, "-m", "flask", "--app", "backend.cli", "prepare"]
        if subprocess.run(command, check=False, env=os.environ | self._own_database).returncode:
            click.echo("Replaced no process: the database could not be prepared", err=True)
            return
        for number, application in enumerate(self._applications, 1):
            try:
                application.renew()
            except ApplicationStopped as error:
                click.echo(f"Replaced {number - 1} processes, then {error}", err=True)
                return
        click.echo(f"→ Replaced all {len(self._applications)} processes")

    def _children(self) -> list[Child]:
        redis = [self._redis] if self._redis else []
        return [self._nginx, *(application.child for application in self._applications), *redis]

    def _redis_command(self) -> list[str]:
        # fmt: off
        return [
            _program("redis-server"), "--bind", "127.0.0.1", "--port", str(self._redis_port),
            "--logfile", f"{self._folder.name}/redis.log",
            # It carries events and counts: nothing that outlives it.
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
            # Its workers would become somebody who cannot enter the folder.
            user="" if os.geteuid() else f"user {pwd.getpwuid(0).pw_name};",
        )
        path = folder / "nginx.conf"
        path.write_text(conf)
        return [_program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(path)]


def _upstream(port: int) -> str:
    # A process that is being started again is left alone for a moment, not for long.
    return f"        server 127.0.0.1:{port} max_fails=3 fail_timeout=2s;"


def _program(name: str) -> str:
    # nginx is in a folder that is on the PATH of root alone.
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        package = {"nginx": "nginx-light"}.get(name, name)
        raise InvalidSettings(f"PATH: should lead to {name} (on Debian: apt-get install {package})")
    return found


def _wait_until_listening(child: Child, port: int) -> None:
    deadline = time.monotonic() + _REDIS_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if child.exit_code is not None or time.monotonic() > deadline:
            raise ApplicationStopped("Redis does not start")
        time.sleep(0.02)
