"""Who a web visitor is.

A visitor is known by the signed session that the server gave out. A phone that a visitor types is a
claim. It identifies a customer only when the site vouches for it with `identityHash`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from backend.auth.tokens import Tokens
from backend.channels.web.channel import WEB_CHAT, WebChannel
from backend.common.documents import new_id
from backend.common.errors import Forbidden
from backend.conversations.models import ConversationDocument, Thread
from backend.conversations.service import ConversationService
from backend.customers.identities import IdentityKey
from backend.customers.models import WEB_VISITOR, CustomerDocument
from backend.customers.phones import e164
from backend.customers.recognition import Recognition
from backend.settings import Settings

ANONYMOUS = {"es": "Visitante", "en": "Visitor"}


@dataclass(frozen=True, slots=True)
class WebSession:
    token: str
    conversation: ConversationDocument


class WebSessions:
    def __init__(
        self,
        settings: Settings,
        recognition: Recognition,
        conversations: ConversationService,
        tokens: Tokens,
    ) -> None:
        self._vouching_secret = settings.web_chat_secret
        self._anonymous = ANONYMOUS[settings.locale]
        self._recognition = recognition
        self._conversations = conversations
        self._tokens = tokens

    def open(self, *, name: str | None, phone: str | None, identity_hash: str | None) -> WebSession:
        """Open a session for a new visitor, or for the owner of a phone that the site vouches for.

        Raises Forbidden for a hash that does not match the phone, ValidationFailed for no phone.
        """
        if phone is None or identity_hash is None:
            visitor = IdentityKey(WEB_VISITOR, new_id())
            return self._session(self._recognition.customer_of([visitor], name or self._anonymous))
        number = e164(phone)
        if not self._vouched(phone, identity_hash) and not self._vouched(number, identity_hash):
            raise Forbidden("The identityHash does not match the phone.")
        return self._session(self._owner(number, name, verified=True))

    def open_demo(self, phone: str, name: str | None) -> WebSession:
        """Open a session of the simulator, which may play any phone's owner. Only for DEMO."""
        return self._session(self._owner(e164(phone), name, verified=False))

    def _owner(self, number: str, name: str | None, *, verified: bool) -> CustomerDocument:
        keys = [IdentityKey.of_phone(number)]
        return self._recognition.customer_of(keys, name or number, verified=verified)

    def _session(self, customer: CustomerDocument) -> WebSession:
        thread = Thread(WebChannel.name, WEB_CHAT)
        conversation = self._conversations.open_conversation(customer, thread)
        token = self._tokens.issue_visitor(customer["_id"], conversation["_id"])
        return WebSession(token, conversation)

    def _vouched(self, phone: str, identity_hash: str) -> bool:
        if not self._vouching_secret:
            return False
        key = self._vouching_secret.encode()
        expected = hmac.new(key, phone.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), identity_hash.lower().encode())
