"""Stored documents become the JSON that a schema declares, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import NotRequired, TypedDict

import pytest
from marshmallow import fields

from backend.http.fields import Schema, out
from backend.http.representations import Representation

NOON = datetime(2026, 11, 30, 12, 0, 0, 123000, tzinfo=UTC)


class Wheel(TypedDict):
    size: int
    maker: str


class Gear(TypedDict):
    tooth: str
    madeAt: datetime


class Bicycle(TypedDict):
    _id: str
    name: str | None
    wheels: list[Wheel]
    gear: Gear | None
    tags: list[str]
    builtAt: datetime
    lock: NotRequired[Gear]
    secret: str


class WheelView(Schema):
    size = out(fields.Integer)


class GearView(Schema):
    tooth_ = out(fields.String, data_key="tooth")
    madeAt = out(fields.DateTime)


class BicycleView(Schema):
    bicycleId = out(fields.String, attribute="_id")
    name = out(fields.String, nullable=True)
    wheels = out(fields.List, fields.Nested(WheelView))
    gear = out(fields.Nested, GearView, nullable=True)
    tags = out(fields.List, fields.String())
    builtAt = out(fields.DateTime)
    lock = fields.Nested(GearView)
    ageInDays = out(fields.Integer, compute=lambda bicycle, now: (now - bicycle["builtAt"]).days)


bicycle_view = Representation(BicycleView, of=Bicycle)


def a_bicycle() -> Bicycle:
    return {
        "_id": "b1",
        "name": None,
        "wheels": [{"size": 28, "maker": "hidden"}, {"size": 26, "maker": "hidden"}],
        "gear": {"tooth": "x", "madeAt": NOON},
        "tags": ["red"],
        "builtAt": NOON,
        "secret": "hidden",
    }


def test_declared_fields_are_returned_under_their_declared_names() -> None:
    assert bicycle_view(a_bicycle(), NOON + timedelta(days=3)) == {
        "bicycleId": "b1",
        "name": None,
        "wheels": [{"size": 28}, {"size": 26}],
        "gear": {"tooth": "x", "madeAt": "2026-11-30T12:00:00.123Z"},
        "tags": ["red"],
        "builtAt": "2026-11-30T12:00:00.123Z",
        "ageInDays": 3,
    }


def test_a_part_may_be_null() -> None:
    assert bicycle_view({**a_bicycle(), "gear": None}, NOON)["gear"] is None


def test_an_optional_field_is_shown_when_it_is_there() -> None:
    locked: Bicycle = {**a_bicycle(), "lock": {"tooth": "y", "madeAt": NOON}}
    assert bicycle_view(locked, NOON)["lock"]["tooth"] == "y"
    assert "lock" not in bicycle_view(a_bicycle(), NOON)


def test_times_are_in_utc() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-6)))
    view = bicycle_view({**a_bicycle(), "builtAt": elsewhere}, NOON)
    assert view["builtAt"] == "2026-11-30T12:00:00.123Z"


def test_the_same_fields_as_marshmallow_describes() -> None:
    assert bicycle_view(a_bicycle(), NOON).keys() == {
        field.data_key or name for name, field in BicycleView().fields.items() if field.required
    }


def test_a_misspelt_field_is_found_at_import() -> None:
    class Misspelt(Schema):
        nmae = out(fields.String)

    with pytest.raises(TypeError, match=r"Misspelt\.nmae: Bicycle has no field 'nmae'"):
        Representation(Misspelt, of=Bicycle)


def test_a_misspelt_field_of_a_part_is_found_at_import() -> None:
    class MisspeltGear(Schema):
        teeth = out(fields.String)

    class Misspelt(Schema):
        gear = out(fields.Nested, MisspeltGear, nullable=True)

    with pytest.raises(TypeError, match=r"MisspeltGear\.teeth: Gear has no field 'teeth'"):
        Representation(Misspelt, of=Bicycle)
