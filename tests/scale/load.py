"""People who write without a pause, and record acknowledged writes."""

from __future__ import annotations

import threading
from typing import Any, Self
from uuid import uuid4

import httpx

from backend.common.documents import Db
from tests.desk import API, Person, wait_for

SECONDS = 30  # for each wait under load


class Load:
    """`with Load(…) as load:` they work until the block ends.

    With `retries`, people repeat a ticket that was not acknowledged, with the same Idempotency-Key,
    as a client should; else each failure is noted.
    """

    def __init__(
        self, url: str, people: list[Person], customer_id: str, *, retries: bool = False
    ) -> None:
        self._url = url + API
        self._customer_id = customer_id
        self._retries = retries
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(person,), daemon=True) for person in people
        ]
        self.tickets: dict[str, str] = {}  # acknowledged: subject to ticket id
        self.notes: list[tuple[str, str]] = []  # acknowledged: ticket id, content
        self.failures: list[str] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(SECONDS)
            assert not thread.is_alive()

    def wait_for_more(self, tickets: int) -> None:
        wanted = len(self.tickets) + tickets
        wait_for(lambda: len(self.tickets) >= wanted, SECONDS)

    def check(self, db: Db) -> None:
        """Check that nothing acknowledged is missing or duplicated."""
        stored: dict[str, list[Any]] = {}
        for ticket in db["tickets"].find({"customer.customerId": self._customer_id}):
            stored.setdefault(ticket["subject"], []).append(ticket)
        assert [subject for subject, found in stored.items() if len(found) > 1] == []
        missing = [
            (subject, ticket_id)
            for subject, ticket_id in self.tickets.items()
            if subject not in stored or stored[subject][0]["_id"] != ticket_id
        ]
        assert missing == []
        contents = {
            ticket["_id"]: [note["content"] for note in ticket["notes"]]
            for [ticket] in stored.values()
        }
        wrong = [note for note in self.notes if contents[note[0]].count(note[1]) != 1]
        assert wrong == []

    def _work(self, person: Person) -> None:
        headers = {"Authorization": f"Bearer {person.token}"}
        with httpx.Client(base_url=self._url, headers=headers, timeout=SECONDS) as http:
            while not self._over.is_set():
                ticket_id = self._create_ticket(http)
                if ticket_id is not None:
                    note = {"content": f"Note {uuid4()}", "isInternal": True}
                    if self._send(http, "POST", f"/tickets/{ticket_id}/notes", json=note):
                        self.notes.append((ticket_id, note["content"]))  # type: ignore[arg-type]  # a str
                self._send(http, "GET", "/tickets")

    def _create_ticket(self, http: httpx.Client) -> str | None:
        key = str(uuid4())
        ticket = {
            "subject": f"Load {key}",
            "description": "Under load.",
            "category": "account",
            "customerId": self._customer_id,
        }
        while True:
            made = self._send(
                http, "POST", "/tickets", json=ticket, headers={"Idempotency-Key": key}
            )
            if made is not None:
                ticket_id: str = made["ticketId"]
                self.tickets[ticket["subject"]] = ticket_id
                return ticket_id
            if not self._retries or self._over.wait(0.05):
                return None

    def _send(self, http: httpx.Client, method: str, path: str, **request: Any) -> Any:
        """The body of a good answer; None after a failure."""
        try:
            answer = http.request(method, path, **request)
        except httpx.TransportError as error:
            self.failures.append(f"{method} {path}: {error!r}")
            return None
        if answer.is_success:
            return answer.json()
        self.failures.append(f"{method} {path}: {answer.status_code} {answer.text}")
        return None
