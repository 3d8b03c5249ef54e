"""Work that would block eventlet's hub."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def off_the_hub(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run in a real thread under eventlet, so that other greenlets keep running."""
    if "eventlet" not in sys.modules:
        return work(*args, **kwargs)
    from eventlet import patcher, tpool  # noqa: PLC0415 - only where it is in use already

    if not patcher.is_monkey_patched("thread"):
        return work(*args, **kwargs)
    result: R = tpool.execute(work, *args, **kwargs)
    return result
