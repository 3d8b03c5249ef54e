"""What every answer tells browsers, unless its route said something of its own."""

from __future__ import annotations

from flask import Response, request

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # What customers said stays on no disk of a browser's; and a ticket that it kept would be shown
    # again at the same version when the clock has moved its SLA state on.
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    # Data is no page: should a browser show it as one, it loads and runs nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
# For this host alone: others of the same domain may have no TLS.
_OVER_TLS = "max-age=31536000"


def secure(response: Response) -> None:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = _OVER_TLS
