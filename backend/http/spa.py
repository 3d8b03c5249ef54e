"""Serves the built SPA: hashed files are cached for ever, others revalidated; one nonce a page."""

from __future__ import annotations

import mimetypes
import re
import secrets
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.routing import PathConverter

DIST = Path(__file__).resolve().parents[2] / "frontend" / "dist" / "mostrador" / "browser"

WIDGET = "widget.js"  # the web chat, which other sites embed

_HASHED = re.compile(r"-[A-Za-z0-9]{8}\.\w+$")
_IMMUTABLE = "public, max-age=31536000, immutable"


class _PagePath(PathConverter):
    """Leaves the API's paths alone, whose wrong methods and addresses get the API's own answers."""

    regex = r"(?!(?:api|socket\.io)/)[^/\0][^\0]*"


_API_DOCS = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Mostrador API</title>
    <link rel="icon" href="/favicon.svg" />
    <link rel="stylesheet" href="/api-docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/api-docs/swagger-ui-bundle.js"></script>
    <script src="/api-docs/start.js"></script>
  </body>
</html>
"""

blueprint = Blueprint("spa", __name__)
blueprint.record(lambda state: state.app.url_map.converters.update(page=_PagePath))


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<page:path>")
def serve(path: str) -> Response:
    """A file of the build, or the page itself for any of its routes."""
    if "." in path.rsplit("/", 1)[-1]:
        return _file(path)
    return _page()


@blueprint.get("/api/v2/docs")
def api_docs() -> Response:
    """The page of the API: Swagger UI, from the build, over openapi.json."""
    response = Response(_API_DOCS, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    # Swagger UI sets styles by attribute, and its icons are data.
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response


def _file(path: str) -> Response:
    """The brotli form when the browser takes it; the build made it."""
    compressed = f"{path}.br"
    if request.accept_encodings["br"] > 0 and _is_file(DIST / compressed):
        response = send_from_directory(
            DIST, compressed, mimetype=mimetypes.guess_type(path)[0] or "application/octet-stream"
        )
        response.headers["Content-Encoding"] = "br"
    else:
        response = send_from_directory(DIST, path)
    response.headers["Vary"] = "Accept-Encoding"
    if path == WIDGET:  # for any page, also of one that isolates itself (COEP)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = _IMMUTABLE if _HASHED.search(path) else "no-cache"
    return response


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the name is too long
        return False


def _page() -> Response:
    try:
        html = (DIST / "index.html").read_text()
    except FileNotFoundError:
        raise NotFound("The application is not built; run `make run`.") from None
    nonce = secrets.token_urlsafe(16)
    response = Response(html.replace("CSP_NONCE", nonce), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
    return response
