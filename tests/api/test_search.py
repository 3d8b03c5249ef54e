"""The results of a search, their order, and the cost on a large desk."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.common.documents import Db, utcnow
from backend.tickets.listing import search
from backend.tickets.models import ticket_id, ticket_number, ticket_of
from backend.tickets.repository import derived
from tests.desk import Desk, Person, store_tickets

NUMBERED = (123, 1_123, 12_300, 999_123)
FOREIGN = 2_500


def found(person: Person, text: str, **query: Any) -> list[str]:
    answer = person.get("/tickets", search=text, **query)
    assert answer.status_code == 200, answer.text
    return [ticket["ticketId"] for ticket in answer.json["data"]]


def stored(db: Db, sequence: int, like: str, **changes: Any) -> str:
    """Store a copy of a ticket with another number, which no API call can choose."""
    year = changes.pop("year", 2026)
    ticket = db["tickets"].find_one({"_id": like}) or {}
    ticket |= {"_id": ticket_id(year, sequence), "number": ticket_number(year, sequence), **changes}
    db["tickets"].insert_one(ticket | derived(ticket_of(ticket)))
    return str(ticket["_id"])


@pytest.fixture
def numbered(desk: Desk, db: Db) -> list[str]:
    """Tickets with several numbers; the exact one has the oldest change."""
    phone = desk.customer(phone="+34600000123")["customerId"]
    first = desk.ticket(customerId=phone)["ticketId"]
    db["tickets"].update_one({"_id": first}, {"$set": {"updatedAt": utcnow()}})
    old = datetime(2026, 1, 1, tzinfo=UTC)
    for sequence in NUMBERED:
        stored(db, sequence, first, updatedAt=old.replace(hour=sequence % 24))
    stored(db, 123, first, year=2025, updatedAt=old.replace(year=2025))
    return [first]


@pytest.mark.parametrize("text", ["000123", "123", "#123", "ticket 123", "00123"])
def test_the_number_that_was_typed_comes_before_those_that_contain_it(
    desk: Desk, numbered: list[str], text: str
) -> None:
    hits = found(desk.ana, text)
    assert hits[:2] == ["TICKET-2026-000123", "TICKET-2025-000123"]
    assert numbered[0] in hits[2:], "found by the phone, and changed last, but not meant"
    if text == "123":
        assert set(hits) >= {ticket_id(2026, sequence) for sequence in NUMBERED}
        assert hits[2] == numbered[0]  # the rest by the latest change


@pytest.mark.parametrize("text", ["2026-000123", "TICKET-2026-000123", "ticket-2026-000123"])
def test_a_year_and_a_number_are_one_ticket(desk: Desk, numbered: list[str], text: str) -> None:
    assert found(desk.ana, text) == ["TICKET-2026-000123"]
    assert numbered


def test_words_count_more_in_the_subject_and_then_the_latest_comes_first(desk: Desk) -> None:
    def ticket(subject: str, description: str, *tags: str) -> str:
        body = {"subject": subject, "description": description, "tags": list(tags)}
        return str(desk.ticket(**body)["ticketId"])

    subject = ticket("Avería de la CALDERA", "no calienta")
    tagged = ticket("No calienta", "nada", "Caldera")
    old = ticket("Ruido", "en la caldera")
    new = ticket("Otro ruido", "en la caldera")
    assert found(desk.ana, "caldera") == [subject, tagged, new, old]
    desk.supervisor.put(f"/tickets/{old}", {"priority": "high"})
    assert found(desk.ana, "caldera") == [subject, tagged, old, new]
    assert found(desk.ana, "ruido caldera") == [old, new]
    assert found(desk.ana, "averia calienta") == [subject]


def test_several_words_are_found_wherever_they_stand_and_however_they_are_written(
    desk: Desk,
) -> None:
    decomposed = unicodedata.normalize("NFD", "La señal se cortó")
    both = desk.ticket(subject="AVERÍA grave", description=decomposed, tags=["Façade"])["ticketId"]
    desk.ticket(subject="averías", description="señales")
    name = "".join(desk.ticket(subject="seña")["customer"]["name"].split()[:1])
    for text in (
        "averia senal",
        "SEÑAL avería",
        "cortó facade",
        "corto grave señal",
        "AVERIA façade",
    ):
        assert found(desk.ana, text) == [both], text
    assert both in found(desk.ana, f"averia {name}")
    assert found(desk.ana, "averia seña") == []


def test_the_leading_word_does_not_change_the_result(desk: Desk) -> None:
    """Each word of a search matches whole words, regardless of the leading word."""
    both = desk.ticket(subject="factura", description="doble")["ticketId"]
    desk.ticket(subject="facturas", description="doble")
    for rare, frequent in (("factura", "doble"), ("doble", "factura")):
        for _ in range(3):
            desk.ticket(subject=frequent, description="otra cosa")
        for text in (f"{rare} {frequent}", f"{frequent} {rare}", f"{rare} {frequent} {rare}"):
            assert found(desk.ana, text) == [both]
            assert desk.ana.get("/tickets", search=text).json["pagination"]["total"] == 1
            exported = desk.supervisor.get("/tickets/export.csv", search=text).text
            assert exported.count("TICKET-") == 1
    assert found(desk.ana, "factura ninguna") == []


def test_a_sort_that_is_asked_for_wins(desk: Desk) -> None:
    first = desk.ticket(subject="caldera")["ticketId"]
    second = desk.ticket(subject="otra", description="caldera")["ticketId"]
    assert found(desk.ana, "caldera") == [first, second]
    assert found(desk.ana, "caldera", sort="-createdAt") == [second, first]
    assert found(desk.ana, "caldera", sort="createdAt") == [first, second]
    number = second.rsplit("-", 1)[1]
    assert found(desk.ana, number[:4], sort="ticketId") == [first, second]


def test_filters_and_visibility_narrow_a_search(desk: Desk) -> None:
    mine = desk.ticket(subject="caldera", priority="high", assignedTo=desk.ana.agent_id)["ticketId"]
    desk.ticket(subject="caldera", priority="high", assignedTo=desk.bruno.agent_id)
    free = desk.ticket(subject="caldera")["ticketId"]
    assert found(desk.ana, "caldera") == [free, mine]
    assert found(desk.ana, "caldera", priority="high") == [mine]
    assert found(desk.ana, "caldera", assignedTo="unassigned") == [free]
    assert found(desk.ana, mine, assignedTo="unassigned") == []


class TestAmongThousands:
    """Bruno has thousands of hits and Ana a few."""

    @pytest.fixture
    def own(self, desk: Desk, db: Db) -> list[str]:
        like = desk.ticket(subject="caldera", assignedTo=desk.bruno.agent_id)["ticketId"]
        ticket = db["tickets"].find_one({"_id": like}) or {}
        copies = []
        for sequence in range(10_000, 10_000 + FOREIGN):
            own = {"_id": ticket_id(2026, sequence), "number": ticket_number(2026, sequence)}
            copies.append(ticket | own | derived(ticket_of(ticket | own)))
        store_tickets(db, copies)
        return [
            desk.ticket(subject=f"caldera {n}", assignedTo=desk.ana.agent_id)["ticketId"]
            for n in range(5)
        ]

    @pytest.mark.parametrize("most", [search.MAX_LED, FOREIGN - 500])
    @pytest.mark.parametrize("text", ["caldera", "caldera contraseña"])
    def test_an_agent_gets_only_visible_hits_and_their_total(
        self, desk: Desk, own: list[str], text: str, most: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(search, "MAX_LED", most)
        first = desk.ana.get("/tickets", search=text, limit=2).json
        assert [t["ticketId"] for t in first["data"]] == own[:-3:-1]
        assert first["pagination"]["total"] == len(own)
        assert first["pagination"]["totalIsExact"] is True
        assert first["pagination"]["pages"] == 3
        assert found(desk.ana, text, limit=2, page=3) == [own[0]]
        cursor = first["pagination"]["nextCursor"]
        assert found(desk.ana, text, limit=2, cursor=cursor) == [own[2], own[1]]

    def test_a_supervisor_gets_an_inexact_total(self, desk: Desk, own: list[str]) -> None:
        answer = desk.supervisor.get("/tickets", search="caldera", limit=100).json
        pagination = answer["pagination"]
        assert pagination["total"] == search.MAX_HITS
        assert pagination["totalIsExact"] is False
        seen: list[str] = []
        while True:
            seen += [ticket["ticketId"] for ticket in answer["data"]]
            if not (cursor := answer["pagination"]["nextCursor"]):
                break
            answer = desk.supervisor.get(
                "/tickets", search="caldera", limit=100, cursor=cursor
            ).json
        assert len(set(seen)) == len(seen) >= search.MAX_HITS
        last = search.MAX_HITS // 100
        by_number = [
            ticket
            for page in range(1, last + 1)
            for ticket in found(desk.supervisor, "caldera", limit=100, page=page)
        ]
        assert by_number == seen[: len(by_number)]
        beyond = desk.supervisor.get("/tickets", search="caldera", limit=100, page=last + 1)
        assert beyond.status_code == 422
        exported = desk.supervisor.get("/tickets/export.csv", search="caldera").text
        assert exported.count("TICKET-") == FOREIGN + 1 + len(own)

    @pytest.mark.usefixtures("own")
    @pytest.mark.parametrize("text", ["caldera", "caldera contraseña"])
    @pytest.mark.parametrize("who", ["ana", "supervisor"])
    def test_a_new_ticket_comes_first(self, desk: Desk, who: str, text: str) -> None:
        # The text index ranks a long subject behind all the short ones.
        subject = "Desde esta mañana la caldera de nuestra casa hace un ruido que antes no hacía"
        written = desk.ticket(subject=subject)["ticketId"]
        assert found(getattr(desk, who), text)[0] == written

    @pytest.mark.parametrize("narrowed", [{}, {"status": "new"}])
    def test_of_frequent_words_the_newest_tickets_are_read_and_the_total_is_inexact(
        self, desk: Desk, own: list[str], narrowed: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(search, "MAX_LED", 50)
        monkeypatch.setattr(search, "MAX_RECENT", 50)
        answer = desk.supervisor.get("/tickets", search="caldera contraseña", **narrowed).json
        assert [ticket["ticketId"] for ticket in answer["data"][:5]] == own[::-1]
        assert answer["pagination"]["total"] == 50
        assert answer["pagination"]["totalIsExact"] is False


@pytest.mark.parametrize(
    "text",
    [
        "ERR_CONNECTION_RESET",
        "err_connection_reset sale",
        "maria_lopez@site.es",
        "user_id",
        "me cobraron 50€",
        "50€",
        "€75 cobraron",
        "col·lecció",
        "sale · user_id _",
    ],
)
@pytest.mark.parametrize("who", ["supervisor", "ana"])
def test_a_word_is_found_with_the_signs_that_it_was_written_with(
    desk: Desk, text: str, who: str
) -> None:
    signed = desk.ticket(
        subject="Sale ERR_CONNECTION_RESET",
        description="Soy maria_lopez@site.es, user_id 7: me cobraron 50€ y €75 por la col·lecció.",
    )["ticketId"]
    assert found(getattr(desk, who), text) == [signed]
