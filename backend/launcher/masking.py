"""The mask that browsers put on what they send over a web socket (RFC 6455, 5.3)."""

from __future__ import annotations


def unmask(data: bytes, mask: tuple[int, ...], length: int | None = None, offset: int = 0) -> bytes:
    """XOR the data with the mask, which repeats from `offset`."""
    length = len(data) if length is None else length
    start = offset % 4
    key = bytes(mask[start:] + mask[:start]) * (length // 4 + 1)
    masked = int.from_bytes(data[:length], "little") ^ int.from_bytes(key[:length], "little")
    return masked.to_bytes(length, "little")
