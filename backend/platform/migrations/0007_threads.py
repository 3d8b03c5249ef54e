"""Names the thread of each conversation, and renames `wamids` of messages to `externalIds`.

`wamids` stays until the next version, as the previous one may still be serving.
"""

from __future__ import annotations

from backend.common.documents import Db
from backend.platform.migrations import batches, by_id

DESCRIPTION = "Name the threads of conversations"

_INBOXES = {"web": "000000000000000000000001", "whatsapp": "000000000000000000000002"}


def apply(db: Db) -> None:
    conversations, messages = db["conversations"], db["messages"]
    for channel, inbox_id in _INBOXES.items():
        unnamed = {"channel": channel, "threadKey": {"$exists": False}}
        thread = {"inboxId": inbox_id, "threadKey": "$customer.customerId"}
        for batch in batches(conversations, unnamed, {"_id": True}):
            conversations.update_many({**by_id(batch), **unnamed}, [{"$set": thread}])
    unnamed = {"wamids": {"$exists": True}, "externalIds": {"$exists": False}}
    for batch in batches(messages, unnamed, {"_id": True}):
        messages.update_many({**by_id(batch), **unnamed}, [{"$set": {"externalIds": "$wamids"}}])
