"""What logging in looks like on the wire."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.agents.models import MAX_PASSWORD
from backend.agents.schemas import Agent
from backend.http.fields import MAX_EMAIL, Schema, Text, out


class LoginRequest(Schema):
    email = Text(longest=MAX_EMAIL, required=True)
    password = fields.String(required=True, validate=validate.Length(min=1, max=MAX_PASSWORD))


class LoginAnswer(Schema):
    accessToken = out(fields.String)
    expiresIn = out(fields.Integer, metadata={"description": "seconds"})
    agent = out(fields.Nested, Agent)
