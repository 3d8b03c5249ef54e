"""The services of a process, and how they are connected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from flask_socketio import SocketIO

from backend.agents.repository import AgentRepository
from backend.agents.service import AgentService
from backend.assistant.loop import Assistant
from backend.assistant.models import Model
from backend.assistant.models.offline import OfflineModel
from backend.assistant.runs import RunRepository
from backend.auth.service import AuthService
from backend.auth.setup import Setup
from backend.auth.tokens import Tokens
from backend.channels import outbox, registry
from backend.channels.base import Channels
from backend.channels.inbound import Inbound
from backend.channels.outbox import Outbox
from backend.channels.web.sessions import WebSessions
from backend.common.documents import Db, utcnow
from backend.conversations import subscribers as conversation_subscribers
from backend.conversations.deliveries import Deliveries
from backend.conversations.repository import ConversationRepository
from backend.conversations.service import ConversationService
from backend.conversations.turns import Turns
from backend.customers.recognition import Recognition
from backend.customers.repository import CustomerRepository
from backend.customers.service import CustomerService
from backend.http.identity import Authentication
from backend.http.rate_limits import RateLimits
from backend.platform.audit import AuditLog
from backend.platform.events import EventBus
from backend.platform.jobs import Jobs
from backend.platform.transactions import Transactions
from backend.realtime.events import LiveEvents
from backend.realtime.typists import Typists
from backend.realtime.viewers import Viewers
from backend.settings import Settings
from backend.tickets import subscribers as ticket_subscribers
from backend.tickets.attachments.service import AttachmentService
from backend.tickets.listing.repository import TicketLists
from backend.tickets.repository import TicketRepository
from backend.tickets.service import TicketService
from backend.tickets.stats import TicketStatistics


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    db: Db
    bus: EventBus
    jobs: Jobs
    rate_limits: RateLimits
    tokens: Tokens
    auth: AuthService
    authentication: Authentication
    setup: Setup
    audit: AuditLog
    agents: AgentService
    customers: CustomerService
    tickets: TicketService
    attachments: AttachmentService
    statistics: TicketStatistics
    conversations: ConversationService
    assistant: Assistant
    viewers: Viewers
    typists: Typists
    channels: Channels
    inbound: Inbound
    web_sessions: WebSessions

    def __iter__(self) -> Iterator[object]:
        return (getattr(self, field.name) for field in fields(self))


class Features:
    """The features on one database, connected by their events, without channels and sockets.

    `now` returns the time of ticket writes.
    """

    def __init__(
        self,
        db: Db,
        start_background_task: Callable[..., object],
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self.bus = EventBus()
        self.jobs = Jobs(db, start_background_task)
        self.transactions = Transactions(db, self.bus, self.jobs)
        self.agents = AgentService(AgentRepository(db))
        self.customer_repository = CustomerRepository(db)
        self.customers = CustomerService(self.customer_repository, self.transactions)
        self.conversation_repository = ConversationRepository(db)
        self.conversations = ConversationService(
            self.conversation_repository, self.customers, self.transactions, self.bus
        )
        self.ticket_repository = TicketRepository(db)
        self.ticket_lists = TicketLists(db)
        self.tickets = TicketService(
            self.ticket_repository,
            self.ticket_lists,
            self.customers,
            self.conversations,
            self.agents,
            self.transactions,
            now,
        )
        conversation_subscribers.subscribe(
            self.bus,
            self.jobs,
            self.conversation_repository,
            self.conversations,
            self.customers,
        )
        ticket_subscribers.subscribe(
            self.bus, self.jobs, self.ticket_repository, self.tickets, self.customers
        )


def build_services(settings: Settings, db: Db, socketio: SocketIO) -> Services:
    features = Features(db, socketio.start_background_task)
    bus, jobs, transactions = features.bus, features.jobs, features.transactions
    agents, customers = features.agents, features.customers
    conversations, tickets = features.conversations, features.tickets
    tokens = Tokens(settings.signing_key, settings.secret_key_previous)
    auth = AuthService(AgentRepository(db), tokens, demo=settings.demo_on)

    # Channels, the assistant, live events
    deliveries = Deliveries(db, conversations, transactions)
    channels = registry.set_up(settings)
    recognition = Recognition(features.customer_repository, customers)
    outbox.subscribe(bus, conversations)
    Outbox(channels, conversations, customers, deliveries).register(jobs)
    assistant = Assistant(
        _model(settings),
        Turns(db, features.conversation_repository, transactions),
        RunRepository(db),
        tickets,
        bus,
        settings.locale,
    )
    assistant.subscribe(jobs)
    attachments = AttachmentService(db, tickets)
    jobs.register(attachments.cleaning())
    live = LiveEvents(socketio, agents)
    live.subscribe(bus)

    return Services(
        settings=settings,
        db=db,
        bus=bus,
        jobs=jobs,
        rate_limits=RateLimits(settings.redis_url, db),
        tokens=tokens,
        auth=auth,
        authentication=Authentication(auth.actor_of),
        setup=Setup(db),
        audit=AuditLog(db),
        agents=agents,
        customers=customers,
        tickets=tickets,
        attachments=attachments,
        statistics=TicketStatistics(features.ticket_lists),
        conversations=conversations,
        assistant=assistant,
        viewers=Viewers(db, tickets, live),
        typists=Typists(live, conversations),
        channels=channels,
        inbound=Inbound(recognition, conversations, deliveries),
        web_sessions=WebSessions(settings, recognition, conversations, tokens),
    )


def _model(settings: Settings) -> Model:
    if settings.openai_api_key:
        from backend.assistant.models.openai import OpenAIModel  # noqa: PLC0415 - half a second

        return OpenAIModel(settings.openai_api_key, settings.openai_base_url, settings.openai_model)
    return OfflineModel(settings.locale)
