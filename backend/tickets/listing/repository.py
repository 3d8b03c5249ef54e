"""Reads and counts lists of tickets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from backend.common import counting
from backend.common.counting import RecentCounts, count_matches, count_up_to
from backend.common.cursors import Order
from backend.common.documents import Db, Document
from backend.common.paging import Found, Page, find_page, found_page, read_page
from backend.common.reading import Reading, all_of, walk
from backend.customers.models import TicketCounts
from backend.tickets.listing import export, plan, search
from backend.tickets.listing.filters import ASSIGNEE, with_status
from backend.tickets.listing.indexes import SORT_FIELDS
from backend.tickets.listing.query import ListQuery
from backend.tickets.listing.search import MAX_HITS, RELEVANCE, Hits, Search
from backend.tickets.models import OPEN_STATUSES, Status, TicketDocument, ticket_of
from backend.tickets.schemas import NOT_IN_ROWS

ROW = dict.fromkeys((*NOT_IN_ROWS, "provenance"), False)
# What an export reads: its cells, and by which it goes on from batch to batch.
EXPORTED = dict.fromkeys((*export.FIELDS, *SORT_FIELDS.values()), True)

_STATUSES = [status.value for status in Status]  # by rank

Counts = dict[str, int]
Metric = tuple[str, ...]


def order_of(sort: str) -> Order:
    return Order(SORT_FIELDS[sort.removeprefix("-")], sort.startswith("-"), tiebreak="number")


class TicketLists:
    def __init__(self, db: Db) -> None:
        self._tickets = db["tickets"]
        self._sizes = RecentCounts()

    def page(self, query: ListQuery, sort: str, page: Page) -> Found[TicketDocument]:
        """Return one page of a list."""
        order = order_of(sort)
        reading = plan.in_order(query, order.field)
        if plan.is_in_order(query, order.field):
            return _tickets_of(
                find_page(self._tickets, reading, order, page, ROW, lambda: self._count(query))
            )
        total = self._count(query)
        if self._is_sorted(query, total, page):
            reading = self._smallest(plan.to_sort(query))
        rows = read_page(self._tickets, reading, order, page, ROW)
        return _tickets_of(found_page(rows, total, order, page))

    def first(self, query: ListQuery, sort: str, limit: int) -> list[TicketDocument]:
        """Return the first rows of a short list, which is not counted."""
        order, reading = order_of(sort), Reading([query.conditions])
        found = reading.find(self._tickets, order, {}, projection=ROW, limit=limit)
        return cast(list[TicketDocument], found)

    def hits(
        self, sought: Search, query: ListQuery, sort: str | None, page: Page
    ) -> Found[TicketDocument]:
        """Return one page of a search, by relevance without `sort`."""
        order = order_of(sort) if sort else RELEVANCE
        hits = self._hits(sought, query)
        stages = [
            {"$match": page.after(order)},
            {"$sort": dict(order.keys)},
            {"$skip": page.skip(MAX_HITS)},
            {"$limit": page.limit + 1},
        ]
        facet = {"$facet": {"places": stages, "counted": [{"$count": "total"}]}}
        [ranked] = self._tickets.aggregate([*hits.stages, facet])
        total = ranked["counted"][0]["total"] if ranked["counted"] else 0
        found = found_page(
            ranked["places"], total, order, page, most=MAX_HITS, complete=hits.complete
        )
        return Found(self._rows(found.documents, query), found.pagination)

    def count_by_status(self, query: ListQuery, sought: Search | None) -> tuple[Counts, bool]:
        """Count by status as far as a list's total is counted, and say whether that is all."""
        by_status: Document = {"$group": {"_id": "$statusRank", "count": {"$sum": 1}}}
        if sought:
            most, hits = MAX_HITS, self._hits(sought, query)
            counted = list(self._tickets.aggregate([*hits.stages, by_status]))
            complete = hits.complete
        else:
            most, complete = counting.MAX_COUNTED, True
            stages = [{"$limit": most + 1}, by_status]
            counted = self._smallest(plan.to_sort(query)).aggregate(self._tickets, stages)
        counts = {_STATUSES[group["_id"]]: group["count"] for group in counted}
        return counts, complete and sum(counts.values()) <= most

    def walk(
        self, query: ListQuery, sort: str, sought: Search | None = None
    ) -> Iterator[list[TicketDocument]]:
        """Yield every match in batches."""
        order = order_of(sort)
        if sought:
            reading = Reading([query.conditions, sought.anything])
        else:
            reading = plan.in_order(query, order.field)
        for batch in walk(self._tickets, reading, order, EXPORTED):
            yield [ticket_of(stored) for stored in batch]

    def count_each(self, scope: Document, filters: dict[Metric, Document]) -> dict[Metric, int]:
        """Count what each of the filters selects within a scope, in one request."""
        stages: list[list[Document]] = [
            [{"$match": all_of([scope, one])}, {"$count": "count"}, {"$set": {"place": place}}]
            for place, one in enumerate(filters.values())
        ]
        first, *others = stages
        unions = ({"$unionWith": {"coll": self._tickets.name, "pipeline": one}} for one in others)
        found = self._tickets.aggregate([*first, *unions])
        counted = {group["place"]: group["count"] for group in found}
        return {metric: counted.get(place, 0) for place, metric in enumerate(filters)}

    def count_open_of(self, agent_id: str) -> int:
        query = ListQuery.of({ASSIGNEE: {"$in": [agent_id]}}, with_status(*OPEN_STATUSES))
        stages: list[Document] = [{"$count": "count"}]
        counted = self._smallest(plan.to_count(query)).aggregate(self._tickets, stages)
        return sum(group["count"] for group in counted)

    def count_by_customer(
        self, customer_ids: list[str], visible: Document
    ) -> dict[str, TicketCounts]:
        """Count the total and the open tickets of each customer who has any."""
        still_open = {"$cond": [{"$in": ["$status", list(OPEN_STATUSES)]}, 1, 0]}
        counted = self._tickets.aggregate(
            [
                {"$match": {"customer.customerId": {"$in": customer_ids}, **visible}},
                {
                    "$group": {
                        "_id": "$customer.customerId",
                        "totalTickets": {"$sum": 1},
                        "openTickets": {"$sum": still_open},
                    }
                },
            ]
        )
        return {group.pop("_id"): cast(TicketCounts, group) for group in counted}

    # --- how a query is read --------------------------------------------------------------

    def _count(self, query: ListQuery) -> int:
        return count_matches(self._tickets, self._smallest(plan.to_count(query)), query.key)

    def _count_up_to(self, query: ListQuery, most: int) -> int:
        return count_up_to(self._tickets, self._smallest(plan.to_count(query)), most, query.key)

    def _smallest(self, candidates: list[plan.Candidate]) -> Reading:
        """Return the reading that reads the fewest entries."""
        if len(candidates) == 1:
            return candidates[0][0]
        return min(candidates, key=lambda one: self._size(*one))[0]

    def _size(self, reading: Reading, part: ListQuery) -> int:
        """Return about how many tickets a part of a query selects; beyond a bound, just more."""
        return self._sizes.get_or_count(
            part.key,
            lambda: plan.size_of(part, reading).count(self._tickets, counting.MAX_COUNTED + 1),
        )

    def _is_sorted(self, query: ListQuery, total: int, page: Page) -> bool:
        if total <= plan.FEW:
            return True
        if total > counting.MAX_COUNTED:
            return False
        wanted = page.skip(counting.MAX_COUNTED) + page.limit + 1
        return plan.is_sorted(query, total, wanted, self._tickets.estimated_document_count())

    # --- search ---------------------------------------------------------------------------

    def _hits(self, sought: Search, query: ListQuery) -> Hits:
        tickets, conditions = self._tickets.name, query.conditions
        if not sought.words:
            return sought.by_number(tickets, conditions)
        lead, frequency = self._rarest(sought.words_to_count)
        if frequency <= search.MAX_LED:
            return sought.led_by(lead, conditions)
        if self._count_up_to(query, search.MAX_RECENT) <= search.MAX_RECENT:
            return sought.among_recent(conditions)
        return sought.among_many(tickets, lead, conditions)

    def _rarest(self, words: list[str]) -> tuple[str, int]:
        """Return the first word that occurs in the fewest tickets, and in how many; beyond MAX_LED
        frequencies are not told apart.
        """
        rarest, fewest = words[0], search.MAX_LED + 1
        for word in words:
            containing = Reading([{"$text": {"$search": word}}])
            frequency = count_up_to(self._tickets, containing, fewest - 1)
            if frequency < fewest:
                rarest, fewest = word, frequency
            if not fewest:
                break
        return rarest, fewest

    def _rows(self, places: list[Document], query: ListQuery) -> list[TicketDocument]:
        """Return the rows in the order of their places."""
        ids = [place["_id"] for place in places]
        # With the conditions again, as a ticket may have changed meanwhile.
        rows = self._tickets.find(all_of([{"_id": {"$in": ids}}, query.conditions]), ROW)
        by_id = {row["_id"]: ticket_of(row) for row in rows}
        return [by_id[one] for one in ids if one in by_id]


def _tickets_of(found: Found[Document]) -> Found[TicketDocument]:
    return Found([ticket_of(stored) for stored in found.documents], found.pagination)
