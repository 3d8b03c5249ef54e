"""The JSON of agents: requests and responses. Passwords are never in a response."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.agents import models
from backend.agents.models import MAX_NAME, MAX_PASSWORD, MIN_PASSWORD
from backend.common.actor import Role
from backend.http.fields import Email, JsonBoolean, Schema, Text, enum, out
from backend.http.representations import Representation
from backend.http.schemas import Pagination


def _password(*, required: bool = False) -> fields.String:
    length = validate.Length(min=MIN_PASSWORD, max=MAX_PASSWORD)
    return fields.String(validate=length, load_only=True, required=required)


class AgentCreate(Schema):
    name = Text(max_length=MAX_NAME, required=True)
    email = Email(required=True)
    password = _password(required=True)
    role = enum(Role, load_default=Role.AGENT)


class AgentUpdate(Schema):
    """Only what is sent changes."""

    name = Text(max_length=MAX_NAME)
    email = Email()
    password = _password()
    role = enum(Role)
    active = JsonBoolean()


class Agent(Schema):
    agentId = out(fields.String, attribute="_id")
    name = out(fields.String)
    email = out(fields.String)
    role = out(enum, Role)
    active = out(fields.Boolean)


class AgentList(Schema):
    data = out(fields.List, fields.Nested(Agent))
    pagination = out(fields.Nested, Pagination)


agent_view = Representation(Agent, of=models.AgentDocument)
