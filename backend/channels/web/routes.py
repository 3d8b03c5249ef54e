"""The web chat's HTTP routes, for visitors."""

from __future__ import annotations

from flask import Response, request

from backend.channels.base import Channels
from backend.channels.inbound import Inbound
from backend.channels.web.channel import WebChannel
from backend.channels.web.identity import current_visitor
from backend.channels.web.schemas import (
    SessionAnswer,
    SessionCreate,
    WebMessage,
    WebMessageAccepted,
)
from backend.channels.web.sessions import WebSessions
from backend.common.documents import Document
from backend.common.errors import NotFound, Unauthenticated, ValidationFailed
from backend.common.paging import page_of
from backend.conversations.schemas import VisitorMessageList, visitor_message
from backend.conversations.service import ConversationService
from backend.http.openapi import PERHAPS_VISITORS, PUBLIC, VISITORS
from backend.http.parsing import SMALL_BODY, Blueprint
from backend.http.rate_limits import WEB_ADDRESS, WEB_VISITOR, RateLimits
from backend.http.responses import answer
from backend.http.schemas import PageQuery
from backend.http.services import service
from backend.settings import Settings

blueprint = Blueprint("channels", __name__, url_prefix="/channels", description="Channels")


@blueprint.before_request
def limit() -> None:
    """Counts before anything reads the body; that of a session stays small."""
    if request.endpoint == "channels.open_session":
        request.max_content_length = SMALL_BODY
    service(RateLimits).count(WEB_ADDRESS, request.remote_addr or "")


@blueprint.after_request
def let_sites_embed(response: Response) -> Response:
    """CORS for the sites that may embed the chat: no cookie goes along, the token is the right."""
    origin = request.headers.get("Origin", "")
    response.headers.add("Vary", "Origin")
    if origin and service(Settings).may_embed(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Max-Age"] = "86400"
    return response


@blueprint.post("/web/sessions")
@blueprint.arguments(SessionCreate)
@blueprint.response(201, SessionAnswer)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.doc(**PUBLIC)
def open_session(fields: Document) -> Response:
    """Start a visitor's session"""
    session = service(WebSessions).open(
        name=fields.get("name"),
        phone=fields.get("phone"),
        identity_hash=fields.get("identityHash"),
    )
    return answer(
        {"visitorToken": session.token, "conversationId": session.conversation["_id"]}, 201
    )


@blueprint.post("/web/messages")
@blueprint.arguments(WebMessage)
@blueprint.response(202, WebMessageAccepted)
@blueprint.doc(**PERHAPS_VISITORS)
def receive_message(fields: Document) -> Response:
    """Take a customer's message; the answer comes over the socket"""
    visitor = current_visitor()
    accepted: Document = {}
    if visitor is not None:
        conversation_id = visitor.conversation_id
    elif service(Settings).demo_on:
        if "phone" not in fields:
            raise ValidationFailed({"phone": ["Is required without a session."]})
        session = service(WebSessions).open_demo(fields["phone"], fields.get("name"))
        conversation_id = session.conversation["_id"]
        accepted["visitorToken"] = session.token
    else:
        raise Unauthenticated("Start a session first.")
    service(RateLimits).count(WEB_VISITOR, conversation_id)
    channel = service(Channels)[WebChannel.name]
    delivery = fields | {"conversationId": conversation_id}
    try:
        [message] = service(Inbound).receive(channel, delivery)
    except NotFound:
        raise Unauthenticated("The session has ended. Start a new one.") from None
    accepted |= {"conversationId": conversation_id, "messageId": message["messageId"]}
    return answer(accepted, 202)


@blueprint.get("/web/messages")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, VisitorMessageList)
@blueprint.doc(**VISITORS)
def list_own_messages(query: Document) -> Response:
    """List the visitor's own conversation (with the visitor's token)"""
    visitor = current_visitor()
    if visitor is None:
        raise Unauthenticated("Start a session first.")
    found = service(ConversationService).list_messages(visitor.conversation_id, page_of(query))
    return answer(found.listed(visitor_message))
