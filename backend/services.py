"""Everything that answers requests, put together once a process. Routes ask for it by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app
from flask_socketio import SocketIO

from backend.agents.repository import AgentRepository
from backend.agents.service import AgentService
from backend.assistant.loop import Assistant
from backend.assistant.models import Model
from backend.assistant.models.offline import OfflineModel
from backend.assistant.runs import RunRepository
from backend.auth.service import AuthService
from backend.auth.tokens import Tokens
from backend.channels.web.channel import WebChannel
from backend.channels.whatsapp.channel import WhatsAppChannel
from backend.channels.whatsapp.graph import Graph
from backend.channels.whatsapp.outbox import Outbox
from backend.common.documents import Db
from backend.conversations.deliveries import Deliveries
from backend.conversations.repository import ConversationRepository
from backend.conversations.service import ConversationService
from backend.customers.identities import WhatsAppIdentities
from backend.customers.repository import CustomerRepository
from backend.customers.service import CustomerService
from backend.http.rate_limits import RateLimits
from backend.platform.audit import AuditLog
from backend.realtime.events import Events
from backend.realtime.typists import Typists
from backend.realtime.viewers import Viewers
from backend.settings import Settings
from backend.tickets.attachments.service import AttachmentService
from backend.tickets.repository import TicketRepository
from backend.tickets.service import TicketService
from backend.tickets.stats import TicketStatistics

EXTENSION = "mostrador"


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    db: Db
    rate_limits: RateLimits
    tokens: Tokens
    auth: AuthService
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
    web: WebChannel
    whatsapp: WhatsAppChannel
    outbox: Outbox | None  # WhatsApp's; None when the channel is off


def services() -> Services:
    """The current application's."""
    return cast(Services, current_app.extensions[EXTENSION])


def build_services(settings: Settings, db: Db, socketio: SocketIO) -> Services:
    agents = AgentRepository(db)
    customers = CustomerRepository(db)
    conversations = ConversationRepository(db)
    ticket_repository = TicketRepository(db)
    events = Events(socketio)
    tokens = Tokens(settings.signing_key)
    tickets = TicketService(ticket_repository, customers, conversations, agents, events)
    deliveries = Deliveries(db, events)
    outbox = None
    if settings.whatsapp:
        graph = Graph(settings.whatsapp, settings.locale)
        outbox = Outbox(graph, deliveries, socketio.start_background_task)
    deliver = outbox.wake if outbox else _leave
    assistant = Assistant(
        _model(settings),
        conversations,
        RunRepository(db),
        tickets,
        events,
        socketio.start_background_task,
        settings.locale,
        deliver,
    )
    conversation_service = ConversationService(
        conversations, tickets, events, assistant.wake, deliver
    )
    customer_service = CustomerService(customers, tickets, conversation_service)
    return Services(
        settings=settings,
        db=db,
        rate_limits=RateLimits(settings.redis_url, db),
        tokens=tokens,
        auth=AuthService(agents, tokens),
        audit=AuditLog(db),
        agents=AgentService(agents),
        customers=customer_service,
        tickets=tickets,
        attachments=AttachmentService(db, tickets),
        statistics=TicketStatistics(ticket_repository),
        conversations=conversation_service,
        assistant=assistant,
        viewers=Viewers(db, tickets, events),
        typists=Typists(events),
        web=WebChannel(settings, customers, conversation_service, tokens),
        whatsapp=WhatsAppChannel(
            settings.whatsapp,
            WhatsAppIdentities(db, customers, customer_service),
            conversation_service,
            deliveries,
            settings.locale,
        ),
        outbox=outbox,
    )


def _leave(_conversation_id: str) -> None:
    """Nothing is sent while no channel is set up; what is pending leaves when one is."""


def _model(settings: Settings) -> Model:
    if settings.openai_api_key:
        from backend.assistant.models.openai import OpenAIModel  # noqa: PLC0415 - half a second's import

        return OpenAIModel(settings.openai_api_key, settings.openai_base_url, settings.openai_model)
    return OfflineModel(settings.locale)
