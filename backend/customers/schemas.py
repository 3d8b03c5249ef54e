"""What a customer looks like on the wire, in and out."""

from __future__ import annotations

from marshmallow import fields

from backend.common.documents import Document, iso
from backend.customers.models import MAX_NAME
from backend.http.fields import Email, Schema, Text, out
from backend.http.schemas import PageQuery, Pagination


class CustomerCreate(Schema):
    name = Text(longest=MAX_NAME, required=True)
    phone = Text(longest=32, allow_none=True)
    whatsappUserId = Text(longest=128, allow_none=True)
    email = Email(allow_none=True)


class CustomerUpdate(Schema):
    """Only what is sent changes."""

    name = Text(longest=MAX_NAME)
    phone = Text(longest=32, allow_none=True)
    whatsappUserId = Text(longest=128, allow_none=True)
    email = Email(allow_none=True)


class CustomerQuery(PageQuery):
    search = Text(longest=200)


class CustomerStatistics(Schema):
    totalTickets = out(fields.Integer)
    openTickets = out(fields.Integer)


class Customer(Schema):
    customerId = out(fields.String)
    name = out(fields.String)
    phone = out(fields.String, nullable=True)
    whatsappUserId = out(fields.String, nullable=True)
    email = out(fields.String, nullable=True)
    statistics = out(fields.Nested, CustomerStatistics)
    createdAt = out(fields.DateTime)


class CustomerList(Schema):
    data = out(fields.List, fields.Nested(Customer))
    pagination = out(fields.Nested, Pagination)


def customer_view(doc: Document, statistics: Document) -> Document:
    return {
        "customerId": doc["_id"],
        "name": doc["name"],
        "phone": doc.get("phone"),
        "whatsappUserId": doc.get("whatsappUserId"),
        "email": doc.get("email"),
        "statistics": statistics,
        "createdAt": iso(doc["createdAt"]),
    }
