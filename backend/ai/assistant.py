"""The assistant's loop: takes what a customer wrote, lets the model call tools, stores the answer.

One run a conversation at a time, across processes: a run holds a lease on the conversation, renewed
while its process lives. Every finished round is recorded, so that whoever takes the lease after a
crash goes on from there; the ticket of a message exists at most once whatever is repeated.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from pymongo.errors import PyMongoError

from backend.actor import ASSISTANT, Actor
from backend.ai import tools
from backend.ai.handlers import ToolContext, reason_for_person, run_tool
from backend.ai.instructions import instructions_for
from backend.ai.models import Model, ModelFailed, is_storable
from backend.ai.phrases import language_of, say
from backend.ai.runs import RunRepository
from backend.conversations.models import MAX_REPLY, Mode
from backend.conversations.repository import ConversationRepository
from backend.conversations.service import customer_actor, first_delivery, tell_message
from backend.documents import Document, new_id, utcnow
from backend.metrics import MODEL, RUNS
from backend.realtime.events import Events
from backend.settings import Locale
from backend.tickets.provenance import Provenance
from backend.tickets.service import TicketService

log = logging.getLogger(__name__)

MAX_ROUNDS = 8  # of tool calls in one run
RUN_TIMEOUT = 90.0  # seconds
MAX_ATTEMPTS = 5  # at one run that keeps being cut off; then the customer is told
LEASE = timedelta(seconds=15)  # a dead process's runs are taken up after this
HEARTBEAT = 5.0  # seconds between renewals, and between looks for what was left behind

MAX_HISTORY = 40  # messages replayed
MAX_HISTORY_CHARS = 40_000  # about 10,000 tokens
MAX_MESSAGE_CHARS = 4_000
MAX_CONCURRENT_RUNS = 32  # in one process

# What could pass for the delimiter. Its bracket is replaced and nothing removed, as what is left
# of two nested ones would make a new one.
_TAG = re.compile(r"<(?=\s*/?\s*customer_message)", re.IGNORECASE)


class _Lost(Exception):
    """The conversation is no longer this run's: a person has taken over, or another process."""


