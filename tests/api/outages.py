"""A database that becomes unavailable during a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from backend.tickets.models import TicketDocument
from backend.tickets.repository import TicketRepository


@contextmanager
def lost_at(ticket_id: str) -> Iterator[None]:
    """Within the block, the database is unavailable for writes of this ticket."""
    write = TicketRepository.write

    def fail(
        repository: TicketRepository, ticket: TicketDocument, *rest: Any
    ) -> TicketDocument | None:
        if ticket["_id"] == ticket_id:
            raise AutoReconnect
        return write(repository, ticket, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TicketRepository, "write", fail)
        yield
