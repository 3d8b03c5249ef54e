"""Phone numbers as people and WhatsApp write them."""

from __future__ import annotations

import pytest

from backend.common.errors import ValidationFailed
from backend.customers.phones import canonical, e164, spellings


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("+52 55 1234 5678", "+525512345678"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+5215512345678", "+525512345678"),
        ("5215512345678", "+525512345678"),
        ("521 55 1234-5678", "+525512345678"),
        ("525512345678", "+525512345678"),
        ("+54 9 11 2345 6789", "+5491123456789"),
        ("5491123456789", "+5491123456789"),
        ("+54 11 15-2345-6789", "+5491123456789"),
        ("+54 11 2345-6789", "+541123456789"),
        ("+55 11 98765-4321", "+5511987654321"),
        ("+55 11 8765-4321", "+5511987654321"),
        ("551187654321", "+5511987654321"),
        ("+55 11 3234-5678", "+551132345678"),  # a landline has eight digits
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("573107000002", "+573107000002"),
    ],
)
def test_a_number_is_stored_in_e164(written: str, stored: str) -> None:
    assert e164(written) == stored
    assert e164(stored) == stored


@pytest.mark.parametrize(
    "written",
    ["600123456", "0034600123456", "55 1234 5678", "81987654321", "+52 1 55", "+12530000", "", "+"],
)
def test_a_number_without_a_country_code_is_refused(written: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        e164(written)
    message = "Phone numbers need a country code, for example +52 55 1234 5678."
    assert refused.value.extra["errors"] == {"phone": [message]}


@pytest.mark.parametrize(
    "same",
    [
        ("+525512345678", "+5215512345678"),
        ("+5511987654321", "+551187654321"),
        ("+5491123456789", "+541123456789"),
    ],
    ids=["Mexico", "Brazil", "Argentina"],
)
def test_the_spellings_of_a_number_are_one(same: tuple[str, str]) -> None:
    assert canonical(same[1]) == canonical(same[0]) == same[0]
    assert spellings(same[1]) == spellings(same[0]) == list(same)


@pytest.mark.parametrize("phone", ["+34600123456", "+551132345678", "+12125550123", "+5215512345"])
def test_other_numbers_have_one_spelling(phone: str) -> None:
    assert spellings(phone) == [phone]
