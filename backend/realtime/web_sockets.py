"""How web sockets are accepted, whichever server and worker accepts them."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def without_extensions(application: WSGIApplication) -> WSGIApplication:
    """Take no offer of compression, which every browser makes.

    Each connection would compress each event anew: a third of what one event to many agents costs.
    What came in could also unpack to far more than a client is allowed to say.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return application(environ, start_response)

    return answer
