"""Related tickets: a relation is on both tickets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.api.outages import lost_at
from tests.desk import Desk, Person


def relate(person: Person, ticket: str, *others: str) -> int:
    body = {"relatedTickets": list(others)}
    status: int = person.put(f"/tickets/{ticket}", body).status_code
    return status


def related(desk: Desk, ticket: str) -> list[str]:
    found: list[str] = desk.supervisor.get(f"/tickets/{ticket}").json["relatedTickets"]
    return found


def test_a_relation_is_on_both_tickets_until_it_is_removed(desk: Desk) -> None:
    a, b, c = (desk.ticket()["ticketId"] for _ in range(3))
    assert relate(desk.ana, a, b, c, b) == 200
    assert [related(desk, ticket) for ticket in (a, b, c)] == [[b, c], [a], [a]]
    assert relate(desk.ana, a, c) == 200
    assert [related(desk, ticket) for ticket in (a, b, c)] == [[c], [], [a]]
    # From the other side, too.
    assert relate(desk.ana, c) == 200
    assert [related(desk, ticket) for ticket in (a, b, c)] == [[], [], []]


def test_an_identical_change_writes_nothing(desk: Desk) -> None:
    a, b = (desk.ticket()["ticketId"] for _ in range(2))
    relate(desk.ana, a, b)
    versions = [desk.ana.get(f"/tickets/{ticket}").json["version"] for ticket in (a, b)]
    relate(desk.ana, a, b)
    assert [desk.ana.get(f"/tickets/{ticket}").json["version"] for ticket in (a, b)] == versions


def test_an_interrupted_relation_is_completed_by_a_retry(desk: Desk) -> None:
    a, b = (desk.ticket()["ticketId"] for _ in range(2))
    with lost_at(b):
        assert relate(desk.ana, a, b) == 503
    assert relate(desk.ana, a, b) == 200
    assert [related(desk, ticket) for ticket in (a, b)] == [[b], [a]]


def test_a_stale_version_changes_neither_side(desk: Desk) -> None:
    a, b = (desk.ticket()["ticketId"] for _ in range(2))
    desk.ana.put(f"/tickets/{a}", {"subject": "changed since"})
    answer = desk.ana.put(f"/tickets/{a}", {"relatedTickets": [b]}, If_Match='"1"')
    assert answer.status_code == 412
    assert [related(desk, ticket) for ticket in (a, b)] == [[], []]
    assert desk.ana.get(f"/tickets/{b}").json["version"] == 1


def test_a_failure_on_the_other_side_changes_neither(desk: Desk) -> None:
    a, b = (desk.ticket()["ticketId"] for _ in range(2))
    with lost_at(b):
        assert relate(desk.ana, a, b) == 503
    assert [related(desk, ticket) for ticket in (a, b)] == [[], []]


def test_changes_of_the_related_ticket_are_no_conflict(desk: Desk) -> None:
    a, b = (desk.ticket()["ticketId"] for _ in range(2))

    def link(number: int) -> Any:
        """With the version that the client has of its own ticket, which has not changed."""
        version = desk.ana.get(f"/tickets/{a}").headers["ETag"]
        body = {"relatedTickets": [b] if number % 2 else []}
        return desk.ana.put(f"/tickets/{a}", body, If_Match=version).status_code

    def change(number: int) -> Any:
        return desk.ana.put(f"/tickets/{b}", {"subject": f"number {number}"}).status_code

    with ThreadPoolExecutor(2) as pool:
        changes = pool.map(change, range(20))
        links = [link(number) for number in range(10)]
    assert links == [200] * 10
    assert set(changes) == {200}
    assert [related(desk, ticket) for ticket in (a, b)] == [[b], [a]]


def test_both_sides_linked_and_unlinked_at_once_agree(desk: Desk) -> None:
    tickets = [desk.ticket()["ticketId"] for _ in range(3)]
    wishes = [
        (own, others)
        for own in tickets
        for others in ([other for other in tickets if other != own], [])
    ] * 3
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda wish: relate(desk.ana, wish[0], *wish[1]), wishes))
    assert set(answers) == {200}
    links = {ticket: set(related(desk, ticket)) for ticket in tickets}
    assert all(ticket in links[other] for ticket, others in links.items() for other in others)


def test_a_ticket_cannot_be_related_to_itself_or_a_missing_one(desk: Desk) -> None:
    a = desk.ticket()["ticketId"]
    for other in (a, "TICKET-1999-000001", "x"):
        answer = desk.ana.put(f"/tickets/{a}", {"relatedTickets": [other]})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["relatedTickets"])
    assert desk.ana.get(f"/tickets/{a}").json["version"] == 1


def test_an_invisible_ticket_and_a_missing_one_return_the_same(desk: Desk) -> None:
    a = desk.ticket()["ticketId"]
    theirs = desk.ticket(assignedTo=desk.bruno.agent_id)["ticketId"]
    hidden = desk.ana.put(f"/tickets/{a}", {"relatedTickets": [theirs]})
    missing = desk.ana.put(f"/tickets/{a}", {"relatedTickets": ["TICKET-1999-000001"]})
    assert hidden.json["errors"]["relatedTickets"][0].replace(theirs, "") == missing.json["errors"][
        "relatedTickets"
    ][0].replace("TICKET-1999-000001", "")
    assert related(desk, theirs) == []


def test_a_relation_to_an_invisible_ticket_stays_and_can_be_removed(desk: Desk) -> None:
    a, b, theirs = (desk.ticket()["ticketId"] for _ in range(3))
    relate(desk.supervisor, a, theirs)
    desk.supervisor.put(f"/tickets/{theirs}/assign", {"agentId": desk.bruno.agent_id})
    assert relate(desk.ana, a, theirs, b) == 200
    assert (related(desk, a), related(desk, theirs)) == ([theirs, b], [a])
    assert relate(desk.ana, a, b) == 200
    assert related(desk, theirs) == []


def test_the_related_ticket_has_a_limit_too(desk: Desk) -> None:
    customer = desk.customer()["customerId"]
    hub = desk.ticket(customerId=customer)["ticketId"]
    spokes = [desk.ticket(customerId=customer)["ticketId"] for _ in range(51)]
    assert relate(desk.ana, hub, *spokes[:50]) == 200
    assert relate(desk.ana, hub, *spokes) == 422
    answer = desk.ana.put(f"/tickets/{spokes[50]}", {"relatedTickets": [hub]})
    assert answer.status_code == 422
    assert (related(desk, spokes[50]), len(related(desk, hub))) == ([], 50)


def test_one_list_returns_all_visible_related_tickets(desk: Desk) -> None:
    a, b, other, theirs = (desk.ticket()["ticketId"] for _ in range(4))
    desk.supervisor.put(f"/tickets/{theirs}/assign", {"agentId": desk.bruno.agent_id})

    def listed(person: Person, *wanted: str) -> set[str]:
        rows = person.get("/tickets", ticketId=",".join(wanted)).json["data"]
        return {row["ticketId"] for row in rows}

    wanted = (a, b, theirs, "TICKET-1999-000001")
    assert listed(desk.ana, *wanted) == {a, b}
    assert listed(desk.supervisor, *wanted) == {a, b, theirs}
    assert desk.ana.get("/tickets", ticketId="").json["data"] == []
    assert desk.ana.get("/tickets", ticketId=",".join([other] * 101)).status_code == 422
