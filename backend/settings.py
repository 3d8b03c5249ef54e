"""All environment variables, with types. A wrong value stops the start with one line."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIN_SECRET_LENGTH = 32


class AsyncMode(StrEnum):
    EVENTLET = "eventlet"
    THREADING = "threading"


class Locale(StrEnum):
    ES = "es"
    EN = "en"


@dataclass(frozen=True, slots=True, repr=False)
class WhatsAppSettings:
    """The complete settings of the channel."""

    verify_token: str
    app_secret: str
    access_token: str
    phone_number_id: str
    api_url: str


class InvalidSettings(Exception):
    """The message is one line: the variable, and what it should be."""


def _connection_string(uri: str) -> str:
    from pymongo.errors import ConfigurationError, InvalidURI  # noqa: PLC0415 - slow to import, and
    from pymongo.uri_parser import parse_uri  # noqa: PLC0415 - the embedded database starts meanwhile

    # The driver resolves mongodb+srv names while it parses, so they are checked when it connects.
    if not uri.startswith("mongodb+srv://"):
        try:
            parse_uri(uri)
        except (InvalidURI, ConfigurationError) as error:
            raise ValueError from error
    return uri


# `description` completes the sentence "VARIABLE: should be …".
_URL = "an http:// or https:// address"
Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]
# They are sent in headers, whose values are visible ASCII.
_HEADER = "the value from Meta's console, without spaces"
Secret = Annotated[str, Field(pattern=r"^[\x21-\x7e]+$")]


class Settings(BaseSettings):
    """Field names are the variables' names in lower case; an empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    # The address to listen on.
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535, description="a whole number from 1 to 65535")
    # The address for browsers and providers; http://HOST:PORT by default.
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#@]+/?$",
        description="an http:// or https:// address without a path",
    )
    # The number of proxies in front; each adds the address of its client to X-Forwarded-For. If the
    # number is too high, clients can forge their address.
    trusted_proxies: int = Field(0, ge=0, le=8, description="a whole number from 0 to 8")

    # Storage. Without MONGODB_URI the embedded mongod keeps its files in DATA_DIR.
    data_dir: Path = Path(".data")
    mongodb_uri: Annotated[str, AfterValidator(_connection_string)] | None = Field(
        None, repr=False, description="a connection string: mongodb://host:port/?replicaSet=name"
    )
    mongodb_db: str = Field(
        "mostrador",
        pattern=r"^[A-Za-z0-9_-]{1,38}$",
        description="1 to 38 letters, digits, hyphens and underscores",
    )
    # Socket.IO message queue and shared rate limits, for several processes.
    redis_url: str | None = Field(
        None,
        repr=False,
        pattern=r"^(rediss?|unix)://.+",
        description="a redis://, rediss:// or unix:// address",
    )

    # Signs access tokens and visitor sessions.
    secret_key: str | None = Field(
        None,
        repr=False,
        min_length=MIN_SECRET_LENGTH,
        description=f"at least {MIN_SECRET_LENGTH} characters, as `openssl rand -hex 32` prints",
    )

    # Still accepted while SECRET_KEY is replaced; new tokens are signed with SECRET_KEY.
    secret_key_previous: str | None = Field(
        None,
        repr=False,
        min_length=MIN_SECRET_LENGTH,
        description=f"the former SECRET_KEY, at least {MIN_SECRET_LENGTH} characters",
    )

    # The assistant's model; without a key the offline assistant answers.
    openai_api_key: str | None = Field(None, repr=False)
    openai_base_url: Url = Field("https://api.openai.com/v1", description=_URL)
    openai_model: str = "gpt-6-luna"

    async_mode: AsyncMode = Field(AsyncMode.EVENTLET, description="eventlet or threading")

    # WhatsApp Cloud API: all five, or none and the channel is off. docs/CHANNELS.md says where they
    # are in Meta's console.
    whatsapp_verify_token: Secret | None = Field(None, repr=False, description=_HEADER)
    whatsapp_app_secret: Secret | None = Field(None, repr=False, description=_HEADER)
    whatsapp_access_token: Secret | None = Field(None, repr=False, description=_HEADER)
    whatsapp_phone_number_id: str | None = Field(
        None, pattern=r"^\d+$", description="the digits of Meta's phone number id"
    )
    whatsapp_api_url: Url | None = Field(
        None, description=f"{_URL} with the version, such as https://graph.facebook.com/v25.0"
    )

    # With it, a site confirms a visitor's phone (hex HMAC-SHA256 of the E.164 phone).
    web_chat_secret: str | None = Field(
        None, repr=False, min_length=16, description="at least 16 characters"
    )

    # The sites that may embed the web chat: comma-separated origins, or * for any. Mostrador's own
    # pages always may.
    web_chat_origins: str | None = Field(
        None,
        pattern=r"^(\*|https?://[^\s/,*]+(\s*,\s*https?://[^\s/,*]+)*)$",
        description="* or origins such as https://www.example.com, separated by commas",
    )

    # Opens /metrics to other machines; this machine needs no token.
    metrics_token: str | None = Field(
        None, repr=False, min_length=16, description="at least 16 characters"
    )

    # The language of the system's messages to customers.
    locale: Locale = Field(Locale.ES, description="es or en")

    # Demo data, demo accounts and the simulator. Unset: on with the embedded database on loopback,
    # unless a proxy is trusted.
    demo: bool | None = Field(None, description="1 or 0")

    @model_validator(mode="after")
    def _own_database_needs_own_secret(self) -> Self:
        # All processes of an installation must sign with the same key.
        if self.mongodb_uri and not self.secret_key:
            wanted = type(self).model_fields["secret_key"].description
            raise ValueError(f"SECRET_KEY: with MONGODB_URI, should be {wanted}")
        return self

    @model_validator(mode="after")
    def _whatsapp_needs_everything(self) -> Self:
        names = [name for name in type(self).model_fields if name.startswith("whatsapp_")]
        missing = [name for name in names if getattr(self, name) is None]
        if missing and len(missing) < len(names):
            wanted = type(self).model_fields[missing[0]].description
            raise ValueError(f"{missing[0].upper()}: with WhatsApp, should be {wanted}")
        return self

    @property
    def whatsapp(self) -> WhatsAppSettings | None:
        """None when the channel is off."""
        if not (
            self.whatsapp_verify_token
            and self.whatsapp_app_secret
            and self.whatsapp_access_token
            and self.whatsapp_phone_number_id
            and self.whatsapp_api_url
        ):
            return None
        return WhatsAppSettings(
            self.whatsapp_verify_token,
            self.whatsapp_app_secret,
            self.whatsapp_access_token,
            self.whatsapp_phone_number_id,
            self.whatsapp_api_url.rstrip("/"),
        )

    def may_embed(self, origin: str) -> bool:
        """Return whether pages of this origin may use the web chat."""
        allowed = {part.strip().lower() for part in (self.web_chat_origins or "").split(",")}
        return "*" in allowed or origin.lower() in allowed

    @property
    def embedded(self) -> bool:
        return self.mongodb_uri is None

    @property
    def on_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def demo_on(self) -> bool:
        if self.demo is not None:
            return self.demo
        return self.embedded and self.on_loopback and not self.trusted_proxies

    @property
    def signing_key(self) -> str:
        """The secret that signs tokens; generated into DATA_DIR once when embedded."""
        return self.secret_key or _generated_secret(self.data_dir / "secret_key")


def load_settings(**overrides: object) -> Settings:
    """Read the environment. Raises InvalidSettings with one line naming what is wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them at run time
    except ValidationError as error:
        raise InvalidSettings(_one_line(error)) from None


def _one_line(error: ValidationError) -> str:
    """Describe the first error, without the value, which may be a secret."""
    problem = error.errors(include_input=False, include_url=False)[0]
    if not problem["loc"]:
        return problem["msg"].removeprefix("Value error, ")
    name = str(problem["loc"][0])
    field = Settings.model_fields[name]
    return f"{name.upper()}: should be {field.description}"


def _generated_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with open(draft, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
        # Atomic; the first of two processes wins.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    secret = path.read_text()
    if len(secret) < MIN_SECRET_LENGTH:
        raise InvalidSettings(
            f"SECRET_KEY: {path} should have {MIN_SECRET_LENGTH} characters or more"
        )
    return secret
