"""The visibility of tickets: one rule, in the forms that the code needs.

Agents see what is assigned to them or to nobody; supervisors and admins see all. Lists, counts,
searches, statistics, exports, single reads, writes and events all go through here.
"""

from __future__ import annotations

from backend.common.actor import Actor
from backend.common.documents import Document
from backend.tickets.models import Assignee, TicketDocument

SUPERVISORS = "supervisors"
UNASSIGNED = "unassigned"

# In a form that an index answers alone: with null, the database would read each ticket as well.
IS_UNASSIGNED: Document = {"assignedTo.agentId": {"$not": {"$gte": ""}}}


def visible_to(actor: Actor) -> Document:
    """Return the rule as a database filter."""
    if actor.sees_all_tickets:
        return {}
    return {"assignedTo.agentId": {"$in": [actor.id, None]}}


def sees(actor: Actor, assigned_to: Assignee | None) -> bool:
    """Return whether the actor may see a ticket with this assignee."""
    return actor.sees_all_tickets or assigned_to is None or assigned_to["agentId"] == actor.id


def scopes_of(actor: Actor) -> list[Document]:
    """Return the rule as disjoint filters, each of which an index answers alone."""
    if actor.sees_all_tickets:
        return [{}]
    return [{"assignedTo.agentId": actor.id}, IS_UNASSIGNED]


def rooms_of(ticket: TicketDocument) -> list[str]:
    """Return the rule as event rooms: each agent who sees this ticket is in one of them."""
    return [SUPERVISORS, _room_of(ticket["assignedTo"])]


def rooms_for(actor: Actor) -> list[str]:
    """Return the rooms that this agent joins."""
    own = agent_room(actor.id)
    return [SUPERVISORS, own] if actor.sees_all_tickets else [UNASSIGNED, own]


def agent_room(agent_id: str) -> str:
    return f"agent:{agent_id}"


def _room_of(assigned_to: Assignee | None) -> str:
    return agent_room(assigned_to["agentId"]) if assigned_to else UNASSIGNED
