"""Meta's side of WhatsApp: messages and receipts that arrive at the webhook, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from itertools import count
from typing import Any

from tests.migrations.answers import Api

PHONE_NUMBER_ID = "106540352242922"
APP_SECRET = "app-secret"
SETTINGS = {
    "WHATSAPP_VERIFY_TOKEN": "verify",
    "WHATSAPP_APP_SECRET": APP_SECRET,
    "WHATSAPP_ACCESS_TOKEN": "access-token",
    "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
}

_numbers = count(1)


def receive(
    api: Api, phone: str | None, user_id: str | None, text: str, name: str = "Wendy"
) -> None:
    """Deliver a customer's message."""
    message = {
        "id": f"wamid.in{time.time_ns()}.{next(_numbers)}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }
    contact: dict[str, Any] = {"profile": {"name": name}}
    if phone:
        message["from"] = contact["wa_id"] = phone
    if user_id:
        message["from_user_id"] = contact["user_id"] = user_id
    _deliver(api, {"contacts": [contact], "messages": [message]})


def report(api: Api, address: str, text: str, status: str) -> None:
    """Deliver the receipt of a text that `providers.py` has taken for this address."""
    _deliver(api, {"statuses": [{"id": message_id(address, text), "status": status}]})


def message_id(address: str, text: str) -> str:
    return f"wamid.out{hashlib.sha256(f'{address} {text}'.encode()).hexdigest()[:16]}"


def _deliver(api: Api, value: dict[str, Any]) -> None:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID}
    change = {
        "field": "messages",
        "value": {"messaging_product": "whatsapp", "metadata": metadata} | value,
    }
    payload = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [change]}],
    }
    body = json.dumps(payload).encode()
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    api.deliver("/channels/whatsapp/webhook", body, f"sha256={signature}")
