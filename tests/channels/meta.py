"""Meta's side: WhatsApp users, and signed deliveries of their messages."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from itertools import count
from typing import Any

from backend.customers.identities import IdentityKey
from backend.customers.models import WHATSAPP_USER
from tests.channels.graph import PHONE_NUMBER_ID
from tests.desk import Desk, Reply, wait_for

VERIFY_TOKEN = "a-verify-token"
APP_SECRET = "an-app-secret"
WEBHOOK = "/channels/whatsapp/webhook"

_numbers = count(1)


def signature(body: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(desk: Desk, payload: Any, **headers: str) -> Reply:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return desk.nobody.request(
        "POST",
        WEBHOOK,
        data=body,
        headers={"Content-Type": "application/json", "X-Hub-Signature-256": signature(body)}
        | headers,
    )


def delivery(*values: dict[str, Any], metadata: Any = None) -> dict[str, Any]:
    """As Meta sends it, with one change for each value."""
    told = {"display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID}
    fixed = {"messaging_product": "whatsapp", "metadata": metadata or told}
    changes = [{"value": fixed | value, "field": "messages"} for value in values]
    entry = {"id": "102290129340398", "changes": changes}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def contact(phone: str | None, user_id: str | None, name: str = "Lucía Ferrer") -> dict[str, Any]:
    said = {"profile": {"name": name}, "wa_id": phone, "user_id": user_id}
    return {key: value for key, value in said.items() if value is not None}


class User:
    """Somebody with WhatsApp, known by a phone, a user id, or both."""

    def __init__(self, desk: Desk, phone: str | None = None, user_id: str | None = None) -> None:
        self.desk = desk
        if phone is None and user_id is None:
            phone = f"34611{next(_numbers):06d}"
        self.phone = phone
        self.user_id = user_id

    def message(self, text: str | None = None, **more: Any) -> dict[str, Any]:
        """A message as it is delivered; `more` overrides."""
        said: dict[str, Any] = {
            "id": f"wamid.in{next(_numbers)}",
            "timestamp": str(int(time.time())),
            "from": self.phone,
            "from_user_id": self.user_id,
            "type": "text",
            "text": {"body": text},
        }
        if text is None:
            del said["text"]
        return {key: value for key, value in (said | more).items() if value is not None}

    def value(self, *messages: dict[str, Any]) -> dict[str, Any]:
        return {"contacts": [contact(self.phone, self.user_id)], "messages": list(messages)}

    def says(self, text: str | None = None, **more: Any) -> str:
        """Write; the message's id."""
        message = self.message(text, **more)
        answer = deliver(self.desk, delivery(self.value(message)))
        assert answer.status_code == 200, answer.text
        message_id: str = message["id"]
        return message_id

    def conversation(self) -> Any:
        """As agents see it; None when there is none."""
        found = self.desk.db["conversations"].find_one(
            {"customer.customerId": {"$in": self._customer_ids()}, "channel": "whatsapp"}
        )
        return found and self.desk.ana.get(f"/conversations/{found['_id']}").json

    def transcript(self) -> list[Any]:
        conversation = self.conversation()
        if conversation is None:
            return []
        path = f"/conversations/{conversation['conversationId']}/messages"
        messages: list[Any] = self.desk.ana.get(path, limit=100).json["data"]
        return messages

    def texts(self) -> list[str]:
        return [message["text"] for message in self.transcript()]

    def is_told(self, text: str) -> Any:
        """An agent's answer, as the API returned it."""
        path = f"/conversations/{self.conversation()['conversationId']}/messages"
        answer = self.desk.ana.post(path, {"text": text})
        assert answer.status_code == 201, answer.text
        return answer.json

    def answer(self, seconds: float = 30.0) -> Any:
        """The latest message, once it is the assistant's, which may load its encoder first."""

        def latest() -> Any:
            messages = self.transcript()
            answered = messages and messages[-1]["author"]["type"] == "assistant"
            return messages[-1] if answered else None

        return wait_for(latest, seconds)

    def delivery_of(self, message: Any) -> Any:
        (found,) = (m for m in self.transcript() if m["messageId"] == message["messageId"])
        return found["delivery"]

    def sent(self, message: Any, status: str = "sent", seconds: float = 10.0) -> Any:
        """The delivery of one of our messages once it has this status."""

        def reached() -> Any:
            delivery = self.delivery_of(message)
            return delivery if delivery["status"] == status else None

        return wait_for(reached, seconds)

    def _customer_ids(self) -> list[str]:
        keys = [IdentityKey(WHATSAPP_USER, self.user_id)] if self.user_id else []
        if self.phone:
            keys.append(IdentityKey.of_phone(f"+{self.phone}"))
        known = [{"identities": {"$elemMatch": {**key._asdict(), "current": True}}} for key in keys]
        return [customer["_id"] for customer in self.desk.db["customers"].find({"$or": known})]
