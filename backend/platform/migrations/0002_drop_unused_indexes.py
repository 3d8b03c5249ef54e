"""Drops the indexes that versions before 0.1.0 made and no query uses any more."""

from __future__ import annotations

from contextlib import suppress

from pymongo.errors import OperationFailure

from backend.common.documents import Db

DESCRIPTION = "Drop indexes that are no longer used"

# Named one by one, as any other index may be the operator's own.
UNUSED = {
    "messages": {"awaiting", "outbox"},
    "tickets": {
        "escalated_1_updatedAt_-1_number_-1",
        "status_1_updatedAt_-1_number_-1",
        "priority_1_updatedAt_-1_number_-1",
        "sla.clock_1_sla.breachAt_1",
        "statistics",
        "counted",
        "updatedAt_-1_number_-1",
        "statusRank_1_updatedAt_-1_number_-1",
        "statusRank_1_number_1",
        "priorityRank_1_number_1",
        "sla.resolutionDueAt_1_number_1",
        "assignedTo.agentId_1_updatedAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_updatedAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_createdAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_priorityRank_-1_number_-1",
        "assignedTo.agentId_1_statusRank_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_sla.resolutionDueAt_-1_number_-1",
        "assignedTo.agentId_1_statusRank_1_number_-1",
        "statusRank_1_updatedAt_-1_number_-1_createdAt_1",
        "statusRank_1_createdAt_-1_number_-1",
        "statusRank_1_priorityRank_-1_number_-1",
        "statusRank_-1_number_-1",
        "statusRank_1_sla.resolutionDueAt_-1_number_-1",
        "statusRank_1_number_-1",
        "by_clock",
        "by_escalation",
        "updatedAt_-1_number_-1_createdAt_1",
        "priorityRank_1_updatedAt_-1_number_-1",
        "category_1_updatedAt_-1_number_-1",
        "tags_1_updatedAt_-1_number_-1",
    },
}


def apply(db: Db) -> None:
    for collection, unused in UNUSED.items():
        for name in unused & db[collection].index_information().keys():
            with suppress(OperationFailure):  # another process has dropped it
                db[collection].drop_index(name)
