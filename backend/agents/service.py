"""Agents' accounts."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from backend.agents import passwords
from backend.agents.repository import AgentRepository
from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Document
from backend.common.errors import Conflict, Forbidden, NotFound
from backend.common.paging import Found, Page


def actor_of(agent: Document) -> Actor:
    return Actor(ActorType.AGENT, agent["_id"], agent["name"], Role(agent["role"]))


class AgentService:
    def __init__(self, agents: AgentRepository) -> None:
        self._agents = agents

    def list_agents(self, page: Page) -> Found:
        return self._agents.page(page)

    def find(self, agent_id: str) -> Document | None:
        return self._agents.find(agent_id)

    def ids_of_role_agent(self) -> list[str]:
        """The active accounts with the role agent."""
        return self._agents.ids_of_role_agent()

    def with_access_changed_since(self, moment: datetime) -> list[Document]:
        """Agents who lost a session, their role or their account since then."""
        return self._agents.with_access_changed_since(moment)

    def get_agent(self, agent_id: str) -> Document:
        agent = self._agents.find(agent_id)
        if agent is None:
            raise NotFound("There is no such agent.")
        return agent

    def create_agent(self, fields: Document, *, actor: Actor) -> Document:
        """Raises Forbidden for all but admins, Conflict when the e-mail is taken."""
        _require_admin(actor)
        agent = self._agents.insert(_stored(fields))
        if agent is None:
            raise _email_taken()
        return agent

    def update_agent(self, agent_id: str, fields: Document, *, actor: Actor) -> Document:
        """A new role or password, or losing the account, ends the agent's sessions at once.

        Raises Conflict when an admin would take their own rights away.
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


def _stored(fields: Document) -> Document:
    stored = {name: value for name, value in fields.items() if name != "password"}
    if "password" in fields:
        stored["passwordHash"] = passwords.hash_password(fields["password"])
    if "email" in fields:
        stored["email"] = fields["email"].lower()
    if "role" in fields:
        stored["role"] = Role(fields["role"]).value
    return stored


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only admins manage agents.")


def _email_taken() -> Conflict:
    return Conflict("Another agent has this e-mail address.")
