"""Agents' accounts."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from backend.agents import passwords
from backend.agents.models import Account, Agent, AgentFields, new_account
from backend.agents.repository import AgentRepository
from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Document
from backend.common.errors import Conflict, Forbidden, NotFound
from backend.common.paging import Found, Page


def actor_of(agent: Agent) -> Actor:
    return Actor(ActorType.AGENT, agent["_id"], agent["name"], Role(agent["role"]))


class AgentService:
    def __init__(self, agents: AgentRepository) -> None:
        self._agents = agents

    def list_agents(self, page: Page) -> Found:
        return self._agents.page(page)

    def find(self, agent_id: str) -> Agent | None:
        return self._agents.find(agent_id)

    def ids_of_role_agent(self) -> list[str]:
        """Return the ids of the active accounts with the role agent."""
        return self._agents.ids_of_role_agent()

    def with_access_changed_since(self, moment: datetime) -> list[Account]:
        """Return the agents who lost a session, their role or their account since then."""
        return self._agents.with_access_changed_since(moment)

    def get_agent(self, agent_id: str) -> Agent:
        agent = self._agents.find(agent_id)
        if agent is None:
            raise NotFound("There is no such agent.")
        return agent

    def create_agent(self, fields: AgentFields, *, actor: Actor) -> Agent:
        """Raises Forbidden unless the actor is an admin, Conflict when the address is taken."""
        _require_admin(actor)
        password_hash = passwords.hash_password(fields["password"])
        account = new_account(fields["name"], fields["email"], fields["role"], password_hash)
        if not self._agents.insert(account):
            raise _email_taken()
        return account

    def update_agent(self, agent_id: str, fields: AgentFields, *, actor: Actor) -> Agent:
        """Change an agent. A new role or password, or closing the account, ends the sessions.

        Raises Conflict when admins would take away their own rights.
        """
        _require_admin(actor)
        before = self.get_agent(agent_id)
        changed = {name: new for name, new in _stored(fields).items() if before.get(name) != new}
        if agent_id == actor.id and changed.keys() & {"role", "active"}:
            raise Conflict("Nobody can change their own role or deactivate themselves.")
        ends = changed.keys() & {"role", "passwordHash", "active"}
        try:
            agent = self._agents.update(before, changed, end_sessions=bool(ends))
        except DuplicateKeyError:
            raise _email_taken() from None
        if agent is None:
            raise Conflict("Somebody else is changing this agent; try again.")
        return agent


def _stored(fields: AgentFields) -> Document:
    """Return the fields that are given in the form in which they are stored."""
    stored: Document = {name: fields[name] for name in ("name", "active") if name in fields}
    if "password" in fields:
        stored["passwordHash"] = passwords.hash_password(fields["password"])
    if "email" in fields:
        stored["email"] = fields["email"].lower()
    if "role" in fields:
        stored["role"] = fields["role"].value
    return stored


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only admins manage agents.")


def _email_taken() -> Conflict:
    return Conflict("Another agent has this e-mail address.")
