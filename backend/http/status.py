"""What machines ask about the server itself, and what the SPA must know before a login."""

from __future__ import annotations

from flask import Blueprint as PlainBlueprint
from flask import Response
from marshmallow import fields, validate
from pymongo.database import Database

from backend.http.fields import Schema, enum, out
from backend.http.openapi import PUBLIC
from backend.http.parsing import Blueprint
from backend.http.responses import answer
from backend.http.services import service
from backend.settings import Locale, Settings

health = PlainBlueprint("health", __name__)
config = Blueprint("config", __name__, url_prefix="/config", description="The server")


class Config(Schema):
    demo = out(fields.Boolean)
    assistant = out(fields.String, validate=validate.OneOf(["offline", "openai"]))
    locale = enum(Locale, required=True, dump_only=True)


@health.get("/health")
def live() -> Response:
    """The process answers; says nothing of the database."""
    return answer({"status": "ok"})


@health.get("/health/ready")
def ready() -> Response:
    """The database answers too; else 503 by the error mapping."""
    service(Database).command("ping")
    return answer({"status": "ready"})


@config.get("")
@config.response(200, Config)
@config.doc(**PUBLIC)
def get_config() -> Response:
    """What a client must know before anybody logs in"""
    settings = service(Settings)
    return answer(
        {
            "demo": settings.demo_on,
            "assistant": "openai" if settings.openai_api_key else "offline",
            "locale": settings.locale.value,
        }
    )
