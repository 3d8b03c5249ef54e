"""Months of creation: what groups tickets so that a range of creation is read in any order."""

from __future__ import annotations

from datetime import UTC, datetime

MONTH = "createdMonth"  # stored on each ticket
FIRST_MONTH = datetime(2020, 1, 1, tzinfo=UTC)  # includes everything older


def month_of(moment: datetime) -> int:
    """Return the number of months since FIRST_MONTH."""
    months = (moment.year - FIRST_MONTH.year) * 12 + moment.month - FIRST_MONTH.month
    return max(0, months)


def months_until(last: datetime, first: datetime = FIRST_MONTH) -> list[int]:
    """Return all months from one moment to another."""
    return list(range(month_of(first), month_of(last) + 1))
