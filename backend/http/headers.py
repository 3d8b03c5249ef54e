"""Security headers of every response, unless its route sets its own."""

from __future__ import annotations

from flask import Response, request

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # Browsers store no customer data on disk. And a cached ticket would be shown again at the same
    # version although time has changed its SLA state.
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    # If a browser shows data as a page, it must load and run nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
# For this host only: others of the same domain may have no TLS.
_OVER_TLS = "max-age=31536000"


def secure(response: Response) -> None:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = _OVER_TLS
