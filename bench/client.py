"""HTTP as light as it gets, so that what is measured is the server and not its client."""

from __future__ import annotations

import json
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

API = "/api/v2"
TIMEOUT = 30  # seconds


class RequestFailed(Exception):
    """The server answered with an error status, or not to the end."""


class Client:
    """One keep-alive connection; `source` is the loopback address that it comes from."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self._connection = HTTPConnection(
            "127.0.0.1", port, timeout=TIMEOUT, source_address=(source, 0)
        )

    def send(self, method: str, path: str, body: Any = None, token: str | None = None) -> bytes:
        """The answer's body; paths are below /api/v2. Raises RequestFailed for 400 and above and
        for an answer that is cut off.
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
    """An access token."""
    client = Client(port)
    answer = client.send("POST", "/auth/login", {"email": email, "password": password})
    client.close()
    token: str = json.loads(answer)["accessToken"]
    return token
