"""Which customer a WhatsApp user is: by phone, by Meta's user id, or by both once both are known.

Some users come without a phone, and some show it only later (WhatsApp's usernames). Whatever order
the two identities are learned in, they end as one customer.
"""

from __future__ import annotations

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from backend.common.documents import Db, Document
from backend.common.errors import Conflict, NotFound
from backend.conversations.models import Channel, Mode
from backend.conversations.repository import TAKEN_OVER, ConversationRepository
from backend.customers.models import snapshot_of
from backend.customers.repository import CustomerRepository
from backend.customers.service import MAX_ATTEMPTS, CustomerService


class WhatsAppIdentities:
    def __init__(self, db: Db, repository: CustomerRepository, service: CustomerService) -> None:
        self._db = db
        self._repository = repository
        self._service = service

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
                self._merge(by_user_id, by_phone)
            return None
        known = by_phone or by_user_id
        if known is None:
            return self._repository.insert({**given, "name": name})
        learned = {name: value for name, value in given.items() if known.get(name) != value}
        return self._service.set_identities(known["_id"], learned) if learned else known

    def _take_number_from(self, former: Document) -> None:
        """From now on known, and written to, by the user id alone."""
        self._db["conversations"].update_many(
            {"customer.customerId": former["_id"], "channel": Channel.WHATSAPP.value},
            {"$set": {"replyTo": {"recipient": former["whatsappUserId"]}}},
        )
        self._service.set_identities(former["_id"], {"phone": None})

    def _merge(self, guest: Document, owner: Document) -> None:
        """Give the owner of the phone all that the one without a phone has, and end the latter."""

        def work(session: ClientSession) -> None:
            self._repository.take_over(guest, owner, session)
            self._move_conversations(guest, owner, session)
            # Name and phone follow by `show_everywhere`, which tells of each ticket.
            self._db["tickets"].update_many(
                {"customer.customerId": guest["_id"]},
                {"$set": {"customer.customerId": owner["_id"]}},
                session=session,
            )

        with self._db.client.start_session() as session:
            session.with_transaction(work)
        self._service.show_everywhere(owner["_id"])

    def _move_conversations(self, guest: Document, owner: Document, session: ClientSession) -> None:
        """One thread a channel: where both have one, the guest's is made a part of the owner's."""
        conversations = self._db["conversations"]
        theirs = {"customer.customerId": guest["_id"]}
        for conversation in conversations.find(theirs, session=session):
            same = {"customer.customerId": owner["_id"], "channel": conversation["channel"]}
            kept = conversations.find_one(same, session=session)
            if kept is None:
                moved = {"$set": {"customer": snapshot_of(owner)}}
                conversations.update_one({"_id": conversation["_id"]}, moved, session=session)
            else:
                self._join(conversation, kept, session)

    def _join(self, conversation: Document, kept: Document, session: ClientSession) -> None:
        former, now = conversation["_id"], kept["_id"]
        theirs = {"conversationId": former}
        # Else a message that is answered again from here would have a second ticket.
        key = {"$replaceOne": {"input": "$creationKey", "find": former, "replacement": now}}
        self._db["tickets"].update_many(
            {**theirs, "creationKey": {"$exists": True}},
            [{"$set": {"creationKey": key}}],
            session=session,
        )
        for name in ("messages", "tickets"):
            moved = {"$set": {"conversationId": now}}
            self._db[name].update_many(theirs, moved, session=session)
        self._db["conversations"].delete_one({"_id": former}, session=session)
        both = ConversationRepository(self._db)
        both.update(now, _what_holds_of_both(kept, conversation), session=session)


def _what_holds_of_both(kept: Document, other: Document) -> Document:
    """That a person answers, or is wanted, stays true whichever of the two it was true of."""
    latest = max(kept, other, key=lambda conversation: conversation["lastMessageAt"])
    fields = {
        "flagged": kept["flagged"] or other["flagged"],
        "unanswered": kept["unanswered"] or other["unanswered"],
        "lastMessageAt": latest["lastMessageAt"],
        "lastMessage": latest["lastMessage"],
    }
    return fields | (TAKEN_OVER if other["mode"] == Mode.HUMAN.value else {})


def _is_anothers(customer: Document, given: dict[str, str]) -> bool:
    """Whether the customer has another user id: whoever has the number next gets a new one."""
    user_id = given.get("whatsappUserId")
    return bool(user_id and customer.get("whatsappUserId") not in (None, user_id))
