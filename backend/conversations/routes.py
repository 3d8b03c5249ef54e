"""The conversations' HTTP routes."""

from __future__ import annotations

from flask import Response

from backend.common.documents import Document
from backend.common.paging import page_of
from backend.conversations.schemas import (
    Conversation,
    ConversationList,
    ConversationQuery,
    Message,
    MessageCreate,
    MessageList,
    ModeChange,
    conversation_view,
    message_view,
)
from backend.conversations.service import ConversationService
from backend.http.identity import current_actor, require_agent
from backend.http.parsing import Blueprint
from backend.http.responses import answer
from backend.http.schemas import PageQuery
from backend.http.services import service

blueprint = Blueprint(
    "conversations", __name__, url_prefix="/conversations", description="Conversations"
)
blueprint.before_request(require_agent)


@blueprint.get("")
@blueprint.arguments(ConversationQuery, location="query")
@blueprint.response(200, ConversationList)
def list_conversations(query: Document) -> Response:
    """List conversations, those that need a person first"""
    found = service(ConversationService).list_conversations(query, page_of(query))
    return answer(found.listed(conversation_view))


@blueprint.get("/<string:conversation_id>")
@blueprint.response(200, Conversation)
def get_conversation(conversation_id: str) -> Response:
    """Read one conversation"""
    return answer(conversation_view(service(ConversationService).get_conversation(conversation_id)))


@blueprint.get("/<string:conversation_id>/messages")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, MessageList)
def list_messages(query: Document, conversation_id: str) -> Response:
    """List messages: page 1 holds the newest, and within a page the oldest comes first"""
    found = service(ConversationService).list_messages(conversation_id, page_of(query))
    return answer(found.listed(message_view))


@blueprint.post("/<string:conversation_id>/messages")
@blueprint.arguments(MessageCreate)
@blueprint.response(201, Message)
@blueprint.alt_response(409, "CONFLICT")
def send_message(fields: Document, conversation_id: str) -> Response:
    """Answer the customer; the assistant is silent from then on"""
    message = service(ConversationService).send_message(
        conversation_id,
        fields["text"],
        actor=current_actor(),
        message_id=fields.get("messageId"),
    )
    return answer(message_view(message), 201)


@blueprint.put("/<string:conversation_id>/mode")
@blueprint.arguments(ModeChange)
@blueprint.response(200, Conversation)
def set_mode(fields: Document, conversation_id: str) -> Response:
    """Take over from the assistant, or hand back to it"""
    conversation = service(ConversationService).set_mode(
        conversation_id, fields["mode"], actor=current_actor()
    )
    return answer(conversation_view(conversation))
