"""OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses)."""

from __future__ import annotations

from typing import Any, cast

import openai

from backend.ai.models import Answer, ModelFailed, is_storable
from backend.documents import Document

CALL_TIMEOUT = 30.0  # seconds; the client's own default is ten minutes
MAX_RETRIES = 2  # the client obeys Retry-After
MAX_OUTPUT_TOKENS = 2_000


class OpenAIModel:
    def __init__(
        self, api_key: str, base_url: str, model: str, timeout: float = CALL_TIMEOUT
    ) -> None:
        """`timeout` in seconds, for each try."""
        self.name = model
        self._timeout = timeout
        # One client for the process: it keeps the connections.
        self._client = openai.OpenAI(
            api_key=api_key, base_url=base_url, timeout=timeout, max_retries=MAX_RETRIES
        )

    def respond(self, instructions: str, items: list[Document], tools: list[Document]) -> Answer:
        try:
            response = self._client.responses.create(
                model=self.name,
                instructions=instructions,
                input=cast(Any, items),
                tools=cast(Any, tools),
                max_output_tokens=MAX_OUTPUT_TOKENS,
                # The history is replayed from our own database, so the provider keeps nothing;
                # reasoning then travels encrypted with the items.
                store=False,
                include=["reasoning.encrypted_content"],
            )
        except openai.APIStatusError as error:
            raise ModelFailed(f"the provider answered {error.status_code}") from error
        except openai.APITimeoutError as error:
            raise ModelFailed(f"no answer within {self._timeout:g} s") from error
        except openai.OpenAIError as error:
            raise ModelFailed(
                f"the provider could not be reached ({type(error).__name__})"
            ) from error
        except ValueError as error:  # a body that is not JSON
            raise ModelFailed("the provider's answer could not be read") from error
        return _read(response)


def _read(response: Any) -> Answer:
    """Judge an answer by what it holds: half an answer is none."""
    try:
        status = response.status
        output = [item.model_dump(mode="json", exclude_none=True) for item in response.output]
        text = str(response.output_text)
    except (AttributeError, TypeError) as error:
        raise ModelFailed("the provider's answer could not be read") from error
    if not is_storable({"output": output}):
        raise ModelFailed("the provider's answer could not be read")
    if status not in (None, "completed"):
        raise ModelFailed(f"the answer is {status}")
    refused = any(
        part.get("type") == "refusal"
        for item in output
        if item.get("type") == "message"
        for part in item.get("content", [])
    )
    if refused:
        raise ModelFailed("the model refused to answer")
    return Answer(output, text.strip(), response.id)
