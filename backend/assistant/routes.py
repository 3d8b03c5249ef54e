"""The HTTP route of the assistant's tool definitions, for developers."""

from __future__ import annotations

from flask import Response
from marshmallow import fields

from backend.assistant.tools import definitions
from backend.http.fields import Schema, out
from backend.http.identity import require_agent
from backend.http.parsing import Blueprint
from backend.http.responses import answer

blueprint = Blueprint("assistant", __name__, url_prefix="/assistant", description="The assistant")
blueprint.before_request(require_agent)


class ToolDefinitions(Schema):
    tools = out(fields.List, fields.Dict())


@blueprint.get("/tools")
@blueprint.response(200, ToolDefinitions)
def list_tools() -> Response:
    """The tool definitions, ready to paste into an OpenAI configuration"""
    return answer({"tools": definitions()})
