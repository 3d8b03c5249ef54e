"""Agents' accounts."""

from __future__ import annotations

from datetime import datetime

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from backend.agents import passwords
from backend.agents.models import Account, AgentDocument, AgentFields, new_account
from backend.agents.repository import AgentRepository
from backend.common.actor import Actor, ActorType, Role
from backend.common.documents import Document
from backend.common.errors import Conflict, Forbidden, NotFound
from backend.common.paging import Found, Page


def actor_of(agent: AgentDocument) -> Actor:
    return Actor(ActorType.AGENT, agent["_id"], agent["name"], Role(agent["role"]))


class AgentService:
    def __init__(self, agents: AgentRepository) -> None:
        self._agents = agents

    def list_agents(self, page: Page) -> Found[AgentDocument]:
        return self._agents.page(page)

    def find(self, agent_id: str) -> AgentDocument | None:
        return self._agents.find(agent_id)

    def ids_of_role_agent(self) -> list[str]:
        """Return the ids of the active accounts with the role agent."""
        return self._agents.ids_of_role_agent()

    def with_access_changed_since(self, moment: datetime) -> list[Account]:
        """Return the agents who lost a session, their role or their account since then."""
        return self._agents.with_access_changed_since(moment)

    def get_agent(self, agent_id: str) -> AgentDocument:
        agent = self._agents.find(agent_id)
        if agent is None:
            raise NotFound("Agent not found.")
        return agent

    def create_agent(self, fields: AgentFields, *, actor: Actor) -> AgentDocument:
        """Raises Forbidden unless the actor is an admin, Conflict when the address is taken."""
        _require_admin(actor)
        password_hash = passwords.hash_password(fields["password"])
        account = new_account(fields["name"], fields["email"], fields["role"], password_hash)
        try:
            self._agents.insert(account)
        except DuplicateKeyError:
            raise _email_taken() from None
        return account

    def update_agent(self, agent_id: str, fields: AgentFields, *, actor: Actor) -> AgentDocument:
        """Change an agent. A new role or password, or closing the account, ends the sessions.

        Raises Conflict when admins would take away their own rights.
        """
        _require_admin(actor)
        before = self.get_agent(agent_id)
        changed = {name: new for name, new in _stored(fields).items() if before.get(name) != new}
        if agent_id == actor.id and changed.keys() & {"role", "active"}:
            raise Conflict("You cannot change your own role or deactivate your own account.")
        try:
            if changed.keys() & {"role", "active"}:
                agent = self._change_access(before, changed, actor)
            else:
                ends = "passwordHash" in changed
                agent = self._agents.update(before, changed, end_sessions=ends)
        except DuplicateKeyError:
            raise _email_taken() from None
        if agent is None:
            raise Conflict("Someone else is changing this account. Try again.")
        return agent

    def recover_admin(self, email: str, password: str) -> AgentDocument:
        """Make the account an active admin with this password, as the server's operator.

        Raises NotFound without such an account, Conflict for a demo account.
        """
        account = self._agents.find_account(email.lower())
        if account is None:
            raise NotFound("Agent not found.")
        if account.get("demo"):
            raise Conflict("This is a demo account. Create another one with create-agent.")
        access = {
            "role": Role.ADMIN.value,
            "active": True,
            "passwordHash": passwords.hash_password(password),
        }
        agent = self._agents.update(account, access, end_sessions=True)
        if agent is None:
            raise Conflict("Someone else is changing this account. Try again.")
        return agent

    def _change_access(
        self, before: AgentDocument, changed: Document, actor: Actor
    ) -> AgentDocument | None:
        """Raises Forbidden when the actor lost their own right meanwhile."""

        def change(session: ClientSession) -> AgentDocument | None:
            if not self._agents.count_admins(session, _id=actor.id):
                raise _admins_only()
            agent = self._agents.update(before, changed, end_sessions=True, session=session)
            if not self._agents.count_admins(session):
                raise Conflict("The desk needs at least one active admin.")
            return agent

        return self._agents.serially(change)


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
        raise _admins_only()


def _admins_only() -> Forbidden:
    return Forbidden("Only admins can manage agents.")


def _email_taken() -> Conflict:
    return Conflict("Another agent has this e-mail address.")
