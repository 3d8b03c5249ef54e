"""Every module that owns collections, with their `VALIDATORS` and `INDEXES`."""

from __future__ import annotations

from backend.agents import models as agents
from backend.assistant import runs
from backend.conversations import models as conversations
from backend.customers import models as customers
from backend.http import rate_limits
from backend.platform import audit, events, jobs
from backend.platform.database import Collections
from backend.platform.migrations import runner as migrations
from backend.realtime import viewers
from backend.tickets import models as tickets

FEATURES: tuple[Collections, ...] = (
    agents,
    audit,
    customers,
    conversations,
    events,
    jobs,
    tickets,
    runs,
    viewers,
    rate_limits,
    migrations,
)
