"""Customers, and how many tickets each has: counted when asked, never stored twice."""

from __future__ import annotations

from pymongo.errors import DuplicateKeyError

from backend.common.actor import SYSTEM, Actor
from backend.common.documents import Document
from backend.common.errors import Conflict, NotFound, ValidationFailed
from backend.common.paging import Found, Page
from backend.conversations.service import ConversationService
from backend.customers.models import IDENTITIES, snapshot_of
from backend.customers.phones import e164
from backend.customers.repository import CustomerRepository
from backend.tickets.service import TicketService

MAX_ATTEMPTS = 20  # at one write when others keep writing the same customer first


class CustomerService:
    def __init__(
        self,
        customers: CustomerRepository,
        tickets: TicketService,
        conversations: ConversationService,
    ) -> None:
        self._customers = customers
        self._tickets = tickets
        self._conversations = conversations

    def list_customers(self, search: str | None, page: Page) -> Found:
        return self._customers.page(search, page)

    def get_customer(self, customer_id: str) -> Document:
        customer = self._customers.find(customer_id)
        if customer is None:
            raise NotFound("There is no such customer.")
        return customer

    def create_customer(self, fields: Document) -> Document:
        """Raises ValidationFailed without an identity, Conflict when another customer has it."""
        given = _clean(fields)
        present = {name: value for name, value in given.items() if value is not None}
        if not any(present.get(name) for name in IDENTITIES):
            raise _identity_missing()
        customer = self._customers.insert(present)
        if customer is None:
            raise _identity_taken()
        return customer

    def update_customer(self, customer_id: str, fields: Document, *, actor: Actor) -> Document:
        """Change the fields that are given, also where tickets and conversations show them.

        Raises as `create_customer`, and NotFound.
        """
        return self._update(customer_id, _clean(fields), actor)

    def set_identities(self, customer_id: str, identities: Document) -> Document:
        """What a channel has learned of who the customer is; None takes an identity away.

        A phone is in E.164 already. Raises as `update_customer`.
        """
        return self._update(customer_id, identities, SYSTEM)

    def show_everywhere(self, customer_id: str) -> None:
        """Bring what tickets and conversations carry of the customer up to date."""
        self._show_everywhere(self.get_customer(customer_id), SYSTEM)

    def _update(self, customer_id: str, given: Document, actor: Actor) -> Document:
        for _ in range(MAX_ATTEMPTS):
            before = self.get_customer(customer_id)
            if not any((before | given).get(name) for name in IDENTITIES):
                raise _identity_missing()
            if before.get("visitorId"):
                _refuse_claims(given)
            try:
                customer = self._customers.update(before, given)
            except DuplicateKeyError:
                raise _identity_taken() from None
            if customer is not None:
                # Also when nothing changed: an earlier change may have been cut off on its way.
                self._show_everywhere(customer, actor)
                return customer
        raise Conflict("Too many people are changing this customer at once; try again.")

    def statistics(self, customer_ids: list[str], *, actor: Actor) -> dict[str, Document]:
        """Total and open tickets of each customer, as far as the actor may see them."""
        counted = self._tickets.count_by_customer(customer_ids, actor=actor)
        nothing = {"totalTickets": 0, "openTickets": 0}
        return {customer_id: counted.get(customer_id, nothing) for customer_id in customer_ids}

    def _show_everywhere(self, customer: Document, actor: Actor) -> None:
        """Again when the customer changed meanwhile, so that the last change is what stays."""
        shown = None
        while shown != snapshot_of(customer):
            shown = snapshot_of(customer)
            self._conversations.show_customer(shown)
            self._tickets.show_customer(shown, actor=actor)
            customer = self.get_customer(customer["_id"])


def _clean(fields: Document) -> Document:
    if fields.get("phone"):
        return fields | {"phone": e164(fields["phone"])}
    return fields


def _refuse_claims(given: Document) -> None:
    """What a web visitor says to be is a claim (DESIGN §6): were it kept as an identity, whoever
    owns the phone would be taken for the visitor, who would read what becomes of them.
    """
    claims = [name for name in ("phone", "whatsappUserId") if given.get(name)]
    if claims:
        words = "A web visitor's is a claim; create a customer of their own for it."
        raise ValidationFailed({name: [words] for name in claims})


def _identity_missing() -> ValidationFailed:
    return ValidationFailed({"phone": ["A customer needs a phone or a WhatsApp user id."]})


def _identity_taken() -> Conflict:
    return Conflict("Another customer has this phone or WhatsApp user id.")
