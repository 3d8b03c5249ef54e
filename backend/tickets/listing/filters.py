"""The filters of the ticket list, one declaration for each.

A declaration gives the query parameter, the condition on stored fields, and the index that serves
it. The HTTP schemas, the counts, the export and the indexes follow from FILTERS; adding a filter
means adding an entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from marshmallow import fields

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.http.fields import Moment, Text, document_id, query_boolean
from backend.tickets import sla
from backend.tickets.listing.parameters import CommaList, assignee, ticket_ids
from backend.tickets.models import (
    MAX_TAG,
    PRIORITY_RANK,
    STATUS_RANK,
    Category,
    Priority,
    SlaState,
    Status,
)

ASSIGNEE = "assignedTo.agentId"
_CLOCKS_DIFFER = timedelta(days=1)  # at most, between servers


class Served(Enum):
    """How many indexes begin with the `lead` of a filter."""

    ALL_ORDERS = "one for each order of the list"
    DEFAULT_ORDER = "one in the default order; other orders are walked past what does not match"
    ONE = "one that also sorts and counts, for a filter that selects few tickets"


@dataclass(frozen=True, slots=True)
class Context:
    """What a condition may depend on beside the parameter's value."""

    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """`lead` is how its own indexes begin. `facet` names a field with few values, which becomes
    part of the indexes that count and sort tickets by several filters at once.
    """

    parameter: fields.Field[Any]
    condition: Callable[[Any, Context], Document]
    lead: tuple[str, ...] = ()
    served: Served = Served.DEFAULT_ORDER
    facet: str | None = None


def of_customer(customer_id: str) -> Document:
    return {"customer.customerId": {"$in": [customer_id]}}


def with_status(*statuses: str) -> Document:
    """Return the condition on the status, by rank: the index of the filter is that of the sort."""
    return {"statusRank": {"$in": [STATUS_RANK[status] for status in statuses]}}


def _assigned_to(wanted: str, context: Context) -> Document:
    words = {"me": context.actor.id, "unassigned": None}
    return {ASSIGNEE: {"$in": [words.get(wanted, wanted)]}}


def _in_sla_states(wanted: list[SlaState], context: Context) -> Document:
    states = sla.in_states(wanted, context.now)
    # The clock follows the status, which leads indexes.
    return states | with_status(*sla.statuses_with(states["sla.clock"]["$in"]))


def _created_until(wanted: datetime, context: Context) -> Document:
    # No ticket is created later: a range that ends has no more months than there are.
    return {} if wanted > context.now + _CLOCKS_DIFFER else {"createdAt": {"$lte": wanted}}


FILTERS: dict[str, Filter] = {
    "ticketId": Filter(ticket_ids(), lambda wanted, _: {"_id": {"$in": wanted}}),
    "status": Filter(
        CommaList(Status),
        lambda wanted, _: with_status(*wanted),
        lead=("statusRank",),
        served=Served.ALL_ORDERS,
        facet="statusRank",
    ),
    "priority": Filter(
        CommaList(Priority),
        lambda wanted, _: {"priorityRank": {"$in": [PRIORITY_RANK[one] for one in wanted]}},
        lead=("priorityRank",),
        facet="priorityRank",
    ),
    "category": Filter(
        CommaList(Category),
        lambda wanted, _: {"category": {"$in": [one.value for one in wanted]}},
        lead=("category",),
        facet="category",
    ),
    "assignedTo": Filter(
        assignee(), _assigned_to, lead=(ASSIGNEE, "statusRank"), served=Served.ALL_ORDERS
    ),
    "customerId": Filter(
        document_id(),
        lambda wanted, _: of_customer(wanted),
        lead=("customer.customerId",),
        served=Served.ONE,
    ),
    "conversationId": Filter(
        document_id(),
        lambda wanted, _: {"conversationId": {"$in": [wanted]}},
        lead=("conversationId",),
        served=Served.ONE,
    ),
    "escalated": Filter(
        query_boolean(),
        lambda wanted, _: {"escalated": {"$in": [wanted]}},
        lead=("escalated",),
        facet="escalated",
    ),
    "sla": Filter(CommaList(SlaState), _in_sla_states, facet="sla.clock"),
    "tag": Filter(
        Text(max_length=MAX_TAG),
        lambda wanted, _: {"tags": {"$in": [wanted]}},
        lead=("tags",),
        served=Served.ALL_ORDERS,
    ),
    "createdFrom": Filter(Moment(), lambda wanted, _: {"createdAt": {"$gte": wanted}}),
    "createdTo": Filter(Moment(), _created_until),
    "updatedSince": Filter(Moment(), lambda wanted, _: {"updatedAt": {"$gte": wanted}}),
}
