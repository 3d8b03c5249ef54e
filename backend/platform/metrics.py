"""What the process counts about itself, for Prometheus at /metrics.

No label holds what a caller chose: each new value would be stored until the process ends.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

EVENTS = Counter("mostrador_events", "Real-time events emitted", ("event",))
RUNS = Counter("mostrador_assistant_runs", "The assistant's runs by outcome", ("outcome",))
SENDS = Counter("mostrador_sends", "Messages sent by channel and outcome", ("channel", "outcome"))
JOBS = Counter("mostrador_jobs", "Job attempts by kind and outcome", ("kind", "outcome"))
SOCKETS_CLOSED = Counter("mostrador_sockets_closed", "Sockets refused or closed", ("reason",))
MODEL = Histogram(
    "mostrador_assistant_model_seconds",
    "Time a model took for one answer",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0),
)
