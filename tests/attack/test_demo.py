"""What is public in a demo opens nothing elsewhere."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from backend.common.documents import Db
from backend.ops.demo import load_demo_data
from backend.ops.demo_accounts import ACCOUNTS, PASSWORD
from backend.platform.jobs import Jobs
from backend.settings import load_settings
from tests.attack.conftest import AppWith
from tests.desk import API, Desk, Person

LOGIN = f"{API}/auth/login"
REFRESH = f"{API}/auth/refresh"


def test_demo_accounts_are_refused_once_demo_is_off(app_with: AppWith, db: Db) -> None:
    load_demo_data(db)
    app = app_with(demo=False)
    for email, *_ in ACCOUNTS:
        answer = app.test_client().post(LOGIN, json={"email": email, "password": PASSWORD})
        assert answer.status_code == 401, email


def test_sessions_of_demo_accounts_end_once_demo_is_off(app_with: AppWith, db: Db) -> None:
    load_demo_data(db)
    browser = app_with(demo=True).test_client()
    admin = {"email": ACCOUNTS[0][0], "password": PASSWORD}
    token = browser.post(LOGIN, json=admin).get_json()["accessToken"]
    cookie = browser.get_cookie("mostrador_refresh", path=f"{API}/auth")
    assert cookie is not None

    app = app_with(demo=False)
    assert Person(app, token).get("/auth/me").status_code == 401
    later = app.test_client()
    later.set_cookie(cookie.key, cookie.value, path=cookie.path)
    assert later.post(REFRESH).status_code == 401


def test_other_accounts_do_not_depend_on_demo(app_with: AppWith, desk: Desk) -> None:
    assert Person(app_with(demo=False), desk.ana.token).get("/auth/me").status_code == 200


def test_demo_accounts_of_earlier_versions_are_marked(db: Db) -> None:
    load_demo_data(db)
    db["agents"].update_many({}, {"$unset": {"demo": ""}})
    migration = importlib.import_module("backend.platform.migrations.0004_mark_demo_accounts")
    migration.apply(db)
    assert db["agents"].count_documents({"demo": True}) == len(ACCOUNTS)


@pytest.mark.parametrize(
    ("variables", "demo"),
    [
        ({}, True),
        ({"trusted_proxies": 1}, False),
        ({"host": "192.0.2.1"}, False),
        ({"mongodb_uri": "mongodb://127.0.0.1", "secret_key": "s" * 32}, False),
        ({"host": "192.0.2.1", "demo": True}, True),
        ({"trusted_proxies": 1, "demo": True}, True),
        ({"demo": False}, False),
    ],
)
def test_demo_is_off_unless_the_desk_is_for_this_machine_alone(
    variables: dict[str, Any], demo: bool
) -> None:
    given = {"demo": None, "mongodb_uri": None, "host": "127.0.0.1", "trusted_proxies": 0}
    assert load_settings(**given | variables).demo_on is demo


def test_demo_data_is_loaded_beside_a_job_that_a_starting_process_scheduled(db: Db) -> None:
    jobs = Jobs(db, lambda *_task: None)
    jobs.enqueue("clean_attachments", "recurring")
    load_demo_data(db)
    assert db["agents"].count_documents({}) == len(ACCOUNTS)
