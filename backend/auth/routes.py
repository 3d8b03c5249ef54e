"""Logging in, staying logged in, logging out."""

from __future__ import annotations

from flask import Response, request

from backend.agents.schemas import Agent, agent_view
from backend.auth.identity import current_agent, require_agent
from backend.auth.schemas import LoginAnswer, LoginRequest
from backend.auth.service import SESSION_LIFETIME, Login, SessionReused
from backend.auth.tokens import ACCESS_LIFETIME
from backend.common.documents import Document
from backend.common.errors import Unauthenticated
from backend.http.openapi import PUBLIC
from backend.http.parsing import Blueprint
from backend.http.rate_limits import LOGIN_ACCOUNT, LOGIN_ADDRESS
from backend.http.responses import answer
from backend.platform.audit import Act
from backend.services import services

COOKIE = "mostrador_refresh"
COOKIE_PATH = "/api/v2/auth"

blueprint = Blueprint("auth", __name__, url_prefix="/auth", description="Agents' sessions")


@blueprint.post("/login")
@blueprint.arguments(LoginRequest)
@blueprint.response(200, LoginAnswer)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.doc(**PUBLIC)
def login(credentials: Document) -> Response:
    """Log in with e-mail and password"""
    email = credentials["email"]
    services().rate_limits.count(LOGIN_ADDRESS, request.remote_addr or "")
    services().rate_limits.count(LOGIN_ACCOUNT, email.lower())
    try:
        login = services().auth.login(email, credentials["password"])
    except Unauthenticated:
        # By id: what stands for the address may be a password in the wrong field.
        services().audit.record(Act.LOGIN_FAILED, agent_id=services().auth.account_of(email))
        raise
    services().audit.record(Act.LOGIN, actor_id=login.agent["_id"], agent_id=login.agent["_id"])
    return _answer(login)


@blueprint.post("/refresh")
@blueprint.response(200, LoginAnswer)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.doc(**PUBLIC)
def refresh() -> Response:
    """Get a new access token with the refresh cookie"""
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated
    try:
        return _answer(services().auth.refresh(token))
    except SessionReused as reuse:
        services().audit.record(Act.REFRESH_REUSED, agent_id=reuse.agent_id)
        raise


@blueprint.post("/logout")
@blueprint.response(204)
@blueprint.doc(**PUBLIC)
def logout() -> Response:
    """End the session"""
    agent_id = services().auth.logout(request.cookies.get(COOKIE, ""))
    if agent_id:
        services().audit.record(Act.LOGOUT, actor_id=agent_id, agent_id=agent_id)
    response = Response(status=204)
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="Strict")
    return response


@blueprint.get("/me")
@blueprint.response(200, Agent)
def me() -> Response:
    """Who is logged in"""
    require_agent()
    return answer(agent_view(current_agent()))


def _answer(login: Login) -> Response:
    response = answer(
        {
            "accessToken": login.access_token,
            "expiresIn": int(ACCESS_LIFETIME.total_seconds()),
            "agent": agent_view(login.agent),
        }
    )
    if login.refresh_token is not None:
        response.set_cookie(
            COOKIE,
            login.refresh_token,
            max_age=SESSION_LIFETIME,
            path=COOKIE_PATH,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
        )
    return response
