"""What the process counts about itself, for Prometheus at /metrics.

No label holds what a caller chose: each new value would be stored until the process ends.
"""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

REQUESTS = Histogram(
    "mostrador_http_request_seconds",
    "HTTP requests by route, method and status",
    ("route", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0),
)
EVENTS = Counter("mostrador_events", "Real-time events emitted", ("event",))
RUNS = Counter("mostrador_assistant_runs", "The assistant's runs by outcome", ("outcome",))
SENDS = Counter("mostrador_sends", "Messages sent by channel and outcome", ("channel", "outcome"))
JOBS = Counter("mostrador_jobs", "Job attempts by kind and outcome", ("kind", "outcome"))
MODEL = Histogram(
    "mostrador_assistant_model_seconds",
    "Time a model took for one answer",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0),
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
