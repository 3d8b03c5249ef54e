"""The modules that declare collections, with their `VALIDATORS` and `INDEXES`.

The launcher imports these before the application serves, so they import neither Flask nor
Socket.IO.
"""

from __future__ import annotations

from backend.agents import models as agents
from backend.assistant import runs
from backend.conversations import listing as conversation_list
from backend.conversations import models as conversations
from backend.customers import models as customers
from backend.http import models as http
from backend.platform import audit, events, jobs
from backend.platform.database import Collections
from backend.platform.migrations import runner as migrations
from backend.realtime import models as realtime
from backend.tickets import models as tickets
from backend.tickets.listing import indexes as ticket_list

FEATURES: tuple[Collections, ...] = (
    agents,
    audit,
    customers,
    conversations,
    events,
    jobs,
    conversation_list,
    tickets,
    ticket_list,
    runs,
    realtime,
    http,
    migrations,
)
