"""Run the whole bench: first customers' messages, then the API with a filled database."""

from __future__ import annotations

import random
import time
from typing import Any

import click

from backend.common.actor import Role
from backend.common.documents import Db
from bench import at_work, conversations, intake, pairs, report
from bench.calls import Calls
from bench.fill import Desk
from bench.latency import Latency
from bench.people import Person, hire
from bench.server import Server, ServerFailed
from bench.texts import read_texts

MESSAGES = 1_000
SENDERS = 20
CALM_MESSAGES = 100


@click.command()
@click.argument("messages", default="")
@click.argument("tickets", nargs=-1, type=click.IntRange(1))
def main(messages: str, tickets: tuple[int, ...]) -> None:
    """Measure messages, calls and lists.

    MESSAGES is a CSV file with customers' messages in its `text` column. The API is measured after
    the database has been filled to each number of TICKETS (10,000).
    """
    texts = read_texts(messages, MESSAGES, "bench")
    machine = report.machine()
    try:
        with Server() as server:
            result = {"machine": machine, **_measure(server, texts, sorted(tickets or [10_000]))}
    except ServerFailed as error:
        raise click.ClickException(str(error)) from None
    path = report.write(result)
    click.echo("\n".join(["", *report.lines(result), "", f"Written to {path}"]))
    failures = ("errors", "unanswered", "duplicates", "ticketEventsMissed")
    if any(metrics[failure] for metrics in result["intake"] for failure in failures):
        raise click.ClickException("messages were refused, lost or answered twice: see above")


def _measure(server: Server, texts: list[str], sizes: list[int]) -> report.Result:
    db = server.database()
    random.Random(7).shuffle(texts)  # noqa: S311 - the same messages every time
    _progress(f"Sending {MESSAGES:,} messages")
    crowd = intake.measure(server.port, db, texts[:MESSAGES], senders=SENDERS)
    calm = intake.measure(server.port, db, texts[-CALM_MESSAGES:], senders=1, one_by_one=True)
    people = hire(server.port, db, server.tokens())
    result = {
        "mongod": db.client.server_info()["version"],
        "intake": [crowd, calm],
        "sizes": [_measure_calls(server.port, db, people, texts, size) for size in sizes],
        "conversations": _measure_conversations(server.port, db, people),
    }
    db.client.close()
    return result


def _measure_calls(
    port: int, db: Db, people: dict[Role, list[Person]], texts: list[str], wanted: int
) -> report.Result:
    _progress(f"Filling the database to {wanted:,} tickets")
    agents = [person.actor for person in people[Role.AGENT]]
    began = time.monotonic()
    Desk(db, agents, texts).fill(wanted - db["tickets"].count_documents({}))
    filled = time.monotonic() - began
    size = db.command("collStats", "tickets", scale=10**6)
    tickets = size["count"]
    _progress(f"Measuring calls at {tickets:,} tickets")
    calls = Calls(db, people, texts)
    latency = Latency(port, db, calls).measure(_progress)
    _progress("Measuring pairs of filters")
    by_pair = pairs.measure(port, db, people)
    _progress("Measuring calls of people at work")
    return {
        "tickets": tickets,
        "fillSeconds": round(filled),
        "storageMb": size["storageSize"],
        "indexMb": size["totalIndexSize"],
        "calls": latency,
        "pairs": by_pair,
        "atWork": at_work.measure(port, calls),
    }


def _measure_conversations(
    port: int, db: Db, people: dict[Role, list[Person]]
) -> list[dict[str, Any]]:
    _progress(f"Filling the database to {conversations.CONVERSATIONS:,} conversations")
    conversations.fill(db)
    calls = conversations.ConversationCalls(db, people)
    return Latency(port, db, calls).measure(_progress)


def _progress(step: str) -> None:
    click.echo(f"→ {step} …")


if __name__ == "__main__":
    main()
