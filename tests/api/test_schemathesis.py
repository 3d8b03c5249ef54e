"""Random requests against the specification, with real ids.

Schemathesis reads the specification and asks over HTTP: examples, boundaries, random data good and
bad, and sequences of requests, with every check that it has. `make fuzz` runs the same for longer:
FUZZ_SECONDS is the time it takes.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from backend.http.rate_limits import RateLimits
from tests.api import schemathesis_hooks
from tests.desk import API, Desk, Person

SECONDS = os.environ.get("FUZZ_SECONDS")
SEED = 20_261_122  # `make test` sends the same requests every time


@pytest.fixture
def url(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application on a port, with a user without rate limits."""
    monkeypatch.setattr(RateLimits, "count", lambda *_: None)
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _configuration(desk: Desk) -> str:
    """The caller, and ids of existing records, which most requests use."""
    session = desk.nobody.post("/channels/web/sessions", {}).json
    desk.nobody.post("/channels/web/messages", {"text": "hola", "phone": "+34600123456"})
    tickets = [desk.ticket()["ticketId"] for _ in range(5)]
    attachment = _attach(desk.ana, tickets[0])
    ids = {
        "ticket_id": tickets,
        "customer_id": [desk.customer()["customerId"] for _ in range(2)],
        "agent_id": [desk.ana.agent_id, desk.bruno.agent_id],
        "conversation_id": [session["conversationId"]],
        "attachment_id": [attachment],
    }
    lines = [f"hooks = {json.dumps(schemathesis_hooks.__file__)}"]
    lines += [f"seed = {SEED}"] if SECONDS is None else []
    lines += [f"dictionaries.{name}.values = {json.dumps(values)}" for name, values in ids.items()]
    lines += ["[parameters]"]
    lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.7 }}' for name in ids]
    body = {
        "customerId": "customer_id",
        "conversationId": "conversation_id",
        "agentId": "agent_id",
    }
    lines += [
        f'"body.{name}" = {{ dictionary = "{known}", probability = 0.5 }}'
        for name, known in body.items()
    ]
    lines += ["[auth.openapi]"]
    tokens = {"bearer": desk.admin.token, "visitor": session["visitorToken"]}
    lines += [f'{name} = {{ bearer = "{token}" }}' for name, token in tokens.items()]
    return "\n".join(lines) + "\n"


def _attach(person: Person, ticket: str) -> str:
    file = {"file": (io.BytesIO(b"content"), "file.txt")}
    added = person.request("POST", f"/tickets/{ticket}/attachments", data=file)
    attachment_id: str = added.json["attachmentId"]
    return attachment_id


def test_every_answer_is_what_the_specification_says(
    desk: Desk,
    url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(_configuration(desk))
    bound = ["--max-time", SECONDS] if SECONDS else ["--max-examples", "5"]
    # fmt: off
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration),
        "run", f"{url}{API}/openapi.json", "--checks", "all", *bound, "--no-color",
    ]
    # fmt: on
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    caplog.clear()  # the requests are in the report already
    if run.returncode != 0:
        pytest.fail(run.stdout + run.stderr, pytrace=False)
    with capsys.disabled():
        print(run.stdout[run.stdout.rindex("SUMMARY") :])  # noqa: T201 - the figures
