"""What a run of the assistant has done so far, kept so that a successor goes on where it stopped.

A run is one turn: everything from a customer's message to its answer. Its id follows from the
message, so a run that is taken up again after a crash is the same run.
"""

from __future__ import annotations

from datetime import timedelta

from pymongo import ReturnDocument

from backend.common.documents import Db, Document, index, utcnow, validator

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

    def begin(
        self, conversation_id: str, awaiting: list[str], owner: str, *, resume: bool
    ) -> Document:
        """A run for these messages (by `messageId`, oldest first), which is this owner's alone.

        With `resume`, the last run that one of them started and that was cut off, as far as it
        came: it answers the messages that it began with, not those that came since.
        """
        ids = [f"{conversation_id}:{message_id}" for message_id in awaiting]
        if resume:
            taken_up = self._runs.find_one_and_update(
                {"_id": {"$in": ids}, "outcome": {"$exists": False}},
                {"$set": {"owner": owner}, "$inc": {"attempts": 1}},
                sort=[("startedAt", -1)],
                return_document=ReturnDocument.AFTER,
            )
            if taken_up is not None:
                return taken_up
        run: Document = {
            "_id": ids[-1],
            "conversationId": conversation_id,
            "messageId": awaiting[-1],
            "messageIds": awaiting,
            "owner": owner,
            "attempts": 1,
            "items": [],
            "toolCalls": [],
            "responseIds": [],
            "modelSeconds": 0.0,
            "startedAt": utcnow(),
        }
        self._runs.replace_one({"_id": run["_id"]}, run, upsert=True)
        return run

    def record(self, run: Document, items: list[Document], tool_calls: list[Document]) -> bool:
        """Add one finished round: the model's items, the tools' outputs, what was called.

        False when somebody else has taken the run up.
        """
        run["toolCalls"] += tool_calls
        recorded = self._runs.update_one(
            _own(run),
            {
                "$push": {"items": {"$each": items}, "toolCalls": {"$each": tool_calls}},
                "$set": _figures(run),
            },
        )
        return recorded.matched_count == 1

    def finish(self, run: Document, outcome: str) -> None:
        ended = {"outcome": outcome, "finishedAt": utcnow()}
        self._runs.update_one(_own(run), {"$set": _figures(run) | ended})


def _own(run: Document) -> Document:
    return {"_id": run["_id"], "owner": run["owner"]}


def _figures(run: Document) -> Document:
    return {name: run[name] for name in ("responseIds", "modelSeconds")}
