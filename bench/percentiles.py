"""Percentiles of measurements, in milliseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

Percentiles = dict[str, float]


def spread(seconds: Sequence[float]) -> Percentiles:
    """Return p50, p95 and the maximum in ms; NaN without measurements."""
    ordered = sorted(seconds) or [math.nan]
    return {
        "p50": _milliseconds(_percentile(ordered, 50)),
        "p95": _milliseconds(_percentile(ordered, 95)),
        "max": _milliseconds(ordered[-1]),
    }


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the nearest rank, which is one of the measurements."""
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
