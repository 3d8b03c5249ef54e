"""The HTTP routes of tickets: parse, one service call, answer."""

from __future__ import annotations

from itertools import chain
from zoneinfo import ZoneInfo

from flask import Response, request, send_file

from backend.common.documents import Document, utcnow
from backend.common.errors import ValidationFailed
from backend.common.paging import page_of
from backend.conversations.service import ConversationService
from backend.customers.service import CustomerService
from backend.http.identity import current_actor, require_agent
from backend.http.parsing import Blueprint
from backend.http.representations import Representation
from backend.http.responses import answer, etag, expected_version, not_modified
from backend.http.services import service
from backend.platform.audit import Act, AuditLog
from backend.tickets import bulk
from backend.tickets.attachments.service import AttachmentService
from backend.tickets.listing.export import csv_chunks
from backend.tickets.listing.schemas import (
    Statistics,
    StatisticsQuery,
    StatusCounts,
    TicketFilter,
    TicketQuery,
)
from backend.tickets.models import MAX_ATTACHMENT_BYTES, TicketDocument, TicketInput
from backend.tickets.schemas import (
    Assignment,
    Attachment,
    AttachmentUpload,
    BulkAnswer,
    BulkInput,
    BulkRequest,
    EscalationInput,
    Note,
    NoteCreate,
    NoteInput,
    ResolutionInput,
    Ticket,
    TicketAssign,
    TicketCreate,
    TicketEscalate,
    TicketList,
    TicketResolve,
    TicketUpdate,
    attachment_view,
    note_view,
    ticket_detail,
    ticket_row,
)
from backend.tickets.service import TicketService
from backend.tickets.stats import TicketStatistics

MAX_IDEMPOTENCY_KEY = 200
# At least as long as an id, to keep apart /tickets/stats and its like.
TICKET = "/<string(minlength=12):ticket_id>"
FILE = {"type": "string", "format": "binary"}
MULTIPART_OVERHEAD = 64 * 1024  # bytes around the file itself

bulk_answer = Representation(BulkAnswer, of=bulk.Outcomes)

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets", description="Tickets")


@blueprint.before_request
def allow_large_uploads() -> None:
    if request.endpoint == f"{blueprint.name}.{upload_attachment.__name__}":
        request.max_content_length = MAX_ATTACHMENT_BYTES + MULTIPART_OVERHEAD


blueprint.before_request(require_agent)


@blueprint.get("")
@blueprint.arguments(TicketQuery, location="query")
@blueprint.response(200, TicketList)
def list_tickets(query: Document) -> Response:
    """List the tickets that you may see"""
    return answer(_list(query))


@blueprint.post("")
@blueprint.arguments(TicketCreate)
@blueprint.response(201, Ticket)
def create_ticket(given: TicketInput) -> Response:
    """Open a ticket for a customer"""
    ticket, created = service(TicketService).create_ticket_from_agent(
        given, actor=current_actor(), idempotency_key=_idempotency_key()
    )
    response = _whole(ticket, 201)
    response.headers["Location"] = f"{request.path}/{ticket['_id']}"
    if not created:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@blueprint.get(TICKET)
@blueprint.response(200, Ticket)
def get_ticket(ticket_id: str) -> Response:
    """Read one ticket"""
    ticket = service(TicketService).get_ticket_by_id(ticket_id, actor=current_actor())
    if not_modified(ticket["version"]):
        return Response(status=304, headers={"ETag": etag(ticket["version"])})
    return _whole(ticket)


@blueprint.put(TICKET)
@blueprint.arguments(TicketUpdate)
@blueprint.response(200, Ticket)
def update_ticket(given: TicketInput, ticket_id: str) -> Response:
    """Change some fields of a ticket"""
    return _whole(
        service(TicketService).update_ticket(
            ticket_id, given, actor=current_actor(), version=expected_version()
        )
    )


@blueprint.put("/<string:ticket_id>/assign")
@blueprint.arguments(TicketAssign)
@blueprint.response(200, Ticket)
def assign_ticket(fields: Assignment, ticket_id: str) -> Response:
    """Assign a ticket to an agent, or to nobody"""
    return _whole(
        service(TicketService).assign_ticket(
            ticket_id, fields["agentId"], actor=current_actor(), version=expected_version()
        )
    )


@blueprint.put("/<string:ticket_id>/resolve")
@blueprint.arguments(TicketResolve)
@blueprint.response(200, Ticket)
def resolve_ticket(fields: ResolutionInput, ticket_id: str) -> Response:
    """Resolve a ticket"""
    return _whole(
        service(TicketService).resolve_ticket(
            ticket_id, fields["summary"], actor=current_actor(), version=expected_version()
        )
    )


@blueprint.put("/<string:ticket_id>/escalate")
@blueprint.arguments(TicketEscalate)
@blueprint.response(200, Ticket)
def escalate_ticket(fields: EscalationInput, ticket_id: str) -> Response:
    """Escalate a ticket, and assign it when an agent is named"""
    return _whole(
        service(TicketService).escalate_ticket(
            ticket_id,
            fields["reason"],
            actor=current_actor(),
            to_agent_id=fields.get("toAgentId"),
            version=expected_version(),
        )
    )


@blueprint.delete("/<string:ticket_id>/escalate")
@blueprint.response(200, Ticket)
def lower_escalation(ticket_id: str) -> Response:
    """De-escalate a ticket"""
    return _whole(
        service(TicketService).de_escalate_ticket(
            ticket_id, actor=current_actor(), version=expected_version()
        )
    )


