"""Logging in, staying logged in, logging out."""

from __future__ import annotations

from flask import Response, request

from backend.agents.schemas import Agent, agent_view
from backend.auth.identity import current_agent, require_agent
from backend.auth.schemas import LoginAnswer, LoginRequest
from backend.auth.service import SESSION_LIFETIME, Login
from backend.auth.tokens import ACCESS_LIFETIME
from backend.documents import Document
from backend.errors import Unauthenticated
from backend.http import Blueprint, answer
from backend.openapi import PUBLIC
from backend.rate_limits import LOGIN_ACCOUNT, LOGIN_ADDRESS
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
    services().rate_limits.count(LOGIN_ADDRESS, request.remote_addr or "")
    services().rate_limits.count(LOGIN_ACCOUNT, credentials["email"].lower())
    return _answer(services().auth.login(credentials["email"], credentials["password"]))


@blueprint.post("/refresh")
@blueprint.response(200, LoginAnswer)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.doc(**PUBLIC)
def refresh() -> Response:
    """Get a new access token with the refresh cookie"""
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated
    return _answer(services().auth.refresh(token))


@blueprint.post("/logout")
@blueprint.response(204)
@blueprint.doc(**PUBLIC)
def logout() -> Response:
    """End the session"""
    services().auth.logout(request.cookies.get(COOKIE, ""))
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
    response.headers["Cache-Control"] = "no-store"
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
