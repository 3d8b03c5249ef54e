"""Turns what a list is asked for into database filters; a search is search.py's matter."""

from __future__ import annotations

from datetime import datetime

from backend.actor import Actor
from backend.documents import Document
from backend.tickets import sla
from backend.tickets.list_indexes import HOLDER
from backend.tickets.models import PRIORITY_RANK, STATUS_RANK


def of_customer(customer_id: str) -> Document:
    return {"customer.customerId": customer_id}


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
        # Follows from the above, and is what the indexes go by.
        statuses = sla.statuses_in(query["sla"])
        filters.append({"statusRank": {"$in": [STATUS_RANK[status] for status in statuses]}})
    for name, stored, operator in (
        ("conversationId", "conversationId", "$eq"),
        ("escalated", "escalated", "$eq"),
        ("tag", "tags", "$eq"),
        ("createdFrom", "createdAt", "$gte"),
        ("createdTo", "createdAt", "$lte"),
        ("updatedSince", "updatedAt", "$gte"),
    ):
        if name in query:
            filters.append({stored: {operator: query[name]}})
    return filters


def as_indexed(filters: list[Document], order: str) -> list[Document]:
    """The same filters in the form in which the database sees that their index has the order.

    A holder's tickets stand there by status: all of them, where none is asked for. And values of
    the field of the order itself are a range with gaps, as single values would be taken one by one.
    """
    asked = {field for part in filters for field in part}
    if HOLDER in asked and "statusRank" not in asked and order != "statusRank":
        filters = [*filters, {"statusRank": {"$in": list(STATUS_RANK.values())}}]
    if order in ("statusRank", "priorityRank"):
        return [{order: _range(part[order]["$in"])} if order in part else part for part in filters]
    return filters


def _range(ranks: list[int]) -> Document:
    first, last = min(ranks), max(ranks)
    # Open at both ends: a range from one to itself, also with a cursor's, would be a single value.
    return {"$gt": first - 1, "$lt": last + 1, "$nin": list({*range(first, last)} - {*ranks})}
