"""Web chat: who a visitor is, and the way of their messages into the conversation.

A visitor is known by the signed session that the server gave out. A phone that a visitor types is
a claim; it identifies a customer only when the site vouches for it with `identityHash`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from backend.auth.tokens import Tokens, Visitor
from backend.common.documents import Document, new_id
from backend.common.errors import Forbidden, Unauthenticated
from backend.conversations.models import Channel
from backend.conversations.service import ConversationService
from backend.customers.phones import e164
from backend.customers.service import CustomerService
from backend.settings import Settings

ANONYMOUS = {"es": "Visitante", "en": "Visitor"}


@dataclass(frozen=True, slots=True)
class Session:
    token: str
    conversation: Document


class WebChannel:
    def __init__(
        self,
        settings: Settings,
        customers: CustomerService,
        conversations: ConversationService,
        tokens: Tokens,
    ) -> None:
        self._vouching_secret = settings.web_chat_secret
        self._anonymous = ANONYMOUS[settings.locale]
        self._customers = customers
        self._conversations = conversations
        self._tokens = tokens

    def open_session(
        self, *, name: str | None, phone: str | None, identity_hash: str | None
    ) -> Session:
        """A session for a new visitor, or for the owner of a phone that the site vouches for.

        Raises Forbidden for a hash that does not fit the phone.
        """
        if phone is not None and identity_hash is not None:
            number = e164(phone)
            if not self._vouched(number, identity_hash):
                raise Forbidden("The identityHash does not fit the phone.")
            return self._session(self._known(number, name))
        return self._session(
            self._customers.find_or_create("visitorId", new_id(), name or self._anonymous)
        )

    def open_demo_session(self, phone: str, name: str | None) -> Session:
        """The simulator's: whoever plays there may be any phone's owner. Only for DEMO."""
        return self._session(self._known(e164(phone), name))

    def conversation_of(self, visitor: Visitor) -> Document:
        """Raises Unauthenticated when the conversation is gone."""
        conversation = self._conversations.find(visitor.conversation_id)
        if conversation is None:
            raise Unauthenticated("The session has ended; start a new one.")
        return conversation

    def _known(self, phone: str, name: str | None) -> Document:
        return self._customers.find_or_create("phone", phone, name or phone)

    def _session(self, customer: Document) -> Session:
        conversation = self._conversations.open_conversation(customer, Channel.WEB)
        return Session(
            self._tokens.issue_visitor(customer["_id"], conversation["_id"]), conversation
        )

    def _vouched(self, phone: str, identity_hash: str) -> bool:
        if not self._vouching_secret:
            return False
        key = self._vouching_secret.encode()
        expected = hmac.new(key, phone.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), identity_hash.lower().encode())
