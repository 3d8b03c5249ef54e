"""Schemas that several features share."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.http.fields import Schema, out

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


class Author(Schema):
    """The person or system that wrote or did something."""

    type = out(fields.String, validate=validate.OneOf(["agent", "customer", "assistant", "system"]))
    id = out(fields.String)
    name = out(fields.String)


class PageQuery(Schema):
    """`page` for people, `cursor` for walking through everything."""

    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=100_000))
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT, validate=validate.Range(min=1, max=MAX_LIMIT)
    )
    cursor = fields.String(validate=validate.Length(max=1_000))


class Pagination(Schema):
    page = fields.Integer(required=True, dump_only=True, allow_none=True)
    limit = fields.Integer(required=True, dump_only=True)
    total = fields.Integer(required=True, dump_only=True)
    totalIsExact = fields.Boolean(required=True, dump_only=True)
    pages = fields.Integer(required=True, dump_only=True)
    nextCursor = fields.String(required=True, dump_only=True, allow_none=True)


class Problem(Schema):
    """RFC 9457 problem details; `code` is for programs, `detail` for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    requestId = fields.String(required=True)
    errors = fields.Dict(keys=fields.String())
    legal = fields.List(fields.String())
    current = fields.Dict(keys=fields.String())
