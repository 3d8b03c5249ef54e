"""Turns what a list is asked for into database filters; a search is search.py's matter."""

from __future__ import annotations

from datetime import datetime

from backend.actor import Actor
from backend.documents import Document
from backend.tickets import sla
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
