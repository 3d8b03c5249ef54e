"""Turns what a list is asked for, and what an agent types, into database filters.

Digits find ticket numbers and phones in whole or in part; words find subject, description, tags and
customer names, accents and case ignored, all words required. Text and number indexes are written
with the ticket itself, so the next request finds it.
"""

from __future__ import annotations

import re
from datetime import datetime

from backend.actor import Actor
from backend.documents import Document
from backend.tickets import sla

_TICKET_ID = re.compile(r"ticket-(\d{4})-(\d+)", re.IGNORECASE)
_DIGITS = re.compile(r"(?:ticket)?[\s\-+()./#]*((?:\d[\s\-()./]*)+)", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
MAX_WORDS = 10


def of_customer(customer_id: str) -> Document:
    return {"customer.customerId": customer_id}


def filters_of(query: Document, actor: Actor, now: datetime) -> list[Document]:
    """One filter for each thing a TicketQuery asks; visibility is the caller's to add."""
    filters: list[Document] = [
        {name: {"$in": [value.value for value in query[name]]}}
        for name in ("status", "priority", "category")
        if name in query
    ]
    if "assignedTo" in query:
        wanted = query["assignedTo"]
        holder = {"me": actor.id, "unassigned": None}.get(wanted, wanted)
        filters.append({"assignedTo.agentId": holder})
    if "customerId" in query:
        filters.append(of_customer(query["customerId"]))
    if "sla" in query:
        filters.append({"$or": [sla.in_state(state, now) for state in query["sla"]]})
    if query.get("search"):
        filters.append(matching(query["search"]))
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


def matching(text: str) -> Document:
    """A filter for the tickets that `text` means; one that matches nothing if it means nothing."""
    if whole := _TICKET_ID.fullmatch(text):
        return {"_id": f"TICKET-{whole[1]}-{int(whole[2]):06d}"}
    if number := _DIGITS.fullmatch(text):
        digits = re.sub(r"\D", "", number[1])
        return {"search.numbers": {"$regex": f"^{digits}"}}
    words = _WORDS.findall(text)[:MAX_WORDS]
    if not words:
        return {"_id": {"$in": []}}
    return {"$text": {"$search": " ".join(f'"{word}"' for word in words)}}
