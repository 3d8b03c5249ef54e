"""What is refused before anything reads the request, whatever it asks for."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from backend.settings import Settings

# True in the environment of a request that came with forwarding headers and no trusted proxy.
FORWARDED = "mostrador.forwarded"

_HOST = re.compile(r"(?P<name>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)
_BELIEVED = {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"}  # from trusted proxies
_FORWARDING = {
    *_BELIEVED,
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_REAL_IP",
}


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class Edge:
    """Lets requests through that name a host of this desk, without headers of untrusted proxies.

    A page of another site whose name suddenly leads here (DNS rebinding) still names its own host.
    """

    def __init__(self, application: WSGIApplication, settings: Settings) -> None:
        self._application = application
        self._settings = settings
        self._proxies = settings.trusted_proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            self._check_host(environ.get("HTTP_HOST", ""))
            if self._settings.demo_on:
                self._refuse_forwarded(environ)
        except _Refused as refused:
            return _answer(refused, start_response)
        environ[FORWARDED] = not self._proxies and not _FORWARDING.isdisjoint(environ)
        for name in _FORWARDING - _BELIEVED if self._proxies else _FORWARDING:
            environ.pop(name, None)
        return self._application(environ, start_response)

    def _check_host(self, host: str) -> None:
        match = _HOST.fullmatch(host)  # the server joins several with commas
        if match is None:
            raise _Refused(HTTPStatus.BAD_REQUEST, "bad_request", "One Host header is required.")
        if not is_own_host(match["name"], self._settings):
            raise _Refused(
                HTTPStatus.BAD_REQUEST,
                "bad_request",
                "This host name is not allowed. Set PUBLIC_URL to the address of the desk.",
            )

    def _refuse_forwarded(self, environ: WSGIEnvironment) -> None:
        hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        others = _FORWARDING - _BELIEVED if self._proxies else _FORWARDING
        if len(hops) > max(1, self._proxies) or not others.isdisjoint(environ):
            raise _Refused(
                HTTPStatus.FORBIDDEN,
                "forbidden",
                "Demo mode refuses forwarded requests, because its passwords are public.",
            )


def is_own_host(name: str, settings: Settings) -> bool:
    """Whether a host name, without its port, leads to this desk and not to another site.

    Loopback names always do, and the host of PUBLIC_URL. Without PUBLIC_URL, so does HOST; where
    that stands for any address of the machine, each address does, but no name.
    """
    name = name.lower().rstrip(".").strip("[]")
    address = _address(name)
    if name == "localhost" or name.endswith(".localhost") or (address and address.is_loopback):
        return True
    if settings.public_url:
        return name == urlsplit(settings.public_url).hostname
    if settings.demo_on:
        return False
    own = _address(settings.host)
    return address is not None if own and own.is_unspecified else name == settings.host.lower()


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _answer(refused: _Refused, start_response: StartResponse) -> Iterable[bytes]:
    problem = {
        "type": "about:blank",
        "title": refused.status.phrase,
        "status": refused.status.value,
        "detail": refused.detail,
        "code": refused.code,
        "requestId": "",
    }
    headers = [
        ("Content-Type", "application/problem+json"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    body = json.dumps(problem).encode()
    headers.append(("Content-Length", str(len(body))))
    start_response(f"{refused.status.value} {refused.status.phrase}", headers)
    return [body]
