"""Meta's webhook. Its form is Meta's: parameters with dots, a plain-text answer, a signed body."""

from __future__ import annotations

import json

from flask import Response, request

from backend.channels.base import Channels
from backend.channels.inbound import Inbound
from backend.channels.whatsapp.channel import WhatsAppChannel
from backend.channels.whatsapp.webhook import MAX_DELIVERY
from backend.common.errors import NotFound
from backend.http.openapi import PUBLIC
from backend.http.parsing import Blueprint
from backend.http.services import service

blueprint = Blueprint("whatsapp", __name__, url_prefix="/channels/whatsapp", description="WhatsApp")


@blueprint.get("/webhook")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.doc(**PUBLIC)
def confirm_webhook() -> Response:
    """Answer Meta's handshake: `hub.challenge`, when `hub.verify_token` is ours"""
    _channel().confirm(request.args.get("hub.mode", ""), request.args.get("hub.verify_token", ""))
    return Response(request.args.get("hub.challenge", ""), mimetype="text/plain")


@blueprint.post("/webhook")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.doc(**PUBLIC)
def receive_delivery() -> Response:
    """Take what Meta delivers, signed in `X-Hub-Signature-256`

    200 once all that can be used is stored, so that anything else makes Meta deliver it again.
    """
    request.max_content_length = MAX_DELIVERY
    body = request.get_data()
    channel = _channel()
    channel.check_signature(body, request.headers.get("X-Hub-Signature-256", ""))
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        payload = None  # signed, and still no JSON: it would be no better the next time
    service(Inbound).receive(channel, payload)
    return Response("OK", mimetype="text/plain")


def _channel() -> WhatsAppChannel:
    channel = service(Channels).get(WhatsAppChannel.name)
    if not isinstance(channel, WhatsAppChannel):
        raise NotFound("WhatsApp is not set up.")
    return channel
