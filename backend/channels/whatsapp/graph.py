"""Sends texts through the WhatsApp Cloud API.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2

from backend.channels.base import Failed, Retry, SendResult, Sent
from backend.channels.whatsapp.words import failure_in_words
from backend.common.documents import Document, utcnow
from backend.conversations.models import Address
from backend.settings import Locale, WhatsAppSettings

MAX_BODY = 4_096  # characters of one text
NOT_ALLOWED = "131030"  # Meta's code: the recipient is not on a test account's list
# Seconds a call may take, step by step.
TIMEOUT = httpx2.Timeout(connect=3, write=3, read=8, pool=1)
# When the answer is lost, WhatsApp may have the message: its report that it was sent, which comes
# within seconds, settles that before it would be sent again.
REPORTS_WITHIN = timedelta(seconds=16)
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)

# Meta's codes for what passes: slow down, try again later. And for an access token that is not
# accepted, as that is repaired within hours and the messages should not be lost for it.
_PASSING = {1, 2, 4, 80007, 130429, 131000, 131016, 131056, 133004, 133016}
_TOKEN = {0, 3, 10, 190, 200}

_FOREVER = 10**9  # seconds; much more would be past the last date there is

_UNREACHED = {
    Locale.ES: "WhatsApp no responde; se volverá a intentar",
    Locale.EN: "WhatsApp does not answer; it will be tried again",
}


class Graph:
    def __init__(self, settings: WhatsAppSettings, locale: Locale) -> None:
        self._url = f"{settings.api_url}/{settings.phone_number_id}/messages"
        self._locale = locale
        # One client for the process: it keeps the connections.
        self._http = httpx2.Client(
            timeout=TIMEOUT, headers={"Authorization": f"Bearer {settings.access_token}"}
        )

    def send_text(self, address: Address, body: str, reference: str | None) -> SendResult:
        """Send a text. `address` is `{to: phone}` or `{recipient: user id}`; the statuses of the
        message repeat the reference.
        """
        message: Document = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **address,
            "type": "text",
            "text": {"body": body},
        }
        if reference is not None:
            message["biz_opaque_callback_data"] = reference
        try:
            response = self._http.post(self._url, json=message)
        except httpx2.HTTPError as error:
            again_after = None if isinstance(error, _NOT_SENT) else REPORTS_WITHIN
            return Retry(_UNREACHED[self._locale], again_after)
        answer = _json(response)
        if response.is_success:
            return Sent(_message_id(answer))
        return self._failure(response, answer)

    def _failure(self, response: httpx2.Response, answer: Document) -> Retry | Failed:
        error = answer.get("error")
        error = error if isinstance(error, dict) else {}
        code, status = error.get("code"), response.status_code
        if not error and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            reason = _UNREACHED[self._locale]
        else:
            reason = failure_in_words([error or {"code": status}], self._locale)
        passes = (
            status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
            or status == HTTPStatus.UNAUTHORIZED
            or status >= HTTPStatus.INTERNAL_SERVER_ERROR
            or (isinstance(code, int) and code in _PASSING | _TOKEN)
            or error.get("is_transient") is True
        )
        if passes:
            return Retry(reason, _retry_after(response.headers.get("Retry-After", "")))
        return Failed(reason, str(code))


def _retry_after(header: str) -> timedelta | None:
    """Seconds or a date (RFC 9110, 10.2.3); None for anything else."""
    try:
        if header.strip().isdecimal():
            return timedelta(seconds=min(int(header), _FOREVER))
        return max(parsedate_to_datetime(header) - utcnow(), timedelta())
    except (ValueError, TypeError, OverflowError):
        return None


def _json(response: httpx2.Response) -> Document:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _message_id(answer: Document) -> str:
    try:
        wamid = answer["messages"][0]["id"]
    except (LookupError, TypeError):
        return ""
    return wamid if isinstance(wamid, str) else ""
