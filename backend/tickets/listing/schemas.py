"""The JSON of lists: their parameters, counts and statistics."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.http.fields import Schema, Text, out, time_zone
from backend.http.schemas import PageQuery
from backend.tickets.listing.filters import FILTERS
from backend.tickets.listing.indexes import SORT_FIELDS

SORTS = tuple(SORT_FIELDS)

_FILTER: dict[str, fields.Field[Any]] = {
    **{name: one.parameter for name, one in FILTERS.items()},
    "search": Text(max_length=200),
    "sort": fields.String(
        metadata={
            "description": "`-` for descending. Without it: by relevance with `search`, "
            "else `-updatedAt`."
        },
        validate=validate.OneOf([sign + name for name in SORTS for sign in ("", "-")]),
    ),
}
# What a list can be narrowed to and its order, and the same for one page of it.
TicketFilter = Schema.from_dict(_FILTER, name="TicketFilter")
TicketQuery = PageQuery.from_dict(_FILTER, name="TicketQuery")


class StatisticsQuery(Schema):
    timezone = time_zone(
        load_default="UTC", metadata={"description": "Time zone of the days, an IANA name"}
    )


class DayCount(Schema):
    date = out(fields.Date)
    created = out(fields.Integer)
    resolved = out(fields.Integer)


def _counts() -> Any:
    return out(fields.Dict, keys=fields.String(), values=fields.Integer())


class Statistics(Schema):
    """Unassigned, mine and escalated count open tickets; `perDay` ends with today."""

    total = out(fields.Integer)
    byStatus = _counts()
    byPriority = _counts()
    openByPriority = _counts()
    byCategory = _counts()
    bySla = _counts()
    unassigned = out(fields.Integer)
    mine = out(fields.Integer)
    escalated = out(fields.Integer)
    perDay = out(fields.List, fields.Nested(DayCount))


class StatusCounts(Schema):
    """A filtered list's tickets by status; where `isExact` is false there are at least so many."""

    byStatus = _counts()
    isExact = out(fields.Boolean)
