"""Demo data: four logins, and customers with conversations and tickets of every kind and age.

The services write it, as in real work, with the clock set back.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from backend.agents.models import new_account
from backend.agents.passwords import hash_password
from backend.agents.repository import AgentRepository
from backend.agents.service import actor_of
from backend.channels.web.channel import WEB_CHAT, WebChannel
from backend.common.actor import ASSISTANT, Actor
from backend.common.documents import Db, Document, new_id, utcnow
from backend.conversations.events import MessageCreated
from backend.conversations.models import MessageDocument, Mode, Thread
from backend.conversations.service import customer_actor
from backend.customers.identities import IdentityKey, added
from backend.customers.models import CustomerDocument
from backend.ops.demo_accounts import ACCOUNTS, COLLECTIONS, PASSWORD, wants_demo_data
from backend.ops.demo_texts import CUSTOMERS, TICKETS
from backend.platform.transactions import Transaction
from backend.services import Features
from backend.tickets.models import Category, Priority, Status


class _Clock:
    def __init__(self) -> None:
        self.now = utcnow()

    def __call__(self) -> datetime:
        return self.now


def load_demo_data(db: Db) -> None:
    """Fill an empty database. An interrupted load starts over; a filled database stays as it is."""
    if not wants_demo_data(db):
        return
    db["meta"].replace_one({"_id": "demo"}, {"loaded": False}, upsert=True)
    for name in COLLECTIONS:
        db[name].delete_many({})
    _fill(db)
    db["meta"].replace_one({"_id": "demo"}, {"loaded": True})


def _fill(db: Db) -> None:
    pick = random.Random(7)  # noqa: S311 - the same demo for everybody
    clock = _Clock()
    agents = _add_agents(db)
    features = Features(db, _not_needed, clock)
    tickets = features.tickets
    now = utcnow()
    people: dict[str, CustomerDocument] = {}
    for name, phone, email in CUSTOMERS:
        since = now - timedelta(days=pick.randint(20, 400))
        people[name] = _add_customer(features, name, phone, email, since)
    for text in sorted(TICKETS, key=lambda ticket: -ticket.hours_ago):
        customer = people[text.customer]
        clock.now = now - timedelta(hours=text.hours_ago)
        conversation_id = None
        if text.message:
            conversation_id = _add_conversation(
                features, customer, text.message, text.reply, clock.now
            )
        assignee = agents[text.assigned_to] if text.assigned_to else None
        ticket, _ = tickets.create_ticket_from_agent(
            {
                "subject": text.subject,
                "description": text.description,
                "category": Category(text.category),
                "subcategory": text.subcategory,
                "priority": Priority(text.priority),
                "customerId": customer["_id"],
                "conversationId": conversation_id,
                "tags": list(text.tags),
                "assignedTo": assignee.id if assignee else None,
            },
            actor=agents["supervisor@demo.test"],
        )
        worker = assignee or agents["supervisor@demo.test"]
        for status in text.path:
            clock.now += timedelta(minutes=pick.randint(4, 25))
            tickets.update_ticket_status(ticket["_id"], Status(status), actor=worker)
        for content, is_internal in text.notes:
            clock.now += timedelta(minutes=pick.randint(1, 9))
            tickets.add_note(ticket["_id"], content, actor=worker, is_internal=is_internal)
        if text.resolution:
            clock.now += timedelta(minutes=pick.randint(5, 40))
            tickets.resolve_ticket(ticket["_id"], text.resolution, actor=worker)
        if text.escalation:
            tickets.escalate_ticket(ticket["_id"], text.escalation, actor=worker)


def _add_customer(
    features: Features, name: str, phone: str, email: str | None, since: datetime
) -> CustomerDocument:
    identities = added([], IdentityKey.of_phone(phone))
    fields = {"name": name, "phone": phone, "identities": identities, "createdAt": since}
    if email:
        fields["email"] = email
    customer = features.customer_repository.insert(fields)
    if customer is None:
        raise RuntimeError("two demo customers share a phone")
    return customer


def _add_agents(db: Db) -> dict[str, Actor]:
    repository = AgentRepository(db)
    actors = {}
    for email, name, role in ACCOUNTS:
        agent = new_account(name, email, role, hash_password(PASSWORD))
        agent["demo"] = True
        repository.insert(agent)
        actors[email] = actor_of(agent)
    return actors


def _not_needed(*_task: object) -> None:
    """Start nothing: demo data needs no job that runs later."""


def _add_conversation(
    features: Features, customer: CustomerDocument, message: str, reply: str | None, at: datetime
) -> str:
    conversation = features.conversations.open_conversation(
        customer, Thread(WebChannel.name, WEB_CHAT)
    )
    said = [(customer_actor(conversation), message, at)]
    if reply:
        said.append((ASSISTANT, reply, at + timedelta(seconds=4)))
    fields = {
        "unanswered": reply is None,
        "mode": (Mode.ASSISTANT if reply else Mode.HUMAN).value,
    }
    for author, text, said_at in said:
        _store(features, conversation["_id"], author, text, said_at, fields)
    return str(conversation["_id"])


def _store(
    features: Features,
    conversation_id: str,
    author: Actor,
    text: str,
    said_at: datetime,
    fields: Document,
) -> None:
    message: MessageDocument = {
        "_id": new_id(),
        "messageId": new_id(),
        "conversationId": conversation_id,
        "author": author.as_author(),
        "text": text,
        "media": None,
        "createdAt": said_at,
    }

    def work(tx: Transaction) -> None:
        conversation = features.conversation_repository.store_message(message, fields, tx.session)
        tx.publish(MessageCreated(conversation, message, author, said_at))

    features.transactions.run(work)
