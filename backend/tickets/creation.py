"""Creates tickets, for agents and for the assistant. A part of TicketService."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from backend.common.actor import Actor
from backend.common.errors import Conflict, IdempotencyKeyReused, ValidationFailed
from backend.platform.transactions import Transaction, Transactions
from backend.tickets.events import TicketCreated
from backend.tickets.models import Source, TicketDocument, TicketInput
from backend.tickets.provenance import Action, Provenance
from backend.tickets.references import References
from backend.tickets.repository import TicketRepository
from backend.tickets.rules import needs_subcategory, new_ticket
from backend.tickets.schemas import ticket_detail
from backend.tickets.visibility import sees


class TicketCreation:
    def __init__(
        self,
        tickets: TicketRepository,
        references: References,
        transactions: Transactions,
        now: Callable[[], datetime],
    ) -> None:
        self._tickets = tickets
        self._references = references
        self._transactions = transactions
        self._now = now

    def generate_ticket_id(self, creation_key: str | None = None) -> tuple[int, int]:
        """Return the next (year, sequence), unique across processes; the year is UTC's.

        The same `creation_key` gets the same again for a while.
        """
        year = self._now().year
        return year, self._tickets.next_sequence(year, creation_key)

    def create_ticket_from_agent(
        self, given: TicketInput, *, actor: Actor, idempotency_key: str | None = None
    ) -> tuple[TicketDocument, bool]:
        """Create a ticket for a person. Returns it and whether this call created it.

        The same `idempotency_key` of the same agent returns the first ticket again. Raises
        IdempotencyKeyReused when the fields differ from the first ones, and ValidationFailed for an
        unknown customer, conversation or agent.
        """
        if needs_subcategory(given["category"], given.get("subcategory")):
            raise ValidationFailed({"subcategory": ["Is required for this category."]})
        key = f"request:{actor.id}:{idempotency_key}" if idempotency_key else None
        digest = _digest(given) if key else None
        ticket, created = self._create(
            given, source=Source.AGENT, actor=actor, creation_key=key, creation_digest=digest
        )
        if not created:
            if not sees(actor, ticket["assignedTo"]):
                raise Conflict("This Idempotency-Key created a ticket that you can no longer see.")
            if ticket.get("creationDigest", digest) != digest:
                raise IdempotencyKeyReused(ticket_detail(ticket, self._now()))
        return ticket, created

    def create_ticket_from_ai(
        self, given: TicketInput, *, provenance: Provenance, actor: Actor
    ) -> tuple[TicketDocument, bool]:
        """Create a ticket for a customer's message. Returns it and whether it is new.

        A message has at most one ticket of a category, however often its run is repeated, also
        when a person answered in between and the message is answered along with later ones.
        """
        *earlier, own = provenance.creation_keys(given["category"].value)
        if earlier and (first := self._tickets.find_created(*earlier)):
            return first, False
        return self._create(
            given,
            source=Source.ASSISTANT,
            actor=actor,
            creation_key=own,
            provenance=provenance,
        )

    def _create(
        self,
        given: TicketInput,
        *,
        source: Source,
        actor: Actor,
        creation_key: str | None,
        creation_digest: str | None = None,
        provenance: Provenance | None = None,
    ) -> tuple[TicketDocument, bool]:
        if creation_key and (first := self._tickets.find_created(creation_key)):
            return first, False
        customer = self._references.customer(given["customerId"], given.get("conversationId"))
        assignee = self._references.assignee(given.get("assignedTo"), "assignedTo")
        now = self._now()
        # The number is drawn last, so that a refused ticket uses up none.
        number = self.generate_ticket_id(creation_key)
        ticket = new_ticket(given, number, customer, source=source, actor=actor, now=now)
        ticket["assignedTo"] = assignee
        if creation_key:
            ticket["creationKey"] = creation_key
        if creation_digest:
            ticket["creationDigest"] = creation_digest
        if provenance:
            ticket["provenance"] = [provenance.entry(Action.CREATED, now)]

        def commit(tx: Transaction) -> None:
            self._tickets.insert(ticket, tx.session)
            tx.publish(TicketCreated(ticket, actor, now))

        try:
            self._transactions.run(commit)
        except DuplicateKeyError:  # another process created it since the look-up
            first = self._tickets.find_created(creation_key or "")
            if first is None:
                raise Conflict("The ticket could not be created. Try again.") from None
            return first, False
        return ticket, True


def _digest(given: TicketInput) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
