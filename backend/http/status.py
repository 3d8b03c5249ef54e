"""What machines ask about the server itself, and what the SPA must know before a login."""

from __future__ import annotations

import ipaddress
from hmac import compare_digest

from flask import Blueprint as PlainBlueprint
from flask import Response, request
from marshmallow import fields, validate
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pymongo.database import Database

from backend.common.errors import Forbidden
from backend.http.edge import FORWARDED
from backend.http.fields import Schema, enum, out
from backend.http.identity import bearer_token
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


@health.get("/metrics")
def metrics() -> Response:
    """Counts for Prometheus, on this machine or with METRICS_TOKEN. Raises Forbidden."""
    token = service(Settings).metrics_token
    given = bearer_token() or ""
    if not (_is_local() or (token and compare_digest(given.encode(), token.encode()))):
        raise Forbidden("Metrics need METRICS_TOKEN, or a request from the same machine.")
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _is_local() -> bool:
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - none
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback and not request.environ[FORWARDED]


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
