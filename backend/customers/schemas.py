"""The JSON of customers."""

from __future__ import annotations

from marshmallow import fields

from backend.customers.identities import current
from backend.customers.models import MAX_NAME, WHATSAPP_USER, CustomerDocument, TicketCounts
from backend.http.fields import Email, Schema, Text, out
from backend.http.representations import Representation
from backend.http.schemas import PageQuery, Pagination


class CustomerCreate(Schema):
    name = Text(max_length=MAX_NAME, required=True)
    phone = Text(max_length=32, allow_none=True)
    whatsappUserId = Text(max_length=128, allow_none=True)
    email = Email(allow_none=True)


class CustomerUpdate(Schema):
    """Only what is sent changes."""

    name = Text(max_length=MAX_NAME)
    phone = Text(max_length=32, allow_none=True)
    whatsappUserId = Text(max_length=128, allow_none=True)
    email = Email(allow_none=True)


class CustomerQuery(PageQuery):
    search = Text(max_length=200)


class CustomerStatistics(Schema):
    totalTickets = out(fields.Integer)
    openTickets = out(fields.Integer)


class CustomerIdentity(Schema):
    """How a channel knows the customer."""

    channel = out(
        fields.String,
        metadata={
            "description": "`phone`, or the channel that alone knows it, such as `whatsapp`."
        },
    )
    value = out(fields.String)
    verified = out(
        fields.Boolean,
        metadata={"description": "The channel has proven it; else an agent wrote it."},
    )
    current = out(
        fields.Boolean, metadata={"description": "False once the customer has changed to another."}
    )


class Customer(Schema):
    """`phone` and `email` are what agents have written; answers go to the channel's address."""

    customerId = out(fields.String, attribute="_id")
    name = out(fields.String)
    phone = out(fields.String, nullable=True, compute=lambda customer, _now: customer.get("phone"))
    whatsappUserId = out(
        fields.String,
        nullable=True,
        compute=lambda customer, _now: current(customer["identities"], WHATSAPP_USER),
    )
    email = out(fields.String, nullable=True, compute=lambda customer, _now: customer.get("email"))
    identities = out(fields.List, fields.Nested(CustomerIdentity))
    statistics = out(fields.Nested, CustomerStatistics)
    createdAt = out(fields.DateTime)


class CustomerList(Schema):
    data = out(fields.List, fields.Nested(Customer))
    pagination = out(fields.Nested, Pagination)


class CountedCustomer(CustomerDocument):
    """A customer with the numbers of their tickets."""

    statistics: TicketCounts


customer_view = Representation(Customer, of=CountedCustomer)
