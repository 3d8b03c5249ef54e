"""Customers, and how many tickets each has: counted when asked, never stored twice."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.errors import DuplicateKeyError

from backend.common.actor import SYSTEM, Actor
from backend.common.documents import Document, utcnow
from backend.common.errors import Conflict, NotFound, ValidationFailed
from backend.common.paging import Found, Page
from backend.customers.events import CustomerChanged, CustomersMerged
from backend.customers.models import IDENTITIES
from backend.customers.phones import e164
from backend.customers.repository import CustomerRepository
from backend.platform.transactions import Transaction, Transactions

MAX_ATTEMPTS = 20  # at one write when others keep writing the same customer first


# Total and open tickets of each of these customers, as far as the actor may see them.
CountTickets = Callable[[list[str], Actor], dict[str, Document]]


class CustomerService:
    def __init__(self, customers: CustomerRepository, transactions: Transactions) -> None:
        self._customers = customers
        self._transactions = transactions
        self.count_tickets: CountTickets = _no_tickets  # the tickets feature says

    def list_customers(self, search: str | None, page: Page) -> Found[Document]:
        return self._customers.page(search, page)

    def get_customer(self, customer_id: str) -> Document:
        customer = self._customers.find(customer_id)
        if customer is None:
            raise NotFound("There is no such customer.")
        return customer

    def find(self, customer_id: str) -> Document | None:
        return self._customers.find(customer_id)

    def find_or_create(self, identity: str, value: str, name: str) -> Document:
        """The customer with this identity, created on the first sight of it, once whoever asks."""
        return self._customers.find_or_insert(identity, value, name)

    def touch(self, customer_id: str, tx: Transaction) -> None:
        """Hold off a merge of the customer during the transaction. Raises NotFound."""
        if not self._customers.touch(customer_id, tx.session):
            raise NotFound("There is no such customer.")

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
        """Change the fields that are given; tickets and conversations then show them too.

        Raises as `create_customer`, and NotFound.
        """
        return self._update(customer_id, _clean(fields), actor)

    def set_identities(self, customer_id: str, identities: Document) -> Document:
        """What a channel has learned of who the customer is; None takes an identity away.

        A phone is in E.164 already. Raises as `update_customer`.
        """
        return self._update(customer_id, identities, SYSTEM)

    def merge(self, source: Document, target: Document) -> None:
        """Give the target everything of the source, and end the source.

        Raises Conflict when either has changed since it was read.
        """

        def work(tx: Transaction) -> None:
            merged = self._customers.merge(source, target, tx.session)
            tx.publish(CustomersMerged(source, merged, SYSTEM, utcnow()))

        self._transactions.run(work)

    def _update(self, customer_id: str, given: Document, actor: Actor) -> Document:
        for _ in range(MAX_ATTEMPTS):
            before = self.get_customer(customer_id)
            if not any((before | given).get(name) for name in IDENTITIES):
                raise _identity_missing()
            if before.get("visitorId"):
                _refuse_claims(given)

            def work(tx: Transaction, before: Document = before) -> Document | None:
                after = self._customers.update(before, given, tx.session)
                if after is not None and after != before:
                    tx.publish(CustomerChanged(before, after, actor, utcnow()))
                return after

            try:
                customer = self._transactions.run(work)
            except DuplicateKeyError:
                raise _identity_taken() from None
            if customer is not None:
                return customer
        raise Conflict("Too many people are changing this customer at once; try again.")

    def statistics(self, customer_ids: list[str], *, actor: Actor) -> dict[str, Document]:
        """Total and open tickets of each customer, as far as the actor may see them."""
        counted = self.count_tickets(customer_ids, actor)
        nothing = {"totalTickets": 0, "openTickets": 0}
        return {customer_id: counted.get(customer_id, nothing) for customer_id in customer_ids}


def _no_tickets(_customer_ids: list[str], _actor: Actor) -> dict[str, Document]:
    return {}


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
