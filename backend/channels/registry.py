"""Every channel. A new one is a folder beside this file and a line below."""

from __future__ import annotations

from collections.abc import Iterator

from flask_smorest import Blueprint

from backend.channels.base import Channel, Channels
from backend.channels.web import routes as web_routes
from backend.channels.web.channel import WebChannel
from backend.channels.whatsapp import routes as whatsapp_routes
from backend.channels.whatsapp.channel import WhatsAppChannel
from backend.conversations import channels as known
from backend.settings import Settings

REGISTERED: dict[str, tuple[type[Channel], Blueprint | None]] = {}


def register(channel: type[Channel], blueprint: Blueprint | None = None) -> None:
    """Make a channel known, with the routes that its provider or its clients call."""
    REGISTERED[channel.name] = (channel, blueprint)
    known.declare(channel.name, channel.capabilities)


def set_up(settings: Settings) -> Channels:
    """Return the channels that the settings do not leave out."""
    found = {name: channel.set_up(settings) for name, (channel, _) in REGISTERED.items()}
    return Channels({name: channel for name, channel in found.items() if channel is not None})


def blueprints() -> Iterator[Blueprint]:
    return (blueprint for _, blueprint in REGISTERED.values() if blueprint is not None)


register(WebChannel, web_routes.blueprint)
register(WhatsAppChannel, whatsapp_routes.blueprint)
