"""The assistant's loop: give the model the customer's messages, run tool calls, store the answer.

One run a conversation at a time, across processes: the runs of a conversation are one job. Every
finished round is recorded, so that the process that has the job after a crash goes on from there;
the ticket of a message exists at most once whatever is repeated.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass

from backend.assistant import tools
from backend.assistant.handlers import ToolContext, reason_for_person
from backend.assistant.history import MAX_MESSAGES, customers_words, estimated_tokens, history_of
from backend.assistant.instructions import instructions_for
from backend.assistant.models import Answer, Model, ModelFailed
from backend.assistant.phrases import language_of, say
from backend.assistant.runs import RunDocument, RunRepository
from backend.assistant.tool_calls import handle_tool_calls
from backend.common.actor import ASSISTANT, Actor, ActorType
from backend.common.documents import Document, new_id, utcnow
from backend.conversations.events import (
    AssistantTyping,
    ConversationChanged,
    ConversationsMerged,
    MessageCreated,
)
from backend.conversations.models import (
    MAX_REPLY,
    ConversationDocument,
    MessageDocument,
    Mode,
)
from backend.conversations.service import customer_actor, first_delivery
from backend.conversations.turns import Turns
from backend.platform.events import EventBus
from backend.platform.jobs import JobKind, Jobs, RunningJob
from backend.platform.metrics import MODEL, RUNS
from backend.platform.transactions import Transaction
from backend.settings import Locale
from backend.tickets.provenance import Provenance
from backend.tickets.service import TicketService

log = logging.getLogger(__name__)

MAX_ROUNDS = 8  # of tool calls in one run
RUN_TIMEOUT = 90.0  # seconds
MAX_ATTEMPTS = 5  # at one run that keeps being interrupted; then the customer gets an apology

MAX_CALLS = 20  # in one round
MAX_OPEN_TICKETS = 10  # that the model is given; the newest
MAX_TURN_TOKENS = 60_000  # of the model's own items and the tools' outputs in one run
MAX_CONCURRENT_RUNS = 32  # in one process

REPLY = "assistant_reply"  # the kind of job; its key is the conversation


class _Lost(Exception):
    """The run has lost the conversation: a person or another process has taken over."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one run answers, its context and its lease."""

    conversation: ConversationDocument
    messages: list[MessageDocument]
    latest: list[MessageDocument]  # of the conversation, these and those before
    locale: Locale
    owner: str  # of the lease
    run: RunDocument


