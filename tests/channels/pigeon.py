"""A third channel: carrier pigeons. All that a channel needs is in this file."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import Any, ClassVar, Self

from flask import Response, request

from backend.channels.base import (
    Channels,
    InboundEvent,
    MessageReceived,
    OutboundMessage,
    ReceiptReceived,
    Sender,
    SendResult,
    Sent,
)
from backend.channels.inbound import Inbound
from backend.conversations.channels import Capabilities
from backend.conversations.models import Delivery
from backend.customers.identities import IdentityKey
from backend.http.openapi import PUBLIC
from backend.http.parsing import Blueprint
from backend.http.services import service
from backend.settings import Settings

_feathers = count(1)


class Pigeon:
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities(max_text=40, receipts=True)

    def __init__(self) -> None:
        self.inbox_id = "0000000000000000000000a1"
        self.sent: list[OutboundMessage] = []
        self.next_results: deque[SendResult] = deque()

    @classmethod
    def set_up(cls, _settings: Settings) -> Self:
        return cls()

    def parse(self, delivery: Any) -> list[InboundEvent]:
        if "arrived" in delivery:
            return [ReceiptReceived(delivery["arrived"], Delivery.DELIVERED, "")]
        loft = delivery["loft"]
        key = IdentityKey(self.name, loft)
        sender = Sender((key,), f"Loft {loft}", {"loft": loft}, delivery.get("ring"))
        return [MessageReceived(sender, delivery["feather"], delivery["note"])]

    def send(self, message: OutboundMessage) -> SendResult:
        self.sent.append(message)
        return self.next_results.popleft() if self.next_results else Sent(f"out{next(_feathers)}")


blueprint = Blueprint("pigeon", __name__, url_prefix="/channels/pigeon", description="Pigeons")


@blueprint.post("/landings")
@blueprint.response(204)
@blueprint.doc(**PUBLIC)
def land() -> Response:
    """Take what a pigeon brings"""
    service(Inbound).receive(service(Channels)[Pigeon.name], request.get_json())
    return Response(status=204)
