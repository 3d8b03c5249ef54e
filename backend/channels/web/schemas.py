"""What web visitors send and get."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.conversations.models import MAX_MESSAGE_ID, MAX_TEXT
from backend.customers.models import MAX_NAME
from backend.http.fields import Schema, Text, out


class SessionCreate(Schema):
    name = Text(max_length=MAX_NAME)
    phone = Text(max_length=32)
    identityHash = fields.String(validate=validate.Length(min=1, max=128))


class SessionAnswer(Schema):
    visitorToken = out(fields.String)
    conversationId = out(fields.String)


class WebMessage(Schema):
    text = Text(max_length=MAX_TEXT, multiline=True, required=True)
    messageId = Text(
        max_length=MAX_MESSAGE_ID,
        metadata={"description": "The sender's own id; the same one again is the same message."},
    )
    phone = Text(max_length=32, metadata={"description": "Only with DEMO on: who is played."})
    name = Text(max_length=MAX_NAME, metadata={"description": "Only with DEMO on."})


class WebMessageAccepted(Schema):
    conversationId = out(fields.String)
    messageId = out(fields.String)
    visitorToken = fields.String(metadata={"description": "Only with DEMO on."})
