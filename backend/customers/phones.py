"""Phone numbers: one form for storing, one for comparing, and the spellings that occur.

Mobiles of some countries are written in several ways: WhatsApp keeps a 1 in Mexican numbers and
leaves out the ninth digit of Brazilian ones; in Argentina people leave out the 9 that follows +54.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import ValidationResult, is_possible_number_with_reason

from backend.common.errors import ValidationFailed

# A spelling that libphonenumber does not accept, and the number that is meant.
_REPAIRS = (
    (re.compile(r"\+521(\d{10})"), r"+52\1"),
    (re.compile(r"\+55(\d{2})([6-9]\d{7})"), r"+55\g<1>9\2"),
)
# The other spellings of a mobile in canonical form.
_SPELLINGS = (
    (re.compile(r"\+52(\d{10})"), r"+521\1"),
    (re.compile(r"\+55(\d{2})9([6-9]\d{7})"), r"+55\1\2"),
    (re.compile(r"\+549(\d{10})"), r"+54\1"),
)
_ARGENTINA = re.compile(r"\+54([^9]\d{9})")
_MIN_WITHOUT_PLUS = 12  # digits; fewer may be a number without its country code


def e164(text: str) -> str:
    """Return the number in E.164: `+34 600 12 34 56` and `tel:+34-600-123-456` as `+34600123456`.

    Raises ValidationFailed for what has no country code or is no number.
    """
    digits = re.sub(r"[\s().-]", "", text)
    if digits.isdecimal() and len(digits) >= _MIN_WITHOUT_PLUS:
        number = _repaired(f"+{digits}")
        if number is not None and phonenumbers.is_valid_number(number):
            return _formatted(number)
    number = _repaired(text)
    if number is None or not _is_possible(number):
        message = "Phone numbers need a country code, for example +52 55 1234 5678."
        raise ValidationFailed({"phone": [message]})
    return _formatted(number)


def canonical(phone: str) -> str:
    """Return the form by which E.164 numbers are compared, the same for all spellings of one."""
    for pattern, meant in _REPAIRS:
        phone = pattern.sub(meant, phone) if pattern.fullmatch(phone) else phone
    return _ARGENTINA.sub(r"+549\1", phone) if _ARGENTINA.fullmatch(phone) else phone


def spellings(phone: str) -> list[str]:
    """Return the ways in which an E.164 number is written, its canonical form first."""
    phone = canonical(phone)
    others = [
        pattern.sub(other, phone) for pattern, other in _SPELLINGS if pattern.fullmatch(phone)
    ]
    return [phone, *others]


def _repaired(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(number):
        return number
    return phonenumbers.parse(canonical(_formatted(number)), None)


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    """Without its area code a number is possible too, but nobody can be called by it."""
    return is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _formatted(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
