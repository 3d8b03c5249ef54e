"""Write results as tables and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from backend.common.documents import iso, utcnow
from backend.settings import load_settings
from bench import pairs

RESULTS = Path(__file__).absolute().parent / "results"

Result = dict[str, Any]


def machine() -> Result:
    return {
        "date": iso(utcnow()),
        "cores": os.cpu_count(),
        "loadBefore": round(os.getloadavg()[0], 2),  # above 0.5, something else was running
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "asyncMode": load_settings().async_mode.value,
    }


def write(result: Result, name: str = "api") -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{utcnow():%Y-%m-%dT%H%M%SZ}-{name}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return path


def about(machine: Result) -> str:
    facts = "{date}, {cores} cores ({processor}), load before {loadBefore}, Python {python}, "
    return f"{facts.format(**machine)}{machine['asyncMode']}"


def lines(result: Result) -> Iterator[str]:
    yield about(result["machine"])
    yield f"mongod {result['mongod']}"
    for metrics in result["intake"]:
        yield from _intake(metrics)
    for size in result["sizes"]:
        yield from _latency(size)
        yield from _pairs(size["pairs"])
        yield from _at_work(size["atWork"])
    yield ""
    yield "Lists of 100,000 conversations"
    yield from _calls(result["conversations"])
    if len(result["sizes"]) > 1:
        yield from _growth(result["sizes"])


def _intake(metrics: Result) -> Iterator[str]:
    crowd = f"{metrics['senders']} senders at once"
    pace = "each sent after the previous answer" if metrics["oneByOne"] else crowd
    yield ""
    yield (
        f"{metrics['messages']:,} customers' messages, {pace}: "
        f"{metrics['acceptedPerSecond']} accepted and {metrics['answeredPerSecond']} answered "
        f"a second, {metrics['tickets']} tickets"
    )
    yield (
        f"errors {len(metrics['errors'])}, unanswered {metrics['unanswered']}, "
        f"duplicates {metrics['duplicates']}, ticket events missed {metrics['ticketEventsMissed']}"
    )
    yield from (f"  {error}" for error in sorted(set(metrics["errors"])))
    yield f"{'':28}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"
    for name, label in (
        ("acceptMs", "message → accepted"),
        ("ticketEventMs", "message → ticket_created"),
    ):
        spread = metrics[name]
        yield f"{label:28}{spread['p50']:9.1f}{spread['p95']:9.1f}{spread['max']:9.1f}"


def _latency(size: Result) -> Iterator[str]:
    yield ""
    yield (
        f"API calls at {size['tickets']:,} tickets, with the bare PyMongo calls they need "
        f"(filled in {size['fillSeconds']} s; {size['storageMb']:,} MB, {size['indexMb']:,} MB of "
        "indexes)"
    )
    yield from _calls(size["calls"])


def _calls(rows: list[Result]) -> Iterator[str]:
    yield (
        f"{'call':30}{'clients':>7}{'p50 ms':>9}{'p95 ms':>9}{'a second':>10}{'refused':>9}"
        f"{'bare p50':>10}{'bare p95':>10}{'ratio':>7}{'with session':>14}"
    )
    for row in rows:
        yield (
            f"{row['call']:30}{row['clients']:7}{row['apiMs']['p50']:9.2f}{row['apiMs']['p95']:9.2f}"
            f"{row['perSecond']:10.0f}{row['failures']:9}"
            f"{row['bareMs']['p50']:10.2f}{row['bareMs']['p95']:10.2f}"
            f"{row['ratio']:7.1f}{row['ratioWithSession']:14.1f}"
        )
    yield (
        "ratio: p50 divided by the p50 of the bare calls; "
        "with session: the bare calls include the query for the caller's session"
    )


def _pairs(rows: list[Result]) -> Iterator[str]:
    """Report the distribution of the pairs' p50s with one client, and the slowest pairs."""
    yield ""
    for row in rows:
        spread = row["p50Ms"]
        yield (
            f"{row['pairs']} pairs of filters, {row['role']}: p50 {spread['p50']:.1f} ms for half, "
            f"{spread['p95']:.1f} for 95 %, {spread['max']:.1f} at most; "
            f"{row['aboveAim']} above {pairs.AIM_MS:.0f} ms"
        )
        for pair in row["worst"]:
            yield f"  {pair['p50']:.1f}  {urlencode(pair['query'])}"


def _at_work(shift: Result) -> Iterator[str]:
    least, most = shift["pauseSeconds"]
    yield ""
    yield (
        f"{shift['people']} people at work, {least} to {most} s between a response and the next "
        f"call: {shift['perSecond']} calls a second"
    )
    yield f"{'call':30}{'calls':>7}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'refused':>9}"
    for row in shift["calls"]:
        spread = row["apiMs"]
        yield (
            f"{row['call']:30}{row['samples']:7}{spread['p50']:9.2f}{spread['p95']:9.2f}"
            f"{spread['max']:9.2f}{row['failures']:9}"
        )


def _growth(sizes: list[Result]) -> Iterator[str]:
    """Report how the calls of one client grow with the desk."""
    yield ""
    yield "p50 ms of one client, from the smallest desk to the largest"
    yield f"{'call':30}" + "".join(f"{size['tickets']:>12,}" for size in sizes) + f"{'times':>8}"
    for rows in zip(*(size["calls"] for size in sizes), strict=True):
        if rows[0]["clients"] == 1:
            p50s = [row["apiMs"]["p50"] for row in rows]
            yield (
                f"{rows[0]['call']:30}"
                + "".join(f"{p50:12.2f}" for p50 in p50s)
                + f"{p50s[-1] / p50s[0]:8.1f}"
            )


def _processor() -> str:
    """Return the model's name, or the architecture where it is unknown."""
    try:
        information = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    for line in information.splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
