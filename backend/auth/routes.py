"""Logging in, staying logged in, logging out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Response, request

from backend.agents import passwords
from backend.agents.models import new_account
from backend.agents.schemas import Agent, agent_view
from backend.agents.service import AgentService
from backend.auth.schemas import LoginAnswer, LoginRequest, SetupRequest
from backend.auth.service import SESSION_LIFETIME, AuthService, Login, SessionReused
from backend.auth.setup import Setup
from backend.auth.tokens import ACCESS_LIFETIME
from backend.common.actor import Role
from backend.common.documents import Document
from backend.common.errors import Unauthenticated
from backend.http.identity import current_actor, refuse_other_sites, require_agent
from backend.http.openapi import PUBLIC
from backend.http.parsing import SMALL_BODY, Blueprint
from backend.http.rate_limits import LOGIN_ACCOUNT, LOGIN_ADDRESS, RateLimits
from backend.http.responses import answer
from backend.http.services import service
from backend.platform.audit import Act, AuditLog

COOKIE = "mostrador_refresh"
COOKIE_PATH = "/api/v2/auth"

blueprint = Blueprint("auth", __name__, url_prefix="/auth", description="Agents' sessions")


@blueprint.before_request
def limit_body() -> None:
    request.max_content_length = SMALL_BODY


def _admitted(view: Callable[..., Response]) -> Callable[..., Response]:
    """Of the routes that check a password: bounded and counted before anything reads the body."""

    @wraps(view)
    def admitted(*args: object, **kwargs: object) -> Response:
        with passwords.login_place():
            service(RateLimits).count(LOGIN_ADDRESS, request.remote_addr or "")
            return view(*args, **kwargs)

    return admitted


@blueprint.post("/login")
@_admitted
@blueprint.arguments(LoginRequest)
@blueprint.response(200, LoginAnswer)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.doc(**PUBLIC)
def login(credentials: Document) -> Response:
    """Log in with e-mail and password"""
    email = credentials["email"]
    service(RateLimits).count(LOGIN_ACCOUNT, email.lower())
    try:
        login = service(AuthService).login(email, credentials["password"])
    except Unauthenticated:
        # By id: what stands for the address may be a password in the wrong field.
        service(AuditLog).record(Act.LOGIN_FAILED, agent_id=service(AuthService).account_of(email))
        raise
    service(AuditLog).record(Act.LOGIN, actor_id=login.agent["_id"], agent_id=login.agent["_id"])
    return _answer(login)


@blueprint.post("/setup")
@_admitted
@blueprint.arguments(SetupRequest)
@blueprint.response(201, LoginAnswer)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(409, "CONFLICT")
@blueprint.doc(**PUBLIC)
def set_up(fields: Document) -> Response:
    """Create the first admin with the token of the link that start-up prints, and log in"""
    service(Setup).check(fields["token"])
    password_hash = passwords.hash_password(fields["password"])
    account = new_account(fields["name"], fields["email"], Role.ADMIN, password_hash)
    service(Setup).create_admin(fields["token"], account)
    service(AuditLog).record(
        Act.AGENT_CREATED, agent_id=account["_id"], role=account["role"], active=True
    )
    return _answer(service(AuthService).login(fields["email"], fields["password"]), 201)


@blueprint.post("/refresh")
@blueprint.response(200, LoginAnswer)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.doc(**PUBLIC)
def refresh() -> Response:
    """Get a new access token with the refresh cookie"""
    refuse_other_sites()
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated
    try:
        return _answer(service(AuthService).refresh(token))
    except SessionReused as reuse:
        service(AuditLog).record(Act.REFRESH_REUSED, agent_id=reuse.agent_id)
        raise


@blueprint.post("/logout")
@blueprint.response(204)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.doc(**PUBLIC)
def logout() -> Response:
    """End the session"""
    refuse_other_sites()
    agent_id = service(AuthService).logout(request.cookies.get(COOKIE, ""))
    if agent_id:
        service(AuditLog).record(Act.LOGOUT, actor_id=agent_id, agent_id=agent_id)
    response = Response(status=204)
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="Strict")
    return response


@blueprint.get("/me")
@blueprint.response(200, Agent)
def me() -> Response:
    """Who is logged in"""
    require_agent()
    return answer(agent_view(service(AgentService).get_agent(current_actor().id)))


def _answer(login: Login, status: int = 200) -> Response:
    response = answer(
        {
            "accessToken": login.access_token,
            "expiresIn": int(ACCESS_LIFETIME.total_seconds()),
            "agent": agent_view(login.agent),
        },
        status,
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