class Assistant:
    def __init__(
        self,
        model: Model,
        conversations: ConversationRepository,
        runs: RunRepository,
        tickets: TicketService,
        events: Events,
        start_background_task: Callable[..., object],
        locale: Locale,
        deliver: Callable[[str], None],
    ) -> None:
        """`deliver` is told in which conversation there is something to send."""
        self._model = model
        self._conversations = conversations
        self._runs = runs
        self._tickets = tickets
        self._events = events
        self._start = start_background_task
        self._locale = locale
        self._deliver = deliver
        self._slots = threading.Semaphore(MAX_CONCURRENT_RUNS)
        self._active: dict[str, str] = {}  # conversation id → lease owner

    def wake(self, conversation_id: str) -> None:
        """There is something to answer: start a run unless one is under way."""
        self._start(self._run, conversation_id)

    def keep_watch(self) -> None:
        """Renew the leases of this process and take up what a dead one left. Never returns."""
        while True:
            try:
                for conversation_id, owner in list(self._active.items()):
                    self._conversations.renew_lease(conversation_id, owner, LEASE)
                for conversation_id in self._conversations.conversations_awaiting():
                    if conversation_id not in self._active:
                        self.wake(conversation_id)
            except PyMongoError as error:
                log.warning("the assistant's watch: %s", type(error).__name__)
            except Exception:  # without the watch, the leases of this process would end
                log.exception("the assistant's watch")
            time.sleep(HEARTBEAT)

    # --- one conversation -----------------------------------------------------------------

    def _run(self, conversation_id: str) -> None:
        """Answer until nothing awaits an answer. Whatever goes wrong, the watch tries again."""
        with self._slots:
            try:
                while self._conversations.awaiting(conversation_id):
                    if not self._take_turn(conversation_id):
                        return
            except PyMongoError as error:
                log.warning("run in %s cut off: %s", conversation_id, type(error).__name__)
            except Exception:
                log.exception("run in %s failed", conversation_id)

    def _take_turn(self, conversation_id: str) -> bool:
        """Answer one turn under the lease; False when somebody else answers."""
        owner = new_id()
        conversation = self._conversations.claim_run(conversation_id, owner, LEASE)
        if conversation is None:
            return False
        self._active[conversation_id] = owner
        try:
            if awaiting := self._conversations.awaiting(conversation_id):
                self._answer(conversation, awaiting, owner)
        finally:
            self._active.pop(conversation_id, None)
            self._conversations.release_run(conversation_id, owner)
        return True

    def _answer(self, conversation: Document, awaiting: list[Document], owner: str) -> None:
        """Answer what awaits an answer; a run that was cut off first, with the messages it had."""
        conversation_id = conversation["_id"]
        cut_off = conversation["run"]["triggerId"]
        ids = [message["messageId"] for message in awaiting]
        run = self._runs.begin(
            conversation_id, cut_off if cut_off in ids else ids[-1], ids, self._model.name
        )
        turn = [message for message in awaiting if message["messageId"] in run["messageIds"]]
        self._events.assistant_typing(conversation_id, True)
        try:
            text = self._converse(conversation, turn, owner, run)
            self._finish(conversation, turn, owner, run, text, failure=None)
        except _Lost:
            self._end(run, "dropped")
        except ModelFailed as error:
            log.warning("run %s: %s", run["_id"], error)
            locale = language_of(turn[-1]["text"], self._locale)
            text = say("assistant_unavailable", locale)
            self._finish(conversation, turn, owner, run, text, failure=str(error))
        finally:
            self._events.assistant_typing(conversation_id, False)

    def _converse(
        self, conversation: Document, turn: list[Document], owner: str, run: Document
    ) -> str:
        """Rounds of model and tools until the model answers in words. Raises ModelFailed, and _Lost
        before a tool would act for a run that is over.
        """
        if run["attempts"] > MAX_ATTEMPTS:
            raise ModelFailed(f"cut off {MAX_ATTEMPTS} times")
        trigger_id = run["messageId"]
        self._hold(conversation, owner, trigger_id)
        locale = self._language(conversation["_id"], turn)
        if not any(message["text"] for message in turn):
            return say("only_text", locale)
        customer = customer_actor(conversation)
        instructions = instructions_for(locale, self._open_tickets(customer))
        items = self._history(conversation["_id"], turn) + run["items"]
        deadline = time.monotonic() + RUN_TIMEOUT
        for rounds_left in range(MAX_ROUNDS, -1, -1):
            if time.monotonic() > deadline:
                raise ModelFailed(f"no answer within {RUN_TIMEOUT:.0f} s")
            with MODEL.time():
                answer = self._model.respond(instructions, items, tools.definitions())
            if not answer.calls:
                if not answer.text:
                    raise ModelFailed("the answer is empty")
                self._runs.record(run["_id"], [], [], answer.response_id)
                run["responseIds"].append(answer.response_id)
                return answer.text[:MAX_REPLY]
            if not rounds_left:
                break
            self._hold(conversation, owner, trigger_id)
            provenance = Provenance(
                conversation["_id"], trigger_id, self._model.name, answer.response_id
            )
            context = ToolContext(self._tickets, customer, provenance, locale)
            outputs, tool_calls = handle_tool_calls(answer.calls, context)
            finished = answer.output + outputs
            self._runs.record(run["_id"], finished, tool_calls, answer.response_id)
            run["toolCalls"] += tool_calls
            items += finished
        raise ModelFailed(f"no answer after {MAX_ROUNDS} rounds of tool calls")

    def _finish(
        self,
        conversation: Document,
        turn: list[Document],
        owner: str,
        run: Document,
        text: str,
        failure: str | None,
    ) -> None:
        now = utcnow()
        answer = {
            "messageId": new_id(),
            "conversationId": conversation["_id"],
            "author": ASSISTANT.as_author(),
            "text": text,
            "media": None,
            "toolCalls": run["toolCalls"],
            "delivery": first_delivery(conversation),
            "provenance": {
                "messageId": run["messageId"],
                "model": self._model.name,
                "responseId": run["responseIds"][-1] if run["responseIds"] else None,
            },
            "createdAt": now,
        }
        came_meanwhile = len(self._conversations.awaiting(conversation["_id"])) > len(turn)
        fields: Document = {"unanswered": bool(failure) or came_meanwhile}
        if failure:
            reason = say("flag_failed", self._locale, detail=failure)
            fields["flagged"] = {"reason": reason, "at": now}
        if wish := reason_for_person(run["toolCalls"]):
            reason = say("flag_person", self._locale, detail=wish)
            fields |= {"mode": Mode.HUMAN.value, "unanswered": True}
            fields["flagged"] = {"reason": reason, "at": now}
        finished = self._conversations.finish_run(conversation["_id"], owner, turn, answer, fields)
        self._end(run, "dropped" if finished is None else "failed" if failure else "answered")
        if finished is not None:
            tell_message(self._events, *finished)
            self._deliver(conversation["_id"])

    def _hold(self, conversation: Document, owner: str, trigger_id: str) -> None:
        if not self._conversations.hold_run(conversation["_id"], owner, trigger_id):
            raise _Lost

    def _end(self, run: Document, outcome: str) -> None:
        self._runs.finish(run["_id"], outcome)
        RUNS.labels(outcome).inc()

    # --- what the model is given ------------------------------------------------------------

    def _open_tickets(self, customer: Actor) -> list[str]:
        recent = self._tickets.get_own_tickets(customer.id, 10)
        return [
            f"{ticket['_id']} ({ticket['status']}, {ticket['category']})"
            for ticket in recent
            if ticket["status"] != "closed"
        ]

    def _language(self, conversation_id: str, turn: list[Document]) -> Locale:
        """The language of the turn; of what the customer wrote before when it is without words."""
        said = turn[-1]["text"]
        if not said:
            latest = self._conversations.latest_messages(conversation_id, MAX_HISTORY)
            own = [m["text"] for m in latest if m["author"]["type"] == "customer" and m["text"]]
            said = own[-1] if own else ""
        return language_of(said, self._locale)

    def _history(self, conversation_id: str, turn: list[Document]) -> list[Document]:
        """What was said and answered, then what this turn answers; newest kept, within the budget.

        The answer to an earlier message may be younger than a message of this turn, and what else
        awaits an answer is the next turn's.
        """
        latest = self._conversations.latest_messages(conversation_id, MAX_HISTORY)
        said = [message for message in latest if not message.get("awaiting")]
        items: list[Document] = []
        budget = MAX_HISTORY_CHARS
        for message in reversed(said + turn):
            item = _as_item(message)
            budget -= len(item["content"])
            if budget < 0 and items:
                break
            items.append(item)
        return items[::-1]


