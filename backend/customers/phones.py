"""Phones in E.164, the one form in which they are stored and compared."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import ValidationResult, is_possible_number_with_reason

from backend.common.errors import ValidationFailed


def e164(text: str) -> str:
    """`+34 600 12 34 56` → `+34600123456`. Raises ValidationFailed for anything else."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        number = None
    # Also without the area code a number is possible, but nobody can be called by it.
    if number is None or is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise ValidationFailed({"phone": ["Should be a phone with its country, such as +34…"]})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def whatsapp_phone(digits: str) -> str:
    """WhatsApp's way to write a phone → E.164. Whatever it is, WhatsApp knows it: never refused."""
    try:
        # Mexican mobiles keep there the 1 that was dropped from their numbers in 2019.
        return e164("+52" + digits[3:] if re.fullmatch(r"521\d{10}", digits) else f"+{digits}")
    except ValidationFailed:
        return f"+{digits}"
