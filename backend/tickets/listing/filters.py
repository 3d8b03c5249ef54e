"""Turns what a list is asked for into database filters; a search is search.py's matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.common.paging import Reading
from backend.tickets import sla
from backend.tickets.listing.indexes import FIRST_MONTH, HOLDER, MONTH, index_of, month_of
from backend.tickets.models import PRIORITY_RANK, STATUS_RANK, Status

_CLOCKS_DIFFER = timedelta(days=1)  # at most, between servers


def of_customer(customer_id: str) -> Document:
    return {"customer.customerId": customer_id}


def with_status(statuses: Iterable[str]) -> Document:
    """The tickets with any of these, in the form in which lists have indexes for them."""
    return {"statusRank": {"$in": [STATUS_RANK[status] for status in statuses]}}


def filters_of(query: Document, actor: Actor, now: datetime) -> list[Document]:
    """One filter for each thing a TicketQuery asks; visibility is the caller's to add."""
    filters: list[Document] = [
        {stored: {"$in": [key(value) for value in query[name]]}}
        for name, stored, key in (
            # By rank, so that the index of the filter is the index of the sort.
            ("status", "statusRank", STATUS_RANK.__getitem__),
            ("priority", "priorityRank", PRIORITY_RANK.__getitem__),
            ("category", "category", str),
        )
        if name in query
    ]
    if "ticketId" in query:
        filters.append({"_id": {"$in": query["ticketId"]}})
    if "assignedTo" in query:
        wanted = query["assignedTo"]
        holder = {"me": actor.id, "unassigned": None}.get(wanted, wanted)
        filters.append({"assignedTo.agentId": holder})
    if "customerId" in query:
        filters.append(of_customer(query["customerId"]))
    if "sla" in query:
        filters.append(sla.in_states(query["sla"], now))
    # What cannot be later is not limited, so that a range that ends has no more months than these.
    for name, stored, operator in (
        ("conversationId", "conversationId", "$eq"),
        ("escalated", "escalated", "$eq"),
        ("tag", "tags", "$eq"),
        ("createdFrom", "createdAt", "$gte"),
        ("createdTo", "createdAt", "$lte"),
        ("updatedSince", "updatedAt", "$gte"),
    ):
        if name in query and not (name == "createdTo" and query[name] > now + _CLOCKS_DIFFER):
            filters.append({stored: {operator: query[name]}})
    return filters


def reading_of(filters: list[Document], order: str) -> Reading:
    """How a list is read: as index_of says, with the filters in the form that lets the index.

    An SLA state and a holder's tickets stand there by status: by those that have the state, or by
    all where none is asked for; a range of creation that ends, by its months. And values of the
    field of the order itself are a range with gaps, as single values would be taken one by one.
    """
    asked = {field for part in filters for field in part}
    if "sla.clock" in asked and "statusRank" not in asked:
        [clocks] = [part["sla.clock"]["$in"] for part in filters if "sla.clock" in part]
        filters = [*filters, with_status(sla.statuses_with(clocks))]
        asked.add("statusRank")
    created = {end: at for part in filters for end, at in part.get("createdAt", {}).items()}
    if "$lte" in created:
        asked.add(MONTH)
    index = index_of(asked, order)
    if index is None:
        return Reading(filters)
    if index[0] == (MONTH, 1):
        months = range(month_of(created.get("$gte", FIRST_MONTH)), month_of(created["$lte"]) + 1)
        filters = [*filters, {MONTH: {"$in": list(months)}}]
    if HOLDER in asked and "statusRank" not in asked and order != "statusRank":
        filters = [*filters, with_status(Status)]
    if order in ("statusRank", "priorityRank"):
        filters = [{order: _range(p[order]["$in"])} if order in p else p for p in filters]
    return Reading(filters, index)


def _range(ranks: list[int]) -> Document:
    first, last = min(ranks), max(ranks)
    # Open at both ends: a range from one to itself, also with a cursor's, would be a single value.
    return {"$gt": first - 1, "$lt": last + 1, "$nin": list({*range(first, last)} - {*ranks})}
