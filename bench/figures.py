"""What is told of many measurements: percentiles, in milliseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

Figures = dict[str, float]


def spread(seconds: Sequence[float]) -> Figures:
    """p50, p95 and the longest, in ms; of nothing, not a number."""
    ordered = sorted(seconds) or [math.nan]
    return {
        "p50": _milliseconds(_percentile(ordered, 50)),
        "p95": _milliseconds(_percentile(ordered, 95)),
        "max": _milliseconds(ordered[-1]),
    }


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """Nearest rank: a value that was really measured."""
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
