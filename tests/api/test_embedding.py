"""Which sites may use the web chat, and that they can use nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from backend.app import SERVICES
from backend.http.services import register
from backend.realtime.handlers import may_connect
from backend.settings import Settings, load_settings
from tests.desk import Desk

SHOP = "https://shop.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture
def embedding(desk: Desk) -> Iterator[Desk]:
    """A desk whose chat the shop may embed."""
    services = desk.app.extensions[SERVICES]
    allowing = services.settings.model_copy(update={"web_chat_origins": f"{SHOP}, http://b.test"})
    register(desk.app, *replace(services, settings=allowing))
    yield desk
    register(desk.app, *services)


def ask(desk: Desk, method: str, path: str, origin: str, **more: Any) -> Any:
    headers = {"Origin": origin} | more.pop("headers", {})
    return desk.nobody.request(method, path, headers=headers, **more)


def test_an_allowed_site_may_write_and_read(embedding: Desk) -> None:
    answer = ask(embedding, "OPTIONS", "/channels/web/messages", SHOP, headers=PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    session = ask(embedding, "POST", "/channels/web/sessions", SHOP, json={})
    assert session.headers["Access-Control-Allow-Origin"] == SHOP
    # Refusals are readable too: the chat must distinguish them from a lost connection.
    refused = ask(embedding, "GET", "/channels/web/messages", SHOP)
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, SHOP)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{SHOP}.evil.example"])
def test_other_sites_may_not(embedding: Desk, origin: str) -> None:
    for method in ("OPTIONS", "POST"):
        answer = ask(embedding, method, "/channels/web/sessions", origin, json={})
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


def test_no_site_can_use_the_rest_of_the_api(embedding: Desk) -> None:
    for path in ("/tickets", "/auth/login", "/config", "/channels/whatsapp/webhook"):
        answer = ask(embedding, "OPTIONS", path, SHOP, headers=PREFLIGHT)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_the_setting_no_site_may_embed(desk: Desk) -> None:
    answer = ask(desk, "POST", "/channels/web/sessions", SHOP, json={})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("allowed", "origin", "may"),
    [
        (None, "https://desk.example", True),  # its own pages
        (None, SHOP, False),
        (SHOP, SHOP, True),
        (SHOP, "https://evil.example", False),
        ("*", "https://any.example", True),
        (None, "http://[", False),
        (None, None, True),  # no page
    ],
)
def test_who_may_open_a_socket(allowed: str | None, origin: str | None, may: bool) -> None:
    settings: Settings = load_settings(web_chat_origins=allowed)
    assert may_connect(settings, origin, {"HTTP_HOST": "desk.example"}) is may
