"""Accepts web sockets without extensions, on any server and worker."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def without_extensions(application: WSGIApplication) -> WSGIApplication:
    """Refuse compression, which every browser offers.

    Each connection would compress each event itself, a third of the cost of an event to many.
    And a message could decompress to far more than a client is allowed to send.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return application(environ, start_response)

    return answer