def handle_tool_calls(
    calls: list[Document], context: ToolContext
) -> tuple[list[Document], list[Document]]:
    """Carry out a round's calls in order. Returns the outputs for the model, one a `call_id`, and
    the same in the form that agents read.
    """
    outputs, tool_calls = [], []
    for call in calls:
        arguments = _arguments(call)
        result = run_tool(tools.TOOLS.get(call.get("name", "")), arguments, context)
        outputs.append(
            {
                "type": "function_call_output",
                "call_id": call.get("call_id", ""),
                "output": json.dumps(result, ensure_ascii=False),
            }
        )
        tool_calls.append(
            {
                "name": str(call.get("name", ""))[:100],
                "arguments": arguments if isinstance(arguments, dict) else {},
                "result": result,
            }
        )
    return outputs, tool_calls


def _arguments(call: Document) -> object:
    """What the model sent, or None when it cannot be read (the schema then says so).

    Every tool's arguments are flat, so nothing deeper than the database takes gets in.
    """
    try:
        arguments = json.loads(call.get("arguments") or "{}")
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(arguments, dict) or not is_storable(arguments):
        return None
    nested = any(isinstance(value, dict | list) for value in arguments.values())
    return None if nested else arguments


def _as_item(message: Document) -> Document:
    """A stored message as an input item. Customer text is delimited: it is data, not orders."""
    text = message["text"]
    if media := message.get("media"):
        text = f"{text}\n[{media['type']}]".strip()
    text = _TAG.sub("‹", text)[:MAX_MESSAGE_CHARS]
    if message["author"]["type"] == "customer":
        content = f"<customer_message>\n{text}\n</customer_message>"
        return {"role": "user", "content": content}
    if message["author"]["type"] == "agent":
        text = f"[{message['author']['name']}, a person of the team] {text}"
    return {"role": "assistant", "content": text}
