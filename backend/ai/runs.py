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

    def begin(
        self, conversation_id: str, trigger_id: str, message_ids: list[str], model: str
    ) -> Document:
        """The run that the trigger started, new or as far as it came; counts the attempt.

        A run taken up again answers the messages that it began with, not those that came since.
        """
        return self._runs.find_one_and_update(
            {"_id": f"{conversation_id}:{trigger_id}"},
            {
                "$inc": {"attempts": 1},
                "$setOnInsert": {
                    "conversationId": conversation_id,
                    "messageId": trigger_id,
                    "messageIds": message_ids,
                    "model": model,
                    "items": [],
                    "toolCalls": [],
                    "responseIds": [],
                    "startedAt": utcnow(),
                },
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )

    def record(
        self,
        run_id: str,
        items: list[Document],
        tool_calls: list[Document],
        response_id: str | None,
    ) -> None:
        """Append one finished round: the model's items, the tools' outputs, what was called."""
        push: Document = {"items": {"$each": items}, "toolCalls": {"$each": tool_calls}}
        if response_id:
            push["responseIds"] = response_id
        self._runs.update_one({"_id": run_id}, {"$push": push})

    def finish(self, run_id: str, outcome: str) -> None:
        self._runs.update_one(
            {"_id": run_id}, {"$set": {"outcome": outcome, "finishedAt": utcnow()}}
        )
