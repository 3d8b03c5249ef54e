"""Customers, and how many tickets each has, counted when asked."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.errors import DuplicateKeyError

from backend.common.actor import SYSTEM, Actor
from backend.common.documents import Document, utcnow
from backend.common.errors import Conflict, NotFound, ValidationFailed
from backend.common.paging import Found, Page
from backend.customers.events import CustomerChanged, CustomersMerged
from backend.customers.identities import (
    IdentityKey,
    added,
    current,
    joined,
    key_of,
    phone_of_record,
)
from backend.customers.models import (
    WEB_VISITOR,
    WHATSAPP_USER,
    CustomerDocument,
    Identity,
    TicketCounts,
)
from backend.customers.phones import e164
from backend.customers.repository import CustomerRepository
from backend.platform.transactions import Transaction, Transactions

MAX_ATTEMPTS = 20  # at one write when others keep writing the same customer first

# Counts the tickets of each of these customers, as far as the actor may see them.
CountTickets = Callable[[list[str], Actor], dict[str, TicketCounts]]


class CustomerService:
    def __init__(self, customers: CustomerRepository, transactions: Transactions) -> None:
        self._customers = customers
        self._transactions = transactions
        self.count_tickets: CountTickets = _no_tickets  # set by the tickets feature

    def list_customers(self, search: str | None, page: Page) -> Found[CustomerDocument]:
        return self._customers.page(search, page)

    def get_customer(self, customer_id: str) -> CustomerDocument:
        customer = self._customers.find(customer_id)
        if customer is None:
            raise NotFound("Customer not found.")
        return customer

    def find(self, customer_id: str) -> CustomerDocument | None:
        return self._customers.find(customer_id)

    def touch(self, customer_id: str, tx: Transaction) -> None:
        """Hold off a merge of the customer during the transaction. Raises NotFound."""
        if not self._customers.touch(customer_id, tx.session):
            raise NotFound("Customer not found.")

    def create_customer(self, fields: Document) -> CustomerDocument:
        """Raises ValidationFailed without an identity, Conflict when another customer has it."""
        given = {name: value for name, value in _clean(fields).items() if value is not None}
        identities = _edited([], None, given)
        if not identities:
            raise _identity_missing()
        given.pop("whatsappUserId", None)
        customer = self._customers.insert({**given, "identities": identities})
        if customer is None:
            raise _identity_taken()
        return customer

    def update_customer(
        self, customer_id: str, fields: Document, *, actor: Actor
    ) -> CustomerDocument:
        """Change the fields that are given; tickets and conversations then show them too.

        Raises as `create_customer`, and NotFound.
        """
        given = _clean(fields)
        for _ in range(MAX_ATTEMPTS):
            before = self.get_customer(customer_id)
            identities = _edited(before["identities"], before.get("phone"), given)
            if not identities:
                raise _identity_missing()
            if current(before["identities"], WEB_VISITOR):
                _refuse_claims(given)
            changed = {name: value for name, value in given.items() if name != "whatsappUserId"}
            try:
                customer = self._update(before, {**changed, "identities": identities}, actor)
            except DuplicateKeyError:
                raise _identity_taken() from None
            if customer is not None:
                return customer
        raise Conflict("Too many people are changing this customer. Try again.")

    def set_identities(
        self, customer: CustomerDocument, identities: list[Identity]
    ) -> CustomerDocument:
        """Set what channels have proven. The record's phone follows (`phone_of_record`).

        Raises Conflict when the customer has changed since it was read, DuplicateKeyError when
        another customer has an identity.
        """
        if identities == customer["identities"]:
            return customer
        phone = phone_of_record(customer, identities)
        changed = self._update(customer, {"identities": identities, "phone": phone}, SYSTEM)
        if changed is None:
            raise Conflict("The customer was changed by someone else. Try again.")
        return changed

    def merge(self, source: CustomerDocument, target: CustomerDocument) -> None:
        """Give the target everything of the source, and end the source.

        Raises Conflict when either has changed since it was read.
        """
        identities = joined(target["identities"], source["identities"])
        fields = {
            "identities": identities,
            "phone": phone_of_record(target, identities),
            "email": target.get("email") or source.get("email"),
        }

        def work(tx: Transaction) -> None:
            self._customers.delete(source, tx.session)
            merged = self._customers.update(target, fields, tx.session)
            if merged is None:
                raise Conflict("The customer was changed by someone else. Try again.")
            tx.publish(CustomersMerged(source, merged, SYSTEM, utcnow()))

        self._transactions.run(work)

    def _update(
        self, before: CustomerDocument, fields: Document, actor: Actor
    ) -> CustomerDocument | None:
        """Return None when another writer was first."""

        def work(tx: Transaction) -> CustomerDocument | None:
            after = self._customers.update(before, fields, tx.session)
            if after is not None and after != before:
                tx.publish(CustomerChanged(before, after, actor, utcnow()))
            return after

        return self._transactions.run(work)

    def statistics(self, customer_ids: list[str], *, actor: Actor) -> dict[str, TicketCounts]:
        """Count the total and open tickets of each customer, as far as the actor may see them."""
        counted = self.count_tickets(customer_ids, actor)
        nothing: TicketCounts = {"totalTickets": 0, "openTickets": 0}
        return {customer_id: counted.get(customer_id, nothing) for customer_id in customer_ids}


def _no_tickets(_customer_ids: list[str], _actor: Actor) -> dict[str, TicketCounts]:
    return {}


def _clean(fields: Document) -> Document:
    if fields.get("phone"):
        return fields | {"phone": e164(fields["phone"])}
    return fields


def _edited(identities: list[Identity], phone: str | None, given: Document) -> list[Identity]:
    """Return the identities after an agent has changed the record, whose phone was `phone`.

    A number that a channel has proven stays when the record gets another: answers still go there.
    """
    if "phone" in given:
        replaced = IdentityKey.of_phone(phone) if phone else None
        identities = [i for i in identities if i["verified"] or key_of(i) != replaced]
        if given["phone"]:
            identities = added(identities, IdentityKey.of_phone(given["phone"]))
    user_id = given.get("whatsappUserId")
    if "whatsappUserId" in given and user_id != current(identities, WHATSAPP_USER):
        identities = [i for i in identities if i["channel"] != WHATSAPP_USER]
        if user_id:
            identities = added(identities, IdentityKey(WHATSAPP_USER, user_id))
    return identities


def _refuse_claims(given: Document) -> None:
    """Refuse identities for a web visitor, who may claim any.

    Kept as an identity, a claim would let the visitor read what the phone's real owner writes.
    """
    claims = [name for name in ("phone", "whatsappUserId") if given.get(name)]
    if claims:
        words = "Is not proven for a web visitor. Create a separate customer for it."
        raise ValidationFailed({name: [words] for name in claims})


def _identity_missing() -> ValidationFailed:
    return ValidationFailed({"phone": ["A customer needs a phone or a WhatsApp user id."]})


def _identity_taken() -> Conflict:
    return Conflict("Another customer has this phone or WhatsApp user id.")
