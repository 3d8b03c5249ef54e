"""The agents who make the calls: enough to stay below the limit of 3,000 requests a minute each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from backend.agents.repository import AgentRepository
from backend.agents.service import actor_of
from backend.auth.tokens import Tokens
from backend.common.actor import Actor, Role
from backend.common.documents import Db
from backend.ops.demo_accounts import PASSWORD
from bench.client import Client, log_in

OF_A_ROLE = 10


@dataclass(frozen=True, slots=True)
class Person:
    actor: Actor
    session_id: str
    tokens: Tokens

    def token(self) -> str:
        """Return a new token: tokens last 15 minutes, the bench takes longer."""
        return self.tokens.issue_access(self.actor.id, self.session_id)


def hire(port: int, db: Db, tokens: Tokens) -> dict[Role, list[Person]]:
    """Create accounts through the API and log them in; `tokens` signs with the server's key."""
    client = Client(port)
    admin = log_in(port, "admin@demo.test", PASSWORD)
    hired: dict[Role, list[Person]] = {}
    for role in (Role.SUPERVISOR, Role.AGENT):
        hired[role] = []
        for number in range(OF_A_ROLE):
            email = f"{role.value}{number}@bench.test"
            password = secrets.token_urlsafe(12)
            account = {"name": email, "email": email, "password": password, "role": role.value}
            client.send("POST", "/agents", account, admin)
            log_in(port, email, password)
            agent = AgentRepository(db).find_account(email)
            assert agent is not None, "just made"
            hired[role].append(Person(actor_of(agent), agent["sessions"][-1]["id"], tokens))
    client.close()
    return hired
