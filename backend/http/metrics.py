"""Counts HTTP requests by route, method and status."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import Histogram

REQUESTS = Histogram(
    "mostrador_http_request_seconds",
    "HTTP requests by route, method and status",
    ("route", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0),
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def count_requests(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started_at = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        # The rule, not the path: ids would make a series of each ticket.
        route = request.url_rule.rule if request.url_rule else "none"
        elapsed = time.perf_counter() - g.started_at
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(route, method, response.status_code).observe(elapsed)
        return response
