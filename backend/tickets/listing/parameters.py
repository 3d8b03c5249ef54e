"""The fields of query parameters that only the ticket list has."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate
from webargs.fields import DelimitedList

from backend.http.fields import DOCUMENT_ID
from backend.tickets.models import TICKET_ID

MAX_NAMED = 100  # tickets that a list is asked for by their ids


class CommaList(fields.Field[list[Any]]):
    """`a,b,c` of one enum."""

    def __init__(self, kind: type[StrEnum], **kwargs: Any) -> None:
        self.kind = kind
        values = "|".join(member.value for member in kind)
        super().__init__(
            metadata={
                "type": "string",
                "pattern": f"^({values})(,({values}))*$",
                "description": "One or several, comma-separated.",
            },
            **kwargs,
        )

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[StrEnum]:
        try:
            return [self.kind(part.strip()) for part in str(value).split(",")]
        except ValueError:
            raise ValidationError(
                f"Must be one of: {', '.join(member.value for member in self.kind)}."
            ) from None


def ticket_ids() -> fields.Field[Any]:
    one = fields.String(
        validate=validate.Regexp(
            f"{TICKET_ID}\\Z", error="Should be a ticket's id, for example TICKET-2026-000123."
        ),
        metadata={"pattern": f"^{TICKET_ID}$"},
    )
    return DelimitedList(
        one,
        validate=validate.Length(max=MAX_NAMED),
        metadata={"description": "Whole ids, comma-separated."},
    )


def assignee() -> fields.String:
    pattern = f"(me|unassigned|{DOCUMENT_ID})"
    return fields.String(
        validate=validate.Regexp(
            f"{pattern}\\Z", error="Should be `me`, `unassigned` or an agent's id."
        ),
        metadata={
            "description": "`me`, `unassigned` or an agent's id",
            "pattern": f"^{pattern}$",
        },
    )
