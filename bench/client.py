"""A minimal HTTP client, so that the server is measured and not the client."""

from __future__ import annotations

import json
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

API = "/api/v2"
TIMEOUT = 30  # seconds


class RequestFailed(Exception):
    """The server returned an error status or an incomplete response."""


class Client:
    """One keep-alive connection from the loopback address `source`."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self._connection = HTTPConnection(
            "127.0.0.1", port, timeout=TIMEOUT, source_address=(source, 0)
        )

    def send(self, method: str, path: str, body: Any = None, token: str | None = None) -> bytes:
        """Return the body of the response; paths are below /api/v2.

        Raises RequestFailed for status 400 and above and for an incomplete response.
        """
        headers = {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        self._connection.request(method, API + path, content, headers)
        try:
            response = self._connection.getresponse()
            answer = response.read()
        except HTTPException as error:
            raise RequestFailed(f"{method} {path}: {error!r}") from error
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise RequestFailed(f"{method} {path}: {response.status} {answer.decode()}")
        return answer

    def close(self) -> None:
        self._connection.close()


def log_in(port: int, email: str, password: str) -> str:
    """Return an access token."""
    client = Client(port)
    answer = client.send("POST", "/auth/login", {"email": email, "password": password})
    client.close()
    token: str = json.loads(answer)["accessToken"]
    return token
