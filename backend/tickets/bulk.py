"""One change for many tickets. Each ticket is written and reported by itself."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from pymongo.errors import PyMongoError

from backend.common.actor import Actor
from backend.common.errors import AppError, DatabaseUnavailable, is_unavailable
from backend.tickets.models import TicketInput
from backend.tickets.service import TicketService


class Failure(TypedDict):
    code: str
    detail: str
    errors: NotRequired[dict[str, Any]]
    legal: NotRequired[list[str]]


class Outcome(TypedDict):
    ticketId: str
    success: bool
    version: int | None
    error: Failure | None


class Outcomes(TypedDict):
    results: list[Outcome]


def change_tickets(
    tickets: TicketService,
    ticket_ids: list[str],
    change: TicketInput,
    *,
    actor: Actor,
    versions: dict[str, int],
) -> list[Outcome]:
    """Return an outcome for each ticket. Once the database is lost, the rest is not tried.

    A ticket that is in `versions` and has another version by now is refused.
    """
    outcomes: list[Outcome] = []
    lost: AppError | None = None
    for ticket_id in dict.fromkeys(ticket_ids):
        try:
            if lost:
                raise lost
            version = versions.get(ticket_id)
            ticket = tickets.update_ticket(ticket_id, change, actor=actor, version=version)
        except AppError as error:
            outcomes.append(_failure(ticket_id, error))
        except PyMongoError as error:
            if not is_unavailable(error):
                raise
            lost = DatabaseUnavailable()
            outcomes.append(_failure(ticket_id, lost))
        else:
            outcomes.append(_success(ticket_id, ticket["version"]))
    return outcomes


def _success(ticket_id: str, version: int) -> Outcome:
    return {"ticketId": ticket_id, "success": True, "version": version, "error": None}


def _failure(ticket_id: str, error: AppError) -> Outcome:
    failure: Failure = {"code": error.code, "detail": error.detail}
    if "errors" in error.extra:
        failure["errors"] = error.extra["errors"]
    if "legal" in error.extra:
        failure["legal"] = error.extra["legal"]
    return {"ticketId": ticket_id, "success": False, "version": None, "error": failure}
