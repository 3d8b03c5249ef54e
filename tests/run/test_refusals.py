"""A wrong value stops the start with one line that names the variable and what it should be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from backend.launcher.mongod import find_mongod
from backend.settings import InvalidSettings, load_settings
from tests.run.conftest import free_port, refusal

SECRET = "a-secret-nobody-may-see-in-any-message"
WHATSAPP = {
    "WHATSAPP_VERIFY_TOKEN": "a-word-of-ours",
    "WHATSAPP_APP_SECRET": "0123456789abcdef",
    "WHATSAPP_ACCESS_TOKEN": "EAAG",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_API_URL": "https://graph.facebook.com/v25.0/",
}


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"PORT": "http"}, "PORT: should be a whole number from 1 to 65535"),
        ({"HOST": "198.51.100.7"}, "HOST: should be an address of this machine, but"),
        ({"HOST": "no such name"}, "HOST: should be an address of this machine, but"),
        ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR: should be a writable folder, but"),
        ({"ASYNC_MODE": "gevent"}, "ASYNC_MODE: should be eventlet or threading"),
        (
            {"MONGODB_URI": f"mongodb://user:{SECRET}@127.0.0.1:1/", "SECRET_KEY": SECRET},
            "MONGODB_URI: should lead to a MongoDB, but 127.0.0.1:1: ",
        ),
    ],
)
def test_a_start_with_a_wrong_value_says_one_line(
    variables: dict[str, str], line: str, tmp_path: Path
) -> None:
    said = refusal(**({"DATA_DIR": str(tmp_path), "PORT": str(free_port())} | variables))
    assert said.startswith(line)
    assert SECRET not in said


def test_a_mongod_outside_of_a_replica_set_is_refused(tmp_path: Path) -> None:
    port = free_port()
    command = [find_mongod(), "--dbpath", str(tmp_path), "--port", str(port), "--nounixsocket"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as mongod:
        said = refusal(
            MONGODB_URI=f"mongodb://127.0.0.1:{port}", SECRET_KEY=SECRET, PORT=str(free_port())
        )
        mongod.kill()
    assert said == "MONGODB_URI: should lead to a replica set, not one mongod"


@pytest.mark.parametrize(
    ("name", "value", "should_be"),
    [
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("PORT", "80.5", "a whole number from 1 to 65535"),
        ("PUBLIC_URL", "desk.example.com", "an http:// or https:// address without a path"),
        ("PUBLIC_URL", "https://example.com/desk", "an http:// or https:// address without a path"),
        ("TRUSTED_PROXIES", "-1", "a whole number from 0 to 8"),
        ("MONGODB_URI", "postgres://host", "a connection string"),
        ("MONGODB_URI", "mongodb://host:port", "a connection string"),
        ("MONGODB_DB", "a.b", "1 to 38 letters"),
        ("REDIS_URL", "localhost:6379", "a redis://"),
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("OPENAI_BASE_URL", "api.openai.com", "an http:// or https:// address"),
        ("WHATSAPP_API_URL", "ftp://host", "an http:// or https:// address"),
        ("WHATSAPP_PHONE_NUMBER_ID", "+34", "the digits of"),
        ("WHATSAPP_ACCESS_TOKEN", "two words", "the value from Meta's console"),
        ("WEB_CHAT_SECRET", "short", "at least 16 characters"),
        ("WEB_CHAT_ORIGINS", "example.com", "* or origins such as"),
        ("WEB_CHAT_ORIGINS", "https://a.test/page", "* or origins such as"),
        ("LOCALE", "fr", "es or en"),
        ("DEMO", "perhaps", "1 or 0"),
    ],
)
def test_each_variable_is_refused_by_name(
    name: str, value: str, should_be: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{name}: should be {should_be}")
    assert "\n" not in str(refused.value)


def test_an_external_database_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1/?replicaSet=rs0")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(InvalidSettings, match=r"^SECRET_KEY: with MONGODB_URI, should be"):
        load_settings()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert load_settings().port == 8000


@pytest.mark.parametrize("missing", list(WHATSAPP))
def test_whatsapp_needs_all_its_settings(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().whatsapp is None
    for name, value in WHATSAPP.items():
        monkeypatch.setenv(name, value)
    whatsapp = load_settings().whatsapp
    assert whatsapp is not None
    assert whatsapp.api_url == "https://graph.facebook.com/v25.0"
    monkeypatch.delenv(missing)
    with pytest.raises(InvalidSettings, match=rf"^{missing}: with WhatsApp, should be .+"):
        load_settings()


def test_settings_in_a_log_hide_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WHATSAPP.items():
        monkeypatch.setenv(name, value)
    for name in (
        *("SECRET_KEY", "OPENAI_API_KEY", "WEB_CHAT_SECRET"),
        *("WHATSAPP_APP_SECRET", "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_VERIFY_TOKEN"),
    ):
        monkeypatch.setenv(name, SECRET)
    assert SECRET not in repr(load_settings()) + repr(load_settings().whatsapp)


def test_the_generated_secret_is_created_once_and_readable_by_its_owner(tmp_path: Path) -> None:
    first = load_settings(data_dir=tmp_path).signing_key
    assert len(first) >= 32
    assert load_settings(data_dir=tmp_path).signing_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
