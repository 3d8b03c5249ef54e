"""Measure the offline assistant's outcomes, and the cost of a turn without the model's time."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import click

from backend.common.documents import Db
from bench import intake, report
from bench.percentiles import spread
from bench.server import Server, ServerFailed
from bench.texts import read_texts

SENDERS = 20
TURNS = 100
THINKING = 0.25  # seconds that the fake model takes to respond

REPORT = {
    "subject": "Una consulta",
    "description": "De un cliente que espera.",
    "category": "general_inquiry",
    "priority": None,
    "location": None,
}


@click.command()
@click.argument("messages", default="")
def main(messages: str) -> None:
    """MESSAGES is a CSV file with customers' messages in its `text` column."""
    texts = read_texts(messages, 1, "bench-assistant")
    machine = report.machine()
    try:
        offline = _offline(texts)
        overhead = _overhead()
    except ServerFailed as error:
        raise click.ClickException(str(error)) from None
    path = report.write({"machine": machine, "offline": offline, "overhead": overhead}, "assistant")
    lines = ["", report.about(machine), "", *_lines(offline, overhead), "", f"Written to {path}"]
    click.echo("\n".join(lines))
    if any(offline[fault] for fault in ("errors", "unanswered", "duplicates", "invalidCalls")):
        raise click.ClickException("messages were refused, lost, doubled or misread: see above")


# --- the offline assistant ------------------------------------------------------------------------


def _offline(texts: list[str]) -> dict[str, Any]:
    """Send each message from a different customer through the web channel."""
    click.echo(f"→ Sending {len(texts):,} messages …")
    with Server() as server:
        db = server.database()
        sendings = intake.send_all(server.port, texts, senders=SENDERS)
        conversations = [message.conversation_id for message in sendings.sent]
        result = {
            "messages": len(texts),
            "errors": sendings.errors,
            **intake.stored_of(db, conversations),
            **_done(db, conversations),
        }
        db.client.close()
    return result


def _done(db: Db, conversations: list[str]) -> dict[str, Any]:
    """Count the tool calls of the assistant's answers by tool."""
    done: Counter[str] = Counter()
    asked_back = invalid = failed = 0
    theirs = {"author.type": "assistant", "conversationId": {"$in": conversations}}
    for answer in db["messages"].find(theirs, {"toolCalls": True}):
        calls = answer["toolCalls"]
        asked_back += not calls
        done.update({call["name"] for call in calls})
        for call in calls:
            code = call["result"].get("code")
            invalid += code in ("bad_arguments", "unknown_tool")
            failed += code == "tool_failed"
    return {
        "answersWith": dict(done.most_common()),
        "askedBack": asked_back,
        "invalidCalls": invalid,
        "failedCalls": failed,
    }


# --- the cost of a run without the model ----------------------------------------------------------


class Model(ThreadingHTTPServer):
    """A fake model: the part of the Responses API that a run uses, with a delay.

    For a message that starts with `report` it first opens a ticket. `spent` has the seconds of each
    message.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.spent: defaultdict[str, float] = defaultdict(float)


class _Answering(BaseHTTPRequestHandler):
    server: Model
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the body waits for the acknowledgement of the headers

    def do_POST(self) -> None:
        began = time.perf_counter()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = next(item["content"] for item in body["input"] if item.get("role") == "user")
        text = words.split("\n")[1]
        done = any(item.get("type") == "function_call_output" for item in body["input"])
        output = _said() if done or not text.startswith("report") else _called()
        answer = json.dumps({"id": "resp_1", "status": "completed", "output": [output]}).encode()
        time.sleep(THINKING)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        # Before the write: the caller continues as soon as it has the response.
        self.server.spent[text] += time.perf_counter() - began
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:
        """Log nothing."""


def _called() -> dict[str, Any]:
    arguments = json.dumps(REPORT)
    return {
        "type": "function_call",
        "id": "fc_1",
        "call_id": "call_1",
        "name": "create_ticket_report",
        "arguments": arguments,
    }


def _said() -> dict[str, Any]:
    content = [{"type": "output_text", "text": "Hecho.", "annotations": []}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": content}


def _overhead() -> list[dict[str, Any]]:
    """Measure from a message to its answer at a supervisor's socket, without the model's time."""
    rows = []
    with Model() as model:
        Thread(target=model.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{model.server_port}/v1"
        with Server(OPENAI_API_KEY="a key", OPENAI_BASE_URL=url) as server:
            for senders in (1, SENDERS):
                for kind in ("words", "report"):
                    click.echo(f"→ {TURNS} turns, {kind}, {senders} at once …")
                    rows.append(_turns(server.port, model, kind, senders))
        model.shutdown()
    return rows


def _turns(port: int, model: Model, kind: str, senders: int) -> dict[str, Any]:
    texts = [f"{kind} {senders} {number}" for number in range(TURNS)]
    sendings = intake.send_all(port, texts, senders=senders, one_by_one=True)
    # In the order of `sent`: the messages of one sender after those of another.
    order = [text for sender in range(senders) for text in texts[sender::senders]]
    answers = sendings.listener.answers
    return {
        "kind": kind,
        "senders": senders,
        "modelCalls": 2 if kind == "report" else 1,
        "beyondModelMs": spread(
            [
                answers[message.conversation_id] - message.at - model.spent[text]
                for message, text in zip(sendings.sent, order, strict=True)
            ]
        ),
    }


def _lines(offline: dict[str, Any], overhead: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{offline['messages']:,} messages to the offline assistant"
    for name, count in offline["answersWith"].items():
        yield f"  answers with {name:28}{count:8,}"
    for name, label in (
        ("askedBack", "asked back, no tool"),
        ("tickets", "tickets"),
        ("invalidCalls", "calls with invalid arguments"),
        ("failedCalls", "calls that failed"),
        ("unanswered", "unanswered"),
        ("duplicates", "answered twice"),
    ):
        yield f"  {label:41}{offline[name]:8,}"
    yield f"  {'refused or lost':41}{len(offline['errors']):8,}"
    yield ""
    title = "A turn without the model's time"
    yield f"{title}{'at once':>10}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"
    for row in overhead:
        what = f"{row['kind']}, {row['modelCalls']} calls of the model"
        times = row["beyondModelMs"]
        yield (
            f"  {what:32}{row['senders']:10}{times['p50']:9.1f}{times['p95']:9.1f}"
            f"{times['max']:9.1f}"
        )


if __name__ == "__main__":
    main()
