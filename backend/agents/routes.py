"""The agents' HTTP routes."""

from __future__ import annotations

from flask import Response, request

from backend.agents.models import AgentDocument, AgentFields
from backend.agents.schemas import Agent, AgentCreate, AgentList, AgentUpdate, agent_view
from backend.agents.service import AgentService
from backend.common.documents import Document
from backend.common.paging import page_of
from backend.http.identity import current_actor, require_agent
from backend.http.parsing import Blueprint
from backend.http.responses import answer
from backend.http.schemas import PageQuery
from backend.http.services import service
from backend.platform.audit import Act, AuditLog

blueprint = Blueprint("agents", __name__, url_prefix="/agents", description="Agents' accounts")
blueprint.before_request(require_agent)


@blueprint.get("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, AgentList)
def list_agents(query: Document) -> Response:
    """List the agents"""
    return answer(service(AgentService).list_agents(page_of(query)).listed(agent_view))


@blueprint.post("")
@blueprint.arguments(AgentCreate)
@blueprint.response(201, Agent)
@blueprint.alt_response(403, "FORBIDDEN")
def create_agent(fields: AgentFields) -> Response:
    """Add an agent (admins only)"""
    agent = service(AgentService).create_agent(fields, actor=current_actor())
    _record(Act.AGENT_CREATED, agent, fields)
    return answer(agent_view(agent), 201, Location=f"{request.path}/{agent['_id']}")


@blueprint.get("/<string:agent_id>")
@blueprint.response(200, Agent)
def get_agent(agent_id: str) -> Response:
    """Read one agent"""
    return answer(agent_view(service(AgentService).get_agent(agent_id)))


@blueprint.put("/<string:agent_id>")
@blueprint.arguments(AgentUpdate)
@blueprint.response(200, Agent)
@blueprint.alt_response(403, "FORBIDDEN")
def update_agent(fields: AgentFields, agent_id: str) -> Response:
    """Change an agent (admins only); a new role or password ends their sessions"""
    agent = service(AgentService).update_agent(agent_id, fields, actor=current_actor())
    _record(Act.AGENT_CHANGED, agent, fields)
    return answer(agent_view(agent))


def _record(act: Act, agent: AgentDocument, fields: AgentFields) -> None:
    service(AuditLog).record(
        act,
        actor_id=current_actor().id,
        agent_id=agent["_id"],
        fields=sorted(fields),
        role=agent["role"],
        active=agent["active"],
    )
