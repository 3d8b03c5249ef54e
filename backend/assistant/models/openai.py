"""OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses)."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, cast

import httpx2
import openai

from backend.assistant.models import Answer, ModelFailed, is_storable
from backend.assistant.models.circuit import Circuit
from backend.common.documents import Document, utcnow

CALL_TIMEOUT = 30.0  # seconds; the client's own default is ten minutes
MAX_TRIES = 3  # at one call
FIRST_PAUSE = 0.5  # seconds between tries, twice as long each time, when the provider names none
MAX_OUTPUT_TOKENS = 2_000
MAX_BODY = 256 * 1024  # bytes of one answer; what the tokens above allow is a small part of it

# Failures that may pass on another try, and those of this one request alone.
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
_OWN_FAULT = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


class _CallFailed(Exception):
    """One try brought no body. `retry_after` in seconds, when the provider named it."""

    def __init__(
        self,
        reason: str,
        *,
        passing: bool = True,
        own_fault: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.passing = passing
        self.own_fault = own_fault
        self.retry_after = retry_after


class OpenAIModel:
    def __init__(
        self, api_key: str, base_url: str, model: str, timeout: float = CALL_TIMEOUT
    ) -> None:
        """`timeout` in seconds, for each try."""
        self.name = model
        self.circuit = Circuit()
        self._timeout = timeout
        # One client for the process: it keeps the connections. Tries are counted here, where the
        # run's own deadline is known.
        self._client = openai.OpenAI(api_key=api_key, base_url=base_url, max_retries=0)

    def respond(
        self, instructions: str, items: list[Document], tools: list[Document], deadline: float
    ) -> Answer:
        if not self.circuit.admits():
            raise ModelFailed("the provider keeps failing and is left alone for a while")
        request = {
            "model": self.name,
            "instructions": instructions,
            "input": items,
            "tools": tools,
            "max_output_tokens": MAX_OUTPUT_TOKENS,
            # The history is replayed from our own database, so the provider keeps nothing;
            # reasoning then travels encrypted with the items.
            "store": False,
            "include": ["reasoning.encrypted_content"],
        }
        try:
            body = self._ask_patiently(request, deadline)
        except _CallFailed as error:
            if not error.own_fault:
                self.circuit.failed(error.retry_after)
            raise ModelFailed(str(error)) from error
        self.circuit.succeeded()
        return _read(body)

    def _ask_patiently(self, request: Document, deadline: float) -> Any:
        """Try again what may pass, as long as the deadline allows."""
        for tries in range(1, MAX_TRIES + 1):
            try:
                return self._ask(request, min(self._timeout, deadline - time.monotonic()))
            except _CallFailed as error:
                pause = error.retry_after
                if pause is None:
                    jitter = random.uniform(0.75, 1)  # noqa: S311 - no secret
                    pause = FIRST_PAUSE * 2 ** (tries - 1) * jitter
                too_late = time.monotonic() + pause >= deadline
                if tries == MAX_TRIES or not error.passing or too_late:
                    raise
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _ask(self, request: Document, timeout: float) -> Any:
        """The parsed body of one try. The client bounds each wait for bytes; this, their sum."""
        until = time.monotonic() + timeout
        create = self._client.responses.with_streaming_response.create
        body = b""
        try:
            with create(**cast(Any, request), timeout=max(timeout, 0.001)) as response:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > MAX_BODY:
                        raise _CallFailed("the answer is too long", passing=False, own_fault=True)
                    if time.monotonic() > until:
                        raise _CallFailed(f"no answer within {timeout:.3g} s")
            return json.loads(body)
        except openai.APIStatusError as error:
            raise _refused(error) from error
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise _CallFailed(f"no answer within {timeout:.3g} s") from error
        except (ValueError, RecursionError) as error:  # a body that is not JSON
            raise _CallFailed("the provider's answer could not be read", passing=False) from error
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            name = type(error).__name__
            raise _CallFailed(f"the provider could not be reached ({name})") from error


def _refused(error: openai.APIStatusError) -> _CallFailed:
    status = error.status_code
    passing = status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return _CallFailed(
        f"the provider answered {status}",
        # OpenAI says so of what only looks as if it would pass, such as a spent quota.
        passing=passing and error.response.headers.get("x-should-retry") != "false",
        own_fault=status in _OWN_FAULT,
        retry_after=_retry_after(error.response.headers),
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from OpenAI's own header or the standard one (RFC 9110, 10.2.3)."""
    milliseconds, given = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds:
            seconds = float(milliseconds) / 1000
        elif given is None:
            return None
        elif given.strip().replace(".", "", 1).isdecimal():
            seconds = float(given)
        else:
            seconds = (parsedate_to_datetime(given) - utcnow()).total_seconds()
    except (ValueError, TypeError):  # a date without a zone cannot be compared
        return None
    return seconds if seconds > 0 else None


def _read(response: Any) -> Answer:
    """Judge an answer by what it holds: half an answer is none."""
    try:
        output = [_without_nulls(item) for item in response["output"]]
        status = response.get("status")
        details = response.get("incomplete_details") or {}
        texts, refused = _said(output)
        response_id = str(response["id"]) if response.get("id") else None
    except (AttributeError, KeyError, TypeError) as error:
        raise ModelFailed("the provider's answer could not be read") from error
    if not is_storable({"output": output, "id": response_id}):
        raise ModelFailed("the provider's answer could not be read")
    if status not in (None, "completed"):
        why = f" ({details['reason']})" if details.get("reason") else ""
        raise ModelFailed(f"the answer is {status}{why}"[:200])
    if refused:
        raise ModelFailed("the model refused to answer")
    return Answer(output, "".join(texts).strip(), response_id)


def _said(output: list[Document]) -> tuple[list[str], bool]:
    """The texts of an answer's messages, and whether the model refused."""
    parts = [
        part
        for item in output
        if item.get("type") == "message"
        for part in item.get("content") or []
    ]
    texts = [str(part["text"]) for part in parts if part.get("type") == "output_text"]
    return texts, any(part.get("type") == "refusal" for part in parts)


def _without_nulls(item: Document) -> Document:
    """An output item as it may be sent back: the API answers nulls that it does not take."""
    return {name: value for name, value in item.items() if value is not None}
