"""What a run of the assistant has done so far, kept so that a successor goes on where it stopped.

A run is one turn: everything from a customer's message to its answer. Its id follows from the
message, so a run that is taken up again after a crash is the same run.
"""

from __future__ import annotations

from datetime import timedelta

from pymongo import ReturnDocument

from backend.documents import Db, Document, index, utcnow, validator

KEPT_FOR = timedelta(days=90)

VALIDATORS = {
    "assistant_runs": validator(
        {
            "_id": "string",
            "conversationId": "string",
            "messageId": "string",
            "attempts": "int",
            "items": "array",
            "toolCalls": "array",
            "startedAt": "date",
        }
    )
}

INDEXES = {
    "assistant_runs": [
        index(("startedAt", 1), expireAfterSeconds=int(KEPT_FOR.total_seconds())),
    ]
}


class RunRepository:
    def __init__(self, db: Db) -> None:
        self._runs = db["assistant_runs"]

    def begin(self, conversation_id: str, awaiting: list[str], *, resume: bool) -> Document:
        """A run for these messages (by `messageId`, oldest first), and counts the attempt.

        With `resume`, the run that one of them started and that did not finish, as far as it came:
        it answers the messages that it began with, not those that came since.
        """
        ids = [f"{conversation_id}:{message_id}" for message_id in awaiting]
        left_over = resume and self._runs.find_one(
            {"_id": {"$in": ids}}, {"_id": True}, sort=[("startedAt", 1)]
        )
        return self._runs.find_one_and_update(
            {"_id": left_over["_id"] if left_over else ids[-1]},
            {
                "$inc": {"attempts": 1},
                "$setOnInsert": {
                    "conversationId": conversation_id,
                    "messageId": awaiting[-1],
                    "messageIds": awaiting,
                    "items": [],
                    "toolCalls": [],
                    "responseIds": [],
                    "modelSeconds": 0.0,
                    "startedAt": utcnow(),
                },
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )

    def record(self, run: Document, items: list[Document], tool_calls: list[Document]) -> None:
        """Add one finished round: the model's items, the tools' outputs, what was called."""
        run["toolCalls"] += tool_calls
        self._runs.update_one(
            {"_id": run["_id"]},
            {
                "$push": {"items": {"$each": items}, "toolCalls": {"$each": tool_calls}},
                "$set": _figures(run),
            },
        )

    def finish(self, run: Document, outcome: str) -> None:
        ended = {"outcome": outcome, "finishedAt": utcnow()}
        self._runs.update_one({"_id": run["_id"]}, {"$set": _figures(run) | ended})


def _figures(run: Document) -> Document:
    return {name: run[name] for name in ("responseIds", "modelSeconds")}
