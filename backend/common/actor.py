"""The actor of a service call, an explicit argument of every call on somebody's behalf."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict


class AuthorDocument(TypedDict):
    """A person or system as stored in notes, messages, histories and events."""

    type: str
    id: str
    name: str


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class ActorType(StrEnum):
    AGENT = "agent"
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    type: ActorType
    id: str
    name: str
    role: Role | None = None  # of agents only

    @property
    def sees_all_tickets(self) -> bool:
        return self.role in (Role.SUPERVISOR, Role.ADMIN) or self.type is ActorType.SYSTEM

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @classmethod
    def of_author(cls, author: AuthorDocument) -> Actor:
        """Return the actor of a stored note, message or event, without a role."""
        return cls(ActorType(author["type"]), author["id"], author["name"])

    def as_author(self) -> AuthorDocument:
        return {"type": self.type.value, "id": self.id, "name": self.name}


SYSTEM = Actor(ActorType.SYSTEM, "system", "Mostrador")
ASSISTANT = Actor(ActorType.ASSISTANT, "assistant", "Asistente")
