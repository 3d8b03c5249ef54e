"""Prepares the database before the application serves."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.errors import PyMongoError

from backend.auth.setup import Setup
from backend.collections import FEATURES
from backend.launcher.errors import CannotStart
from backend.ops import demo_accounts
from backend.ops.backup import BackupFailed, refuse_unfinished
from backend.platform.database import connect, in_brief, prepare
from backend.settings import InvalidSettings, Settings


def prepare_database(
    settings: Settings, mongodb_uri: str, progress: Callable[[str], None]
) -> str | None:
    """Migrate the database, and fill an empty one with demo data where DEMO is on.

    Returns a token to create the first admin, if DEMO is off and there is no admin.

    Raises InvalidSettings or CannotStart.
    """
    database = connect(settings, mongodb_uri)
    try:
        with database.client:
            hello = database.command("hello")
            if "setName" not in hello and hello.get("msg") != "isdbgrid":  # the latter is mongos
                raise InvalidSettings("MONGODB_URI: should lead to a replica set, not one mongod")
            refuse_unfinished(database)
            prepare(database, FEATURES, progress)
            if settings.demo_on and demo_accounts.wants_demo_data(database):
                from backend.ops import demo  # noqa: PLC0415 - imports all features

                demo.load_demo_data(database)
            return None if settings.demo_on else Setup(database).new_token()
    except BackupFailed as error:
        raise CannotStart(str(error)) from None
    except PyMongoError as error:
        if settings.embedded:
            raise
        raise InvalidSettings(
            f"MONGODB_URI: should lead to a MongoDB, but {in_brief(error)}"
        ) from None