@blueprint.post("/<string:ticket_id>/notes")
@blueprint.arguments(NoteCreate)
@blueprint.response(201, Note)
def add_note(fields: NoteInput, ticket_id: str) -> Response:
    """Add a note, internal unless said otherwise"""
    ticket, note = service(TicketService).add_note(
        ticket_id,
        fields["content"],
        actor=current_actor(),
        is_internal=fields["isInternal"],
        version=expected_version(),
    )
    return answer(note_view(note), 201, ETag=etag(ticket["version"]))


@blueprint.post("/<string:ticket_id>/attachments")
@blueprint.arguments(AttachmentUpload, location="files")
@blueprint.response(201, Attachment)
def upload_attachment(files: Document, ticket_id: str) -> Response:
    """Attach a file"""
    file = files["file"]
    ticket, attachment = service(AttachmentService).upload(
        ticket_id,
        file.filename or "",
        file.stream,
        actor=current_actor(),
        version=expected_version(),
    )
    return answer(attachment_view(attachment), 201, ETag=etag(ticket["version"]))


@blueprint.get("/<string:ticket_id>/attachments/<string:attachment_id>")
@blueprint.response(200, FILE, content_type="*/*")
def download_attachment(ticket_id: str, attachment_id: str) -> Response:
    """Download an attached file"""
    attachment, content = service(AttachmentService).download(
        ticket_id, attachment_id, actor=current_actor()
    )
    response = send_file(
        content,
        mimetype=attachment["contentType"],
        as_attachment=True,
        download_name=attachment["filename"],
        conditional=False,
    )
    response.content_length = attachment["size"]
    # The file must not run here, whatever it is (a header of every response forbids sniffing).
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # The next user of this browser may not see the ticket.
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/bulk")
@blueprint.arguments(BulkRequest)
@blueprint.response(200, BulkAnswer)
def change_tickets(request_: BulkInput) -> Response:
    """Change many tickets at once; each has its own result"""
    results = bulk.change_tickets(
        service(TicketService),
        request_["ticketIds"],
        request_["change"],
        actor=current_actor(),
        versions=request_.get("versions", {}),
    )
    return answer(bulk_answer({"results": results}))


@blueprint.get("/export.csv")
@blueprint.arguments(TicketFilter, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def export_tickets(query: Document) -> Response:
    """Export the filtered list as CSV"""
    batches = service(TicketService).walk_tickets(query, query.get("sort"), actor=current_actor())
    chunks = csv_chunks(batches, utcnow())
    service(AuditLog).record(
        Act.TICKETS_EXPORTED, actor_id=current_actor().id, filters=sorted(query)
    )
    # Read before the response begins, so that a failure can still be reported.
    first = next(chunks)
    response = Response(chain([first], chunks), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="tickets.csv")
    return response


@blueprint.get("/stats")
@blueprint.arguments(StatisticsQuery, location="query")
@blueprint.response(200, Statistics)
def get_statistics(query: Document) -> Response:
    """Count the tickets that you may see"""
    statistics = service(TicketStatistics)
    zone = ZoneInfo(query["timezone"])
    return answer(statistics.get_statistics(zone, actor=current_actor()))


@blueprint.get("/counts")
@blueprint.arguments(TicketFilter(exclude=("sort",)), location="query")
@blueprint.response(200, StatusCounts)
def count_tickets(query: Document) -> Response:
    """Count the tickets of a filtered list by status"""
    return answer(service(TicketService).count_by_status(query, actor=current_actor()))


# --- the tickets of a customer or a conversation ------------------------------------------

of_customer = Blueprint("customer_tickets", __name__, url_prefix="/customers")
of_customer.before_request(require_agent)
of_conversation = Blueprint("conversation_tickets", __name__, url_prefix="/conversations")
of_conversation.before_request(require_agent)


@of_customer.get("/<string:customer_id>/tickets")
@of_customer.arguments(TicketQuery(exclude=["customerId"]), location="query")
@of_customer.response(200, TicketList)
def list_customer_tickets(query: Document, customer_id: str) -> Response:
    """List a customer's tickets"""
    service(CustomerService).get_customer(customer_id)
    return answer(_list(query | {"customerId": customer_id}))


@of_conversation.get("/<string:conversation_id>/tickets")
@of_conversation.arguments(TicketQuery(exclude=["conversationId"]), location="query")
@of_conversation.response(200, TicketList)
def list_conversation_tickets(query: Document, conversation_id: str) -> Response:
    """List a conversation's tickets"""
    service(ConversationService).get_conversation(conversation_id)
    return answer(_list(query | {"conversationId": conversation_id}))


def _list(query: Document) -> Document:
    found = service(TicketService).list_tickets(
        query, query.get("sort"), page_of(query), actor=current_actor()
    )
    now = utcnow()
    return found.listed(lambda ticket: ticket_row(ticket, now))


def _whole(ticket: TicketDocument, status: int = 200) -> Response:
    return answer(ticket_detail(ticket, utcnow()), status, ETag=etag(ticket["version"]))


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY:
        raise ValidationFailed(
            {"Idempotency-Key": [f"Should have 1 to {MAX_IDEMPOTENCY_KEY} characters."]}
        )
    return key
