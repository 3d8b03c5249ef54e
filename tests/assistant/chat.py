"""A customer in the web chat, as the customer and the agents see it."""

from __future__ import annotations

from typing import Any

from tests.desk import Desk, wait_for
from tests.live import Visitor


class Chat(Visitor):
    def __init__(self, desk: Desk, **identity: str) -> None:
        session = desk.nobody.post("/channels/web/sessions", identity)
        assert session.status_code == 201, session.text
        super().__init__(desk.app, session.json["visitorToken"], session.json["conversationId"])
        self.desk = desk
        self._path = f"/conversations/{self.conversation_id}"

    def ask(self, text: str, **more: str) -> Any:
        """Write, and return the assistant's answer as agents read it."""
        return self.reply_to(self.says(text, **more))

    def reply_to(self, accepted: Any, seconds: float = 30.0) -> Any:
        """The first answer after this message; the process may load its encoder first."""

        def answer() -> Any:
            messages = self.transcript()
            ids = [message["messageId"] for message in messages]
            after = messages[ids.index(accepted["messageId"]) + 1 :]
            return next((m for m in after if m["author"]["type"] == "assistant"), None)

        return wait_for(answer, seconds)

    def transcript(self) -> list[Any]:
        """Every message as agents read it."""
        messages: list[Any] = self.desk.supervisor.get(f"{self._path}/messages", limit=100).json[
            "data"
        ]
        return messages

    def conversation(self) -> Any:
        return self.desk.supervisor.get(self._path).json

    def tickets(self) -> list[Any]:
        tickets: list[Any] = self.desk.supervisor.get(f"{self._path}/tickets").json["data"]
        return tickets

    def take_over(self) -> None:
        self._set_mode("human")

    def hand_back(self) -> None:
        self._set_mode("assistant")

    def _set_mode(self, mode: str) -> None:
        answer = self.desk.ana.put(f"{self._path}/mode", {"mode": mode})
        assert answer.json["mode"] == mode
