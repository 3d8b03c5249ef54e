"""The first admin: a link that the start prints creates the account, once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from backend.agents.models import Account
from backend.agents.repository import AgentRepository
from backend.common.documents import Db, utcnow
from backend.common.errors import Conflict, Forbidden

LIFETIME = timedelta(hours=1)
_TOKEN = "setup_token"  # noqa: S105 - the name of the document that holds its hash


class Setup:
    def __init__(self, db: Db) -> None:
        self._meta = db["meta"]
        self._agents = AgentRepository(db)

    def new_token(self) -> str | None:
        """Return a token that replaces earlier ones; None where there is an admin already.

        Demo accounts do not count.
        """
        if self._has_admin():
            return None
        token = secrets.token_urlsafe(32)
        stored = {"hash": _hash(token), "expiresAt": utcnow() + LIFETIME}
        self._meta.replace_one({"_id": _TOKEN}, stored, upsert=True)
        return token

    def check(self, token: str) -> None:
        """Raise Forbidden unless the token can still be used."""
        if not self._meta.find_one(_valid(token)):
            raise _no_longer_valid()

    def create_admin(self, token: str, account: Account) -> None:
        """Store the account and use up the token, or do neither.

        Raises Forbidden when the token cannot be used, Conflict when the e-mail address is taken.
        """

        def create(session: ClientSession) -> None:
            used = self._meta.delete_one(_valid(token), session=session)
            if not used.deleted_count or self._has_admin(session):
                raise _no_longer_valid()
            self._agents.insert(account, session)

        try:
            self._agents.serially(create)
        except DuplicateKeyError:
            raise Conflict("Another agent has this e-mail address.") from None

    def _has_admin(self, session: ClientSession | None = None) -> bool:
        return bool(self._agents.count_admins(session, demo={"$ne": True}))


def _valid(token: str) -> dict[str, object]:
    return {"_id": _TOKEN, "hash": _hash(token), "expiresAt": {"$gt": utcnow()}}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _no_longer_valid() -> Forbidden:
    return Forbidden("This link was used or has expired. Restart Mostrador to get a new one.")
