"""Checks responses against the OpenAPI specification of the application."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_BASE = "urn:openapi"
_WITHOUT_BODY = (204, 304)

_formats = FormatChecker(formats=())


@_formats.checks("date-time")
def _is_utc(value: object) -> bool:
    """The API's times are in UTC, to the millisecond."""
    return not isinstance(value, str) or bool(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)
    )


class Specification:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry().with_resource(_BASE, resource)
        # The most literal path first, as the router has it.
        self._paths = sorted(document["paths"], key=lambda path: path.count("{"))
        self._validator = cache(self._make_validator)

    def violations(self, method: str, path: str, answer: Any) -> list[str]:
        """Return the violations of a response; none for undocumented paths and methods."""
        described = self._describe(method, path)
        if described is None:
            return []
        where, operation = described
        status = answer.status_code
        response = operation["responses"].get(str(status))
        if response is None:
            return [f"{method} {path}: {status} is not described: {answer.text}"]
        if "$ref" in response:
            where = response["$ref"]
            response = self._resolve(where)
        else:
            where += f"/responses/{status}"
        found = [
            f"{method} {path}: {status} without the header {name}"
            for name in response.get("headers", {})
            if name not in answer.headers and name != "Idempotency-Replayed"
        ]
        if status in _WITHOUT_BODY:
            return found
        kind = answer.headers["Content-Type"].partition(";")[0]
        content = response.get("content", {})
        # A file has its own type; it is described by the general one.
        if kind not in content and "*/*" not in content:
            return [*found, f"{method} {path}: {status} with the content type {kind}"]
        if "json" in kind and kind in content:
            where += f"/content/{_escape(kind)}/schema"
            for error in self._validator(where).iter_errors(answer.json):
                at = "/".join(map(str, error.absolute_path))
                found.append(f"{method} {path}: {status} at {at or 'the top'}: {error.message}")
        return found

    def _describe(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        for template in self._paths:
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                operation = self.document["paths"][template].get(method.lower())
                if operation is not None:
                    return f"#/paths/{_escape(template)}/{method.lower()}", operation
                return None
        return None

    def _resolve(self, ref: str) -> Any:
        found: Any = self.document
        for part in ref.removeprefix("#/").split("/"):
            found = found[part]
        return found

    def _make_validator(self, where: str) -> Validator:
        return Draft202012Validator(
            {"$ref": _BASE + where}, registry=self._registry, format_checker=_formats
        )


def _escape(part: str) -> str:
    """A part of a JSON pointer (RFC 6901) in a URI fragment."""
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


_specifications: list[Specification] = []


def specification(fetch: Callable[[], dict[str, Any]]) -> Specification:
    """The specification of the code under test: the same for every application in a run."""
    if not _specifications:
        _specifications.append(Specification(fetch()))
    return _specifications[0]
