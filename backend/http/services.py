"""Finds the services of the current application by their class."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from flask import Flask, current_app

EXTENSION = "mostrador"

S = TypeVar("S")


def register(app: Flask, *services: object) -> None:
    app.extensions[EXTENSION] = {type(each): each for each in services}


def service(kind: type[S]) -> S:
    """Return the current application's service of this class."""
    found: dict[type, Any] = current_app.extensions[EXTENSION]
    return cast(S, found[kind])
