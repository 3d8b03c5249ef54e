"""`make run` from its last step on: start, stop, kill, recover."""

from __future__ import annotations

import os
import pty
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
from pymongo import MongoClient

from backend.launcher.embedded import EmbeddedMongo
from tests.run.conftest import (
    Mostrador,
    command_line,
    descendants,
    is_stopped,
    refusal,
    wait_until,
)

PASSWORD = "mostrador-demo"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def log_in(server: Mostrador) -> str:
    answer = httpx.post(
        f"{server.url}/api/v2/auth/login",
        json={"email": "supervisor@demo.test", "password": PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["accessToken"]
    return token


def busyness() -> float:
    """Return the factor by which other work slows the machine down; 1 without any."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def counts(server: Mostrador) -> dict[str, int]:
    port = (server.data_dir / "mongodb.port").read_text().strip()
    with MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}/?replicaSet=rs0") as client:
        database = client["mostrador"]
        return {
            name: database[name].count_documents({}) for name in database.list_collection_names()
        }


def test_it_serves_and_the_second_start_is_quick_and_seeds_nothing(mostrador: Mostrador) -> None:
    mostrador.start()
    assert httpx.get(f"{mostrador.url}/health").status_code == 200
    assert mostrador.said(mostrador.url)
    for role in ("admin", "supervisor", "agent1", "agent2"):
        assert mostrador.said(f"{role}@demo.test")
    assert mostrador.said(PASSWORD)
    assert not mostrador.said("Warning")
    log_in(mostrador)
    # With eventlet's patches, the launcher could not supervise the processes.
    assert "greenlet" not in Path(f"/proc/{mostrador.process.pid}/maps").read_text()
    seeded = counts(mostrador)
    assert seeded["tickets"] > 0

    assert mostrador.stop() < 5 * busyness()
    assert mostrador.process.returncode == 0
    assert mostrador.start().start_seconds < 8 * busyness()
    assert {**counts(mostrador), **seeded} == counts(mostrador)


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_open_connections_do_not_delay_the_stop(mostrador: Mostrador, mode: str) -> None:
    mostrador.start(ASYNC_MODE=mode)
    auth = {"token": log_in(mostrador)}
    with (
        socketio.SimpleClient(reconnection=False) as closed,
        socketio.SimpleClient(reconnection=False) as open_socket,
        socketio.SimpleClient(reconnection=False) as poller,
        httpx.Client(base_url=mostrador.url) as idle,
    ):
        closed.connect(mostrador.url, transports=["websocket"], auth=auth)
        closed.disconnect()
        open_socket.connect(mostrador.url, transports=["websocket"], auth=auth)
        poller.connect(mostrador.url, transports=["polling"], auth=auth)
        assert idle.get("/health").status_code == 200
        assert mostrador.stop(signal.SIGINT) < 5 * busyness()
    assert not mostrador.said("error")
    assert mostrador.process.returncode == 0


def test_a_killed_server_leaves_no_process_and_loses_nothing_acknowledged(
    mostrador: Mostrador,
) -> None:
    mostrador.start()
    message = {"phone": "+34600111222", "text": "Open a ticket: my card does not work"}
    sent = httpx.post(f"{mostrador.url}/api/v2/channels/web/messages", json=message)
    assert sent.status_code == 202, sent.text
    assert mostrador.stop(signal.SIGKILL) < 5 * busyness()

    mostrador.start()
    conversation = httpx.get(
        f"{mostrador.url}/api/v2/conversations/{sent.json()['conversationId']}/messages",
        headers={"Authorization": f"Bearer {log_in(mostrador)}"},
    )
    assert sent.json()["messageId"] in conversation.text


def test_it_recovers_after_everything_was_killed(mostrador: Mostrador) -> None:
    mostrador.start()
    before = counts(mostrador)
    for pid in [mostrador.process.pid, *mostrador.children]:
        os.kill(pid, signal.SIGKILL)
    mostrador.process.wait()

    mostrador.start()
    assert {**counts(mostrador), **before} == counts(mostrador)


def test_a_killed_mongod_is_started_again_while_the_application_answers_503(
    mostrador: Mostrador,
) -> None:
    mostrador.start()
    mongod = mostrador.child("--dbpath")
    # Held down, so that the time without a database is long enough to be seen.
    os.kill(mongod, signal.SIGSTOP)
    wait_until(lambda: is_stopped(mongod), 5, "held down")
    answer = httpx.get(f"{mostrador.url}/health/ready", timeout=10)
    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() < 6
    assert httpx.get(f"{mostrador.url}/health", timeout=1).status_code == 200

    os.kill(mongod, signal.SIGKILL)
    wait_until(mostrador.is_ready, 15, "ready again")
    log_in(mostrador)
    assert mostrador.process.poll() is None


def test_it_stops_as_a_whole_when_the_application_dies(mostrador: Mostrador) -> None:
    mostrador.start()
    os.kill(mostrador.child("gunicorn"), signal.SIGKILL)
    assert mostrador.process.wait(10) == 1
    wait_until(lambda: not any(map(command_line, mostrador.children)), 5, "no process left")
    assert mostrador.said("Error: the application stopped unexpectedly")


def test_a_second_one_on_the_same_port_or_data_is_refused_and_harms_nothing(
    mostrador: Mostrador, tmp_path: Path
) -> None:
    mostrador.start()
    other_data = refusal(DATA_DIR=str(tmp_path / "other"), PORT=str(mostrador.port))
    assert other_data == f"PORT: should be a free port, but {mostrador.port} is taken"
    assert not (tmp_path / "other").exists()
    assert "in use by another Mostrador" in refusal(
        DATA_DIR=str(mostrador.data_dir), PORT=str(Mostrador(tmp_path).port)
    )
    assert mostrador.is_ready()


def test_an_external_database_gets_indexes_but_no_demo_data(
    mostrador: Mostrador, tmp_path: Path
) -> None:
    with EmbeddedMongo(tmp_path / "own") as own:
        mostrador.start(MONGODB_URI=own.uri, SECRET_KEY="s" * 32)
        assert not any("--dbpath" in command_line(pid) for pid in mostrador.children)
        with MongoClient[dict[str, Any]](own.uri) as client:
            database = client["mostrador"]
            assert len(database["tickets"].index_information()) > 1
            assert database["tickets"].find_one() is None
            assert database["agents"].find_one() is None
        assert not mostrador.said("demo.test")
        assert mostrador.stop() < 5 * busyness()
        assert own.process.poll() is None
        assert not mostrador.data_dir.exists()


def test_demo_mode_on_an_external_database_prints_a_warning(
    mostrador: Mostrador, tmp_path: Path
) -> None:
    with EmbeddedMongo(tmp_path / "own") as own:
        mostrador.start(MONGODB_URI=own.uri, SECRET_KEY="s" * 32, DEMO="1")
        log_in(mostrador)
        assert mostrador.said("Warning: DEMO is on")
        mostrador.stop()


MAKE_RUN = ["make", "run", "RUNTIME=", "SPA="]  # with nothing to install or build


def test_it_ends_with_the_make_that_started_it(mostrador: Mostrador) -> None:
    """Killed alone, make cannot pass a signal on: the shim in between does."""
    mostrador.start(command=MAKE_RUN)
    server = next(pid for pid in mostrador.children if "serve" in command_line(pid))
    assert descendants(server)
    assert mostrador.stop(signal.SIGKILL) < 5 * busyness()


def in_terminal(mostrador: Mostrador) -> int:
    """Start `make run` as the leader of a terminal's foreground group; the terminal's other end."""
    screen, mostrador.terminal = pty.openpty()
    # The tests themselves may be run by nohup, which ignores SIGHUP.
    mostrador.start(command=["env", "--default-signal=HUP", "setsid", "--ctty", *MAKE_RUN])
    os.close(mostrador.terminal)
    return screen


def type_ctrl_c(screen: int, _make: int) -> None:
    os.write(screen, b"\x03")


def type_ctrl_c_twice(screen: int, _make: int) -> None:
    os.write(screen, b"\x03\x03")


def interrupt_make(_screen: int, make: int) -> None:
    os.kill(make, signal.SIGINT)


def terminate_make(_screen: int, make: int) -> None:
    os.kill(make, signal.SIGTERM)


def terminate_make_and_its_group(_screen: int, make: int) -> None:
    """As `timeout` does."""
    os.kill(make, signal.SIGTERM)
    os.killpg(make, signal.SIGTERM)


@pytest.mark.parametrize(
    "stop",
    [
        type_ctrl_c,
        type_ctrl_c_twice,
        interrupt_make,
        terminate_make,
        terminate_make_and_its_group,
    ],
)
def test_make_run_stops_without_an_error(
    mostrador: Mostrador, stop: Callable[[int, int], None]
) -> None:
    screen = in_terminal(mostrador)
    began = time.monotonic()
    stop(screen, mostrador.process.pid)
    mostrador.process.wait(20)
    assert time.monotonic() - began < 5 * busyness()
    assert not any(map(command_line, mostrador.children))
    os.close(screen)
    output = mostrador.output.read_text()
    # make itself ends by the signal, and says so when the server does not exit with 0.
    assert output.endswith("Press Ctrl-C to stop.\n\nStopping …\n"), output


def test_make_run_succeeds_when_the_server_is_terminated(mostrador: Mostrador) -> None:
    mostrador.start(command=MAKE_RUN)
    os.kill(mostrador.child("backend.cli"), signal.SIGTERM)
    assert mostrador.process.wait(20) == 0
    assert mostrador.output.read_text().endswith("Stopping …\n")


def test_it_ends_with_the_terminal_that_it_was_started_in(mostrador: Mostrador) -> None:
    """Where no shell is between the two, the terminal tells make alone, which waits."""
    os.close(in_terminal(mostrador))
    mostrador.process.wait(20)
    wait_until(lambda: not any(map(command_line, mostrador.children)), 20, "no process left")
