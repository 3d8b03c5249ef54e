"""Measure the web application in a browser: first load, time to the ticket list, time of another
agent's change to the screen, reading the whole list, and Lighthouse scores.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from statistics import median
from typing import Any

import click

from backend.common.actor import Role
from backend.ops.demo_accounts import PASSWORD
from bench import report
from bench.fill import Desk
from bench.people import hire
from bench.percentiles import spread
from bench.server import ROOT, Server, ServerFailed
from bench.texts import read_texts

MEASURE = ROOT / "bench" / "browser" / "measure.mjs"
LEAST = 1_000  # messages
TIMEOUT = 900  # seconds, on a slow machine


@click.command()
@click.argument("messages", default="")
@click.option(
    "--tickets", default=10_000, show_default=True, help="Number of tickets in the database."
)
def main(messages: str, tickets: int) -> None:
    """MESSAGES is a CSV file with customers' messages in its `text` column."""
    texts = read_texts(messages, LEAST, "bench-spa")
    machine = report.machine()
    try:
        with Server() as server:
            click.echo(f"→ Filling the database to {tickets:,} tickets …")
            filled = _fill(server, texts, tickets)
            click.echo("→ Measuring in the browser …")
            result = {"machine": machine, "tickets": filled, **_measure(server)}
    except ServerFailed as error:
        raise click.ClickException(str(error)) from None
    path = report.write(result, "spa")
    click.echo("\n".join(["", report.about(machine), "", *_lines(result), f"Written to {path}"]))
    if result["changes"]["missed"]:
        raise click.ClickException("changes did not reach the screen: see above")


def _fill(server: Server, texts: list[str], wanted: int) -> int:
    db = server.database()
    agents = [person.actor for person in hire(server.port, db, server.tokens())[Role.AGENT]]
    Desk(db, agents, texts).fill(wanted - db["tickets"].count_documents({}))
    filled = db["tickets"].count_documents({})
    db.client.close()
    return filled


def _measure(server: Server) -> report.Result:
    node = shutil.which("node")
    assert node is not None, "make checks that it is installed"
    address = {"ADDRESS": f"http://127.0.0.1:{server.port}"}
    account = {"EMAIL": "admin@demo.test", "PASSWORD": PASSWORD}
    measured = subprocess.run(
        [node, MEASURE],
        env=os.environ | address | account,
        stdout=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if measured.returncode:
        raise click.ClickException("the browser failed: see above")
    result: report.Result = json.loads(measured.stdout)
    return result


def _lines(result: report.Result) -> Iterator[str]:
    loads, scroll = result["loads"], result["scroll"]
    yield f"The list of {result['tickets']:,} tickets, a page of 50"
    yield f"JavaScript of the login page     {result['loginBytes'] / 1000:8.1f} kB, brotli"
    yield f"initial JavaScript, brotli       {_median(loads, 'initialBytes') / 1000:8.1f} kB"
    yield (
        f"JavaScript until list is shown   {_median(loads, 'listBytes') / 1000:8.1f} kB"
        f" in {_median(loads, 'scripts'):.0f} files"
    )
    yield f"list painted                     {_median(loads, 'listPainted'):8.0f} ms"
    yield f"page idle                        {_median(loads, 'interactive'):8.0f} ms"
    yield f"elements                         {_median(loads, 'elements'):8.0f}"
    yield ""
    yield f"{'a change → its row painted':33}{'p50 ms':>8}{'p95 ms':>8}{'max ms':>8}"
    for label, name in (("from sending it", "fromSending"), ("from its answer", "fromAnswer")):
        metrics = _spread(result["changes"][name])
        yield f"{label:33}{metrics['p50']:8.0f}{metrics['p95']:8.0f}{metrics['max']:8.0f}"
    yield f"missed {result['changes']['missed']} of {len(result['changes']['fromSending'])}"
    yield ""
    pages = _spread(scroll["pages"])
    yield (
        f"{scroll['rows']:,} rows in {len(scroll['pages']) + 1} pages read through in "
        f"{scroll['total'] / 1000:.1f} s; "
        f"a page p50 {pages['p50']:.0f}, p95 {pages['p95']:.0f} ms; "
        f"longest frame {scroll['longestFrame']:.0f} ms"
    )
    before, after = scroll["before"], scroll["after"]
    yield (
        f"memory {before['heapMB']:.1f} → {after['heapMB']:.1f} MB, "
        f"nodes {before['nodes']:,} → {after['nodes']:,}"
    )
    yield ""
    yield (
        f"{'Lighthouse, desktop':20}{'perf.':>7}{'access.':>9}{'practices':>11}"
        f"{'FCP':>7}{'LCP':>7}{'TBT':>7}{'SI ms':>7}{'CLS':>7}{'machine':>9}"
    )
    for number, run in enumerate(result["lighthouse"], 1):
        yield (
            f"{f'run {number}':20}{run['performance']:7}{run['accessibility']:9}"
            f"{run['bestPractices']:11}{run['firstContentfulPaint']:7.0f}"
            f"{run['largestContentfulPaint']:7.0f}{run['totalBlockingTime']:7.0f}"
            f"{run['speedIndex']:7.0f}{run['cumulativeLayoutShift']:7.3f}"
            f"{run['benchmarkIndex']:9.0f}"
        )
    yield ""


def _median(loads: list[dict[str, Any]], name: str) -> float:
    value: float = median(load[name] for load in loads)
    return value


def _spread(milliseconds: list[float]) -> dict[str, float]:
    return spread([each / 1000 for each in milliseconds])


if __name__ == "__main__":
    main()