class Assistant:
    def __init__(
        self,
        model: Model,
        turns: Turns,
        runs: RunRepository,
        tickets: TicketService,
        bus: EventBus,
        locale: Locale,
    ) -> None:
        self.model = model
        self._turns = turns
        self._runs = runs
        self._tickets = tickets
        self._bus = bus
        self._locale = locale

    def subscribe(self, jobs: Jobs) -> None:
        """Reply to customers' messages, also to those that wait when a person hands back."""
        jobs.register(JobKind(REPLY, self.reply, max_concurrent=MAX_CONCURRENT_RUNS))
        self._bus.within(MessageCreated, _message_created)
        self._bus.within(ConversationChanged, _conversation_changed)
        self._bus.within(ConversationsMerged, _conversations_merged)

    # --- one conversation -----------------------------------------------------------------

    def reply(self, job: RunningJob) -> None:
        """Answer until no message of the conversation needs a reply."""
        while self._take_turn(job):
            job.progress()

    def _take_turn(self, job: RunningJob) -> bool:
        """Answer one turn; True when more needs a reply."""
        conversation_id, owner = job.key, job.owner
        conversation = self._turns.begin(conversation_id, owner)
        if conversation is None:
            return False
        messages = self._turns.needing_reply(conversation_id)
        if not messages:
            self._turns.end_empty(conversation_id, owner)
            # A message that arrived in between has requested the job again.
            return False
        return bool(self._answer(conversation, messages, owner))

    def _answer(
        self, conversation: ConversationDocument, needing_reply: list[MessageDocument], owner: str
    ) -> bool | None:
        """Answer what needs a reply. An unfinished run goes first, with its own messages.

        Returns whether more needs a reply; None when this run's answer was dropped.
        """
        conversation_id = conversation["_id"]
        ids = [message["messageId"] for message in needing_reply]
        claim = conversation["run"]
        resume = claim is not None and claim["isLeftOver"]
        run = self._runs.begin(conversation_id, ids, owner, resume=resume)
        messages = [
            message for message in needing_reply if message["messageId"] in run["messageIds"]
        ]
        latest = self._turns.latest_messages(conversation_id, MAX_MESSAGES)
        locale = language_of(customers_words(latest, messages), self._locale)
        turn = _Turn(conversation, messages, latest, locale, owner, run)
        self._bus.dispatch_after(AssistantTyping(conversation_id, True))
        try:
            return self._finish(turn, self._converse(turn), failure=None)
        except _Lost:
            self._end(run, "dropped")
            return None
        except ModelFailed as error:
            log.warning("run %s: %s", run["_id"], error)
            return self._finish(turn, say("assistant_unavailable", locale), failure=str(error))
        finally:
            self._bus.dispatch_after(AssistantTyping(conversation_id, False))

    def _converse(self, turn: _Turn) -> str:
        """Alternate between the model and tools until the model answers. Raises ModelFailed, and
        _Lost before a tool would act for a run that has lost the conversation.
        """
        run = turn.run
        if run["attempts"] > MAX_ATTEMPTS:
            raise ModelFailed(f"cut off {MAX_ATTEMPTS} times")
        if not any(message["text"] for message in turn.messages):
            return say("only_text", turn.locale)
        customer = customer_actor(turn.conversation)
        instructions = instructions_for(turn.locale, self._open_tickets(customer))
        items = history_of(turn.latest, turn.messages) + run["items"]
        budget = MAX_TURN_TOKENS - _size(run["items"])
        deadline = time.monotonic() + RUN_TIMEOUT
        for rounds_left in range(MAX_ROUNDS, -1, -1):
            answer = self._ask(instructions, items, deadline, run)
            if not answer.calls:
                return answer.text[:MAX_REPLY]
            if not rounds_left:
                break
            if len(answer.calls) > MAX_CALLS:
                raise ModelFailed(f"{len(answer.calls)} tool calls at once")
            self._hold(turn)
            provenance = Provenance(
                turn.conversation["_id"], run["messageIds"], self.model.name, answer.response_id
            )
            context = ToolContext(self._tickets, customer, provenance, turn.locale)
            outputs, tool_calls = handle_tool_calls(answer.calls, context)
            finished = answer.output + outputs
            budget -= _size(finished)
            if budget < 0:
                raise ModelFailed("the tools and their outputs have grown too long")
            if not self._runs.record(run, finished, tool_calls):
                raise _Lost
            items += finished
        raise ModelFailed(f"no answer after {MAX_ROUNDS} rounds of tool calls")

    def _ask(
        self, instructions: str, items: list[Document], deadline: float, run: RunDocument
    ) -> Answer:
        """Return one answer of the model: tool calls or text. Raises ModelFailed."""
        began = time.monotonic()
        if began > deadline:
            raise ModelFailed(f"no answer within {RUN_TIMEOUT:.0f} s")
        try:
            answer = self.model.respond(instructions, items, tools.definitions(), deadline)
        finally:
            elapsed = time.monotonic() - began
            run["modelSeconds"] += elapsed
            MODEL.observe(elapsed)
        if answer.response_id:
            run["responseIds"].append(answer.response_id)
        if not answer.calls and not answer.text:
            raise ModelFailed("the answer is empty")
        return answer

    def _finish(self, turn: _Turn, text: str, failure: str | None) -> bool | None:
        """Store the answer, with its events. Returns the same as `_answer`."""
        conversation_id = turn.conversation["_id"]
        answer = self._answer_of(turn, text)
        fields = self._outcome(turn.run, failure)
        finished = self._turns.finish(conversation_id, turn.owner, turn.messages, answer, fields)
        if finished is None:
            self._end(turn.run, "dropped")
            return None
        self._end(turn.run, "failed" if failure else "answered")
        return finished.more

    def _answer_of(self, turn: _Turn, text: str) -> MessageDocument:
        run = turn.run
        return {
            "_id": new_id(),
            "messageId": new_id(),
            "conversationId": turn.conversation["_id"],
            "author": ASSISTANT.as_author(),
            "text": text,
            "media": None,
            "toolCalls": run["toolCalls"],
            "delivery": first_delivery(turn.conversation["channel"]),
            "provenance": {
                "messageId": run["messageId"],
                "model": self.model.name,
                "responseId": run["responseIds"][-1] if run["responseIds"] else None,
            },
            "createdAt": utcnow(),
        }

    def _outcome(self, run: RunDocument, failure: str | None) -> Document:
        """Return the fields of the conversation after the run: whether it needs a person, and why.

        The customer's own wish for one goes before a failure that came after it.
        """
        if wish := reason_for_person(run["toolCalls"]):
            reason = say("flag_person", self._locale, detail=wish)
            handed_over = {"mode": Mode.HUMAN.value, "unanswered": True}
            return handed_over | {"flagged": {"reason": reason, "at": utcnow()}}
        if failure:
            reason = say("flag_failed", self._locale, detail=failure)
            return {"unanswered": True, "flagged": {"reason": reason, "at": utcnow()}}
        return {"unanswered": False}

    def _hold(self, turn: _Turn) -> None:
        if not self._turns.holds(turn.conversation["_id"], turn.owner):
            raise _Lost

    def _end(self, run: RunDocument, outcome: str) -> None:
        self._runs.finish(run, outcome)
        RUNS.labels(outcome).inc()

    def _open_tickets(self, customer: Actor) -> list[str]:
        """Return the customer's open tickets in a few words each, to avoid duplicates."""
        tickets = self._tickets.get_own_tickets(customer.id, MAX_OPEN_TICKETS, closed_too=False)
        return [f"{ticket['_id']} ({ticket['status']}, {ticket['category']})" for ticket in tickets]


def _size(items: list[Document]) -> int:
    return estimated_tokens(json.dumps(items, ensure_ascii=False))


def _message_created(tx: Transaction, event: MessageCreated) -> None:
    if event.conversation["mode"] == Mode.ASSISTANT.value and event.message.get("awaiting"):
        tx.enqueue(REPLY, event.conversation["_id"])
    elif event.actor.type is ActorType.AGENT:
        tx.cancel(REPLY, event.conversation["_id"])


def _conversation_changed(tx: Transaction, event: ConversationChanged) -> None:
    if event.after["mode"] == event.before["mode"]:
        return
    if event.after["mode"] == Mode.ASSISTANT.value:
        tx.enqueue(REPLY, event.after["_id"])
    else:
        tx.cancel(REPLY, event.after["_id"])


def _conversations_merged(tx: Transaction, event: ConversationsMerged) -> None:
    tx.cancel(REPLY, event.source["_id"])
    if event.target["mode"] == Mode.ASSISTANT.value:
        tx.enqueue(REPLY, event.target["_id"])
