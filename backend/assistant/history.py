"""The conversation as the model gets it: the newest messages within a budget, customers' text as
data.
"""

from __future__ import annotations

import re

from backend.common.documents import Document
from backend.conversations.models import MessageDocument

MAX_MESSAGES = 40  # replayed at most
MAX_TOKENS = 12_000  # of replayed messages
MAX_MESSAGE_CHARS = 4_000

# What could pass for the delimiter, also with signs or invisible characters in between. Its bracket
# is replaced and nothing removed, as what is left of two nested ones would make a new one.
_GAP = r"[\W_]{0,9}"
_TAG = re.compile(f"<(?={_GAP}{_GAP.join('customermessage')})", re.IGNORECASE)


def estimated_tokens(text: str) -> int:
    """Estimate high. English and Spanish have four bytes or more of UTF-8 to a token,
    other scripts and emoji about three; the exact tokenizer would have to be downloaded.
    """
    return -(-len(text.encode()) // 3)


def history_of(latest: list[MessageDocument], turn: list[MessageDocument]) -> list[Document]:
    """Return earlier messages, then those of this turn, as input items, oldest first.

    The answer to an earlier message may be younger than a message of this turn, and what else
    awaits an answer is the next turn's.
    """
    said = [message for message in latest if not message.get("awaiting")]
    items: list[Document] = []
    budget = MAX_TOKENS
    for message in reversed(said + turn):
        item = _as_item(message)
        budget -= estimated_tokens(item["content"])
        if budget < 0 and items:
            break
        items.append(item)
    return items[::-1]


def customers_words(latest: list[MessageDocument], turn: list[MessageDocument]) -> list[str]:
    """Return the customer's texts of this turn and before, the newest first."""
    own = [message for message in latest if message["author"]["type"] == "customer"]
    return [message["text"] for message in reversed(own + turn)]


def _as_item(message: MessageDocument) -> Document:
    """Return a message as an input item. Customer text is delimited as data."""
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
