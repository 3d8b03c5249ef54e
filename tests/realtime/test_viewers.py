"""Viewers and typing indicators of a ticket, sent only to its other viewers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from backend.common.documents import Db
from tests.desk import Person, wait_for
from tests.live import Listener, LiveDesk

NONSENSE: tuple[object, ...] = (None, [], 7, "x", {}, {"ticketId": None}, {"ticketId": {"$gt": ""}})


def looks(listener: Listener, ticket: Any, name: str = "view_ticket", **more: Any) -> Any:
    return listener.client.call(name, {"ticketId": ticket["ticketId"], **more})


def seen_by(listener: Listener, ticket: Any) -> list[Any]:
    """The people of the latest event."""
    heard = listener.heard("ticket_viewers", ticketId=ticket["ticketId"])
    return heard[-1]["viewers"] if heard else []


def shows(listener: Listener, ticket: Any, *people: tuple[Person, bool]) -> None:
    """Wait until the latest event names these people, and whether each is typing."""
    expected = {(person.agent_id, typing) for person, typing in people}
    wait_for(
        lambda: {(one["agentId"], one["typing"]) for one in seen_by(listener, ticket)} == expected
    )


def test_viewers_see_each_other(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    ana, bruno, admin = (desk.listen(who) for who in (desk.ana, desk.bruno, desk.admin))
    assert looks(ana, ticket) == {"ok": True}
    shows(ana, ticket, (desk.ana, False))
    looks(bruno, ticket)
    shows(ana, ticket, (desk.ana, False), (desk.bruno, False))
    looks(bruno, ticket, "note_typing", typing=True)
    shows(ana, ticket, (desk.ana, False), (desk.bruno, True))
    looks(bruno, ticket, "note_typing", typing=False)
    shows(ana, ticket, (desk.ana, False), (desk.bruno, False))
    looks(bruno, ticket, "leave_ticket")
    shows(ana, ticket, (desk.ana, False))
    desk.settle(admin)
    assert admin.heard("ticket_viewers") == []


def test_a_closed_window_is_reported(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    ana, first, second = desk.listen(desk.ana), desk.listen(desk.bruno), desk.listen(desk.bruno)
    for window in (ana, first, second):
        looks(window, ticket)
    shows(ana, ticket, (desk.ana, False), (desk.bruno, False))
    assert len(seen_by(ana, ticket)) == 2
    first.close()
    second.close()
    shows(ana, ticket, (desk.ana, False))


def test_nobody_can_view_an_invisible_ticket(desk: LiveDesk) -> None:
    ticket = desk.ticket(assignedTo=desk.ana.agent_id)
    ana, bruno, visitor = (
        desk.listen(desk.ana),
        desk.listen(desk.bruno),
        desk.listen(desk.visitor()),
    )
    looks(ana, ticket)
    missing = {"ticketId": "TICKET-1999-000001"}
    refused = looks(bruno, ticket)
    assert refused == looks(bruno, missing)
    assert refused["ok"] is False
    for name in ("view_ticket", "note_typing", "leave_ticket"):
        assert looks(visitor, ticket, name)["ok"] is False
    shows(ana, ticket, (desk.ana, False))
    desk.settle(ana, bruno)
    assert bruno.heard("ticket_viewers") == visitor.heard() == []


def test_an_agent_who_loses_visibility_is_no_longer_a_viewer(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    ana, bruno = desk.listen(desk.ana), desk.listen(desk.bruno)
    looks(ana, ticket)
    looks(bruno, ticket)
    shows(bruno, ticket, (desk.ana, False), (desk.bruno, False))
    desk.supervisor.put(f"/tickets/{ticket['ticketId']}/assign", {"agentId": desk.ana.agent_id})
    desk.settle(ana, bruno)
    bruno.forget()
    looks(ana, ticket, "note_typing", typing=True)
    shows(ana, ticket, (desk.ana, True))
    desk.settle(bruno)
    assert bruno.heard("ticket_viewers") == []


def test_repeated_socket_messages_read_nothing(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    visitor = desk.visitor()
    typing = {"conversationId": visitor.conversation_id}
    ana = desk.listen(desk.ana)
    looks(ana, ticket)
    with reads(desk.db, "tickets", "viewers", "conversations") as commands:
        assert looks(ana, ticket) == {"ok": True}
        assert ana.client.call("conversation_typing", typing) == {"ok": True}
        first = len(commands())
        for _ in range(10):
            assert looks(ana, ticket) == {"ok": True}
            assert ana.client.call("conversation_typing", typing) == {"ok": True}
        desk.settle(ana)
        assert len(commands()) - first < 10  # more than a second may have passed


def test_viewing_reads_no_whole_ticket(desk: LiveDesk) -> None:
    ticket = desk.ticket()
    ana, bruno = desk.listen(desk.ana), desk.listen(desk.bruno)
    looks(bruno, ticket)
    with reads(desk.db, "tickets") as commands:
        looks(ana, ticket)
        looks(ana, ticket, "note_typing", typing=True)
        shows(bruno, ticket, (desk.ana, True), (desk.bruno, False))
        assert commands()
        assert all(command["projection"] == {"assignedTo": True} for command in commands())


@contextmanager
def reads(db: Db, *collections: str) -> Iterator[Callable[[], list[Any]]]:
    """Record the reads of these collections, and return those so far."""
    db.command("profile", 2)
    spaces = [f"{db.name}.{name}" for name in collections]

    def commands() -> list[Any]:
        found = db["system.profile"].find({"op": "query", "ns": {"$in": spaces}})
        return [entry["command"] for entry in found]

    try:
        yield commands
    finally:
        db.command("profile", 0)
        db["system.profile"].drop()


def test_nonsense_is_refused_and_breaks_nothing(desk: LiveDesk) -> None:
    ana = desk.listen(desk.ana)
    for name in ("view_ticket", "note_typing", "leave_ticket"):
        for nonsense in NONSENSE:
            assert ana.client.call(name, nonsense)["ok"] is False
    for odd in ("", "x" * 5_000, "\u0000", "$where", "\ud83d"):
        assert ana.client.call("view_ticket", {"ticketId": odd})["ok"] is False
    for name in ("view_ticket", "authenticate", "conversation_typing"):
        assert ana.client.call(name, (None, "more", "than", "is taken"))["ok"] is False
    desk.settle(ana)
