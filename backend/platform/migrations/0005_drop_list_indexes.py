"""Drops the list indexes that others replace: those that count and sort by several filters.

A process of the previous version that still names one in a hint goes on without the hint.
"""

from __future__ import annotations

from contextlib import suppress

from pymongo.errors import OperationFailure

from backend.common.documents import Db

DESCRIPTION = "Drop list indexes that others replace"

# Named one by one, as any other index may be the operator's own.
_ORDERS = (
    "updatedAt_-1_number_-1",
    "createdAt_-1_number_-1",
    "priorityRank_-1_number_-1",
    "statusRank_-1_number_-1",
    "sla.resolutionDueAt_-1_number_-1",
    "number_-1",
)
REPLACED = {
    "conversations": {"mode_1_order_-1"},
    "tickets": {
        *(f"customer.customerId_1_{order}" for order in _ORDERS),
        *(f"conversationId_1_{order}" for order in _ORDERS),
        "assignedTo.agentId_1_statusRank_1_updatedAt_-1_number_-1"
        "_createdAt_1_sla.clock_1_sla.atRiskAt_1_sla.breachAt_1",
        "assignedTo.agentId_1_escalated_1_statusRank_1_category_1",
        "sla.clock_1_sla.breachAt_1_sla.atRiskAt_1",
    },
}


def apply(db: Db) -> None:
    for collection, replaced in REPLACED.items():
        for name in replaced & db[collection].index_information().keys():
            with suppress(OperationFailure):  # another process has dropped it
                db[collection].drop_index(name)
