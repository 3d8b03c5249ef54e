"""What logging in looks like on the wire."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.agents.models import MAX_NAME, MAX_PASSWORD, MIN_PASSWORD
from backend.agents.schemas import Agent
from backend.http.fields import MAX_EMAIL, Email, Schema, Text, out


class LoginRequest(Schema):
    email = Text(max_length=MAX_EMAIL, required=True)
    password = fields.String(required=True, validate=validate.Length(min=1, max=MAX_PASSWORD))


class SetupRequest(Schema):
    token = Text(max_length=128, required=True)
    name = Text(max_length=MAX_NAME, required=True)
    email = Email(required=True)
    password = fields.String(
        required=True, validate=validate.Length(min=MIN_PASSWORD, max=MAX_PASSWORD)
    )


class LoginAnswer(Schema):
    accessToken = out(fields.String)
    expiresIn = out(fields.Integer, metadata={"description": "seconds"})
    agent = out(fields.Nested, Agent)
