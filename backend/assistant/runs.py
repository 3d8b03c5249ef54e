"""The assistant's runs: what each has done so far, so that another process can resume it.

A run is one turn, from a customer's message to its answer. Its id follows from the message, so a
run that is resumed after a crash is the same run.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from pymongo import ReturnDocument

from backend.common.documents import Db, Document, collection, index, utcnow, validator

KEPT_FOR = timedelta(days=90)


class ToolCall(TypedDict):
    """A call in the form in which agents read it."""

    name: str
    arguments: Document
    result: Document


class RunDocument(TypedDict):
    _id: str  # of the conversation and the message
    conversationId: str
    messageId: str
    messageIds: list[str]  # of the turn; the last one is `messageId`
    owner: str
    attempts: int
    items: list[Document]  # of the Responses API: the model's output and the tools' outputs
    toolCalls: list[ToolCall]
    responseIds: list[str]
    modelSeconds: float
    startedAt: datetime
    finishedAt: NotRequired[datetime]
    outcome: NotRequired[str]


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
        self._runs = collection(db, "assistant_runs", RunDocument)

    def begin(
        self, conversation_id: str, awaiting: list[str], owner: str, *, resume: bool
    ) -> RunDocument:
        """Claim the run for these messages (by `messageId`, oldest first) for this owner.

        With `resume`, an unfinished run that one of them started goes on: it answers the messages
        that it began with, not those that came since.
        """
        ids = [f"{conversation_id}:{message_id}" for message_id in awaiting]
        if resume:
            resumed = self._runs.find_one_and_update(
                {"_id": {"$in": ids}, "outcome": {"$exists": False}},
                {"$set": {"owner": owner}, "$inc": {"attempts": 1}},
                sort=[("startedAt", -1)],
                return_document=ReturnDocument.AFTER,
            )
            if resumed is not None:
                return resumed
        run: RunDocument = {
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

    def record(self, run: RunDocument, items: list[Document], tool_calls: list[ToolCall]) -> bool:
        """Add one finished round: the model's items, the tools' outputs, and the calls.

        False when another process has claimed the run.
        """
        run["toolCalls"] += tool_calls
        recorded = self._runs.update_one(
            _own(run),
            {
                "$push": {"items": {"$each": items}, "toolCalls": {"$each": tool_calls}},
                "$set": _metrics(run),
            },
        )
        return recorded.matched_count == 1

    def finish(self, run: RunDocument, outcome: str) -> None:
        ended = {"outcome": outcome, "finishedAt": utcnow()}
        self._runs.update_one(_own(run), {"$set": _metrics(run) | ended})


def _own(run: RunDocument) -> Document:
    return {"_id": run["_id"], "owner": run["owner"]}


def _metrics(run: RunDocument) -> Document:
    return {"responseIds": run["responseIds"], "modelSeconds": run["modelSeconds"]}
