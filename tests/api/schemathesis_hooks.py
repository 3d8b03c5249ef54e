"""The rules of the API that no schema can express, for Schemathesis.

A request that fits its schema may still name a customer who is not there, a phone that no country
has, or a version that is gone. Such answers are no fault; each rule is named by what it answers.
"""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

RULES = (
    "A customer needs a phone or a WhatsApp user id.",
    "A ticket cannot be related to itself.",
    "Is not proven for a web visitor. Create a separate customer for it.",
    "Is not a cursor of this list. Use the nextCursor of a page.",
    "Is required for this category.",
    "Is required without a session.",
    "Phone numbers need a country code",
    "Reaches up to 10000 results. Use cursor for more.",
    "Reaches up to 500 results. Use cursor for more.",  # of a search
    "The file is empty.",
    "Not an active agent.",
    "Not a conversation of this customer.",
    "Customer not found.",
    "There is no ticket ",
    "Was used for a ticket with different fields. Use a new key.",
    "Should be an IANA time zone, such as America/Mexico_City.",
    'Should be a version in quotes, such as "3".',  # Schemathesis drops the quotes of the pattern
)


@schemathesis.hook
def filter_failure(_context: Any, failure: Any, _case: Any, response: Any) -> bool:
    """Return whether no rule explains the failure."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    if response.status_code == 412:
        return False
    problems = [text for field in response.json().get("errors", {}).values() for text in field]
    return not problems or not all(str(problem).startswith(RULES) for problem in problems)
