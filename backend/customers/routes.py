"""The customers' HTTP routes."""

from __future__ import annotations

from flask import Response, request

from backend.common.documents import Document
from backend.common.paging import page_of
from backend.customers.models import CustomerDocument
from backend.customers.schemas import (
    Customer,
    CustomerCreate,
    CustomerList,
    CustomerQuery,
    CustomerUpdate,
    customer_view,
)
from backend.customers.service import CustomerService
from backend.http.identity import current_actor, require_agent
from backend.http.parsing import Blueprint
from backend.http.representations import Json
from backend.http.responses import answer
from backend.http.services import service

blueprint = Blueprint("customers", __name__, url_prefix="/customers", description="Customers")
blueprint.before_request(require_agent)


@blueprint.get("")
@blueprint.arguments(CustomerQuery, location="query")
@blueprint.response(200, CustomerList)
def list_customers(query: Document) -> Response:
    """List or search customers"""
    found = service(CustomerService).list_customers(query.get("search"), page_of(query))
    ids = [customer["_id"] for customer in found.documents]
    statistics = service(CustomerService).statistics(ids, actor=current_actor())

    def view(customer: CustomerDocument) -> Json:
        return customer_view({**customer, "statistics": statistics[customer["_id"]]})

    return answer(found.listed(view))


@blueprint.post("")
@blueprint.arguments(CustomerCreate)
@blueprint.response(201, Customer)
def create_customer(fields: Document) -> Response:
    """Add a customer"""
    customer = service(CustomerService).create_customer(fields)
    return answer(_view(customer), 201, Location=f"{request.path}/{customer['_id']}")


@blueprint.get("/<string:customer_id>")
@blueprint.response(200, Customer)
def get_customer(customer_id: str) -> Response:
    """Read one customer"""
    return answer(_view(service(CustomerService).get_customer(customer_id)))


@blueprint.put("/<string:customer_id>")
@blueprint.arguments(CustomerUpdate)
@blueprint.response(200, Customer)
def update_customer(fields: Document, customer_id: str) -> Response:
    """Change some fields of a customer"""
    return answer(
        _view(service(CustomerService).update_customer(customer_id, fields, actor=current_actor()))
    )


def _view(customer: CustomerDocument) -> Json:
    customer_id = customer["_id"]
    statistics = service(CustomerService).statistics([customer_id], actor=current_actor())
    return customer_view({**customer, "statistics": statistics[customer_id]})
