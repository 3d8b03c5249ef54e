"""Sends what is pending in WhatsApp conversations, in order, until each message has left or failed.

The messages themselves are the outbox (`backend/conversations/deliveries.py`), so a restart loses
nothing, and of several processes one sends. A process killed between WhatsApp's answer and its
record, or an answer that is lost, leaves a message that is sent once more 16 s later, unless a
status has told meanwhile that WhatsApp has it: there is no way to say "this one again".
"""

from __future__ import annotations

import logging
import random
import threading
import unicodedata
from collections.abc import Callable
from datetime import timedelta

from pymongo.errors import PyMongoError

from backend.channels.whatsapp.graph import MAX_BODY, Graph, NotNow, SendFailed
from backend.common.documents import Document, utcnow
from backend.conversations.deliveries import Deliveries
from backend.platform.metrics import SENDS

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=16)  # longer than one call may take
POLL = 1.0  # seconds between looks for what is due
MAX_CONCURRENT_SENDS = 16  # in one process
SLOWEST = 300.0  # seconds between two tries at most, unless WhatsApp asks for longer
_PAUSES = ("\n\n", "\n", ". ", " ")  # the best first
_JOINER = "\u200d"  # between the emoji that are one
_CLINGING = ("Mn", "Me", "Sk")  # categories of Unicode: accents, colours of skin
GIVE_UP_AFTER = timedelta(hours=24)  # WhatsApp takes no answer later than this


class Outbox:
    def __init__(
        self,
        graph: Graph,
        deliveries: Deliveries,
        start_background_task: Callable[..., object],
    ) -> None:
        self._graph = graph
        self._deliveries = deliveries
        self._start = start_background_task
        self._slots = threading.Semaphore(MAX_CONCURRENT_SENDS)
        self._woken: set[str] = set()

    def wake(self, conversation_id: str) -> None:
        """There is something to send: now, rather than at the next look."""
        self._start(self._send_pending, conversation_id)

    def look(self) -> None:
        """Send what is due: tries again, and what a dead process left."""
        for conversation_id in self._deliveries.conversations_due():
            if conversation_id not in self._woken:
                self._woken.add(conversation_id)
                self.wake(conversation_id)

    def _send_pending(self, conversation_id: str) -> None:
        with self._slots:
            try:
                while message := self._deliveries.take_up(conversation_id, LEASE):
                    self._send(message)
            except PyMongoError as error:
                log.warning("sending in %s cut off: %s", conversation_id, type(error).__name__)
            except Exception:
                log.exception("sending in %s failed", conversation_id)
            finally:
                self._woken.discard(conversation_id)

    def _send(self, message: Document) -> None:
        try:
            self._send_parts(message)
            SENDS.labels("sent").inc()
        except NotNow as failure:
            SENDS.labels("postponed").inc()
            self._postpone(message, failure)
        except SendFailed as failure:
            SENDS.labels("failed").inc()
            self._deliveries.failed(message, failure.reason)

    def _send_parts(self, message: Document) -> None:
        """Those that have not left yet; the message's own id goes with the last, which stands for
        all of it.
        """
        recipient = self._deliveries.recipient_of(message["conversationId"])
        if recipient is None:
            raise SendFailed("The customer has never written from WhatsApp.")
        parts = split(message["text"])
        for number in range(len(message.get("wamids", [])), len(parts)):
            is_last = number == len(parts) - 1
            reference = message["_id"] if is_last else None
            wamid = self._graph.send_text(recipient, parts[number], reference)
            if is_last:
                self._deliveries.sent(message, wamid)
            elif not self._deliveries.part_sent(message, wamid, LEASE):
                return  # somebody else has it now

    def _postpone(self, message: Document, failure: NotNow) -> None:
        backoff = min(2.0 ** min(message["delivery"]["attempts"] - 1, 16), SLOWEST)
        wait = timedelta(seconds=backoff * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
        until = utcnow() + max(wait, failure.retry_after or wait)
        if until > message["createdAt"] + GIVE_UP_AFTER:
            self._deliveries.failed(message, failure.reason)
        else:
            self._deliveries.postpone(message, until, failure.reason)


def split(text: str, longest: int = MAX_BODY) -> list[str]:
    """The text in parts that fit, each as full as it can be where a reader would pause."""
    parts = []
    while len(text) > longest:
        ends = range(longest, longest // 2, -1)
        cut = next((end for end in ends if _is_between_signs(text, end)), longest)
        for pause in _PAUSES:
            if (end := text.rfind(pause, longest // 2, longest + 1)) > 0:
                cut = end + len(pause.rstrip())
                break
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _is_between_signs(text: str, end: int) -> bool:
    """Not within an emoji of several or with a colour of skin, or before a letter's accent."""
    joined = _JOINER in text[end - 1 : end + 1]
    return not joined and unicodedata.category(text[end]) not in _CLINGING
