"""Which customer a WhatsApp user is: by phone, by Meta's user id, or by both once both are known.

Some users come without a phone, and some show it only later (WhatsApp's usernames). Whatever order
the two identities are learned in, they end as one customer.
"""

from __future__ import annotations

from pymongo.errors import DuplicateKeyError

from backend.common.documents import Document
from backend.common.errors import Conflict, NotFound
from backend.conversations.models import Channel
from backend.conversations.service import ConversationService
from backend.customers.repository import CustomerRepository
from backend.customers.service import MAX_ATTEMPTS, CustomerService


class WhatsAppIdentities:
    def __init__(
        self,
        repository: CustomerRepository,
        service: CustomerService,
        conversations: ConversationService,
    ) -> None:
        self._repository = repository
        self._service = service
        self._conversations = conversations

    def customer_of(self, phone: str | None, user_id: str | None, name: str) -> Document:
        """The customer with these identities, of which at least one is given; made on the first
        sight of them, under this name.

        Raises Conflict when others keep changing the same customers meanwhile.
        """
        identities = {"phone": phone, "whatsappUserId": user_id}
        given = {identity: value for identity, value in identities.items() if value}
        for _ in range(MAX_ATTEMPTS):
            try:
                customer = self._settle(given, name)
            except (Conflict, DuplicateKeyError, NotFound):  # somebody else was first: look again
                continue
            if customer is not None:
                return customer
        raise Conflict("Too many messages of this customer at once; try again.")

    def _settle(self, given: dict[str, str], name: str) -> Document | None:
        """None when it has to be looked at again."""
        by_phone, by_user_id = (
            self._repository.find_by(identity, given[identity]) if identity in given else None
            for identity in ("phone", "whatsappUserId")
        )
        if by_phone and _is_anothers(by_phone, given):
            self._take_number_from(by_phone)
            return None
        if by_phone and by_user_id and by_phone["_id"] != by_user_id["_id"]:
            if by_user_id.get("phone"):  # the user's former number, now known to be another's
                self._service.set_identities(by_user_id["_id"], {"whatsappUserId": None})
            else:
                self._service.merge(by_user_id, by_phone)
            return None
        known = by_phone or by_user_id
        if known is None:
            return self._repository.insert({**given, "name": name})
        learned = {name: value for name, value in given.items() if known.get(name) != value}
        return self._service.set_identities(known["_id"], learned) if learned else known

    def _take_number_from(self, former: Document) -> None:
        """From now on known, and written to, by the user id alone."""
        self._conversations.set_reply_to(
            former, Channel.WHATSAPP, {"recipient": former["whatsappUserId"]}
        )
        self._service.set_identities(former["_id"], {"phone": None})


def _is_anothers(customer: Document, given: dict[str, str]) -> bool:
    """Whether the customer has another user id: whoever has the number next gets a new one."""
    user_id = given.get("whatsappUserId")
    return bool(user_id and customer.get("whatsappUserId") not in (None, user_id))
