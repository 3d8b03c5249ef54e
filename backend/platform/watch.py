"""What a process looks after as long as it lives."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from pymongo.errors import InvalidOperation, PyMongoError

log = logging.getLogger(__name__)


def keep_watch(
    name: str, seconds: float, look: Callable[[], object], *, at_once: bool = False
) -> None:
    """Look every so often, whatever goes wrong in a look: nobody else would take up what it sees
    to. Ends with the database's client, once that is closed.

    `at_once`: also when the process starts, as somebody waits for what a dead one left.
    """
    if not at_once:
        time.sleep(seconds)
    while True:
        try:
            look()
        except InvalidOperation:
            return
        except PyMongoError as error:
            log.warning("the watch over %s: %s", name, type(error).__name__)
        except Exception:
            log.exception("the watch over %s", name)
        time.sleep(seconds)
