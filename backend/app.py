"""The application factory."""

from __future__ import annotations

import secrets
from functools import partial

from flask import Flask, Response, g
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.agents import routes as agents
from backend.assistant import routes as assistant
from backend.auth import routes as auth
from backend.channels import registry as channels
from backend.conversations import routes as conversations
from backend.customers import routes as customers
from backend.http import openapi, spa, status
from backend.http.bodies import CHECK, Bodies
from backend.http.edge import Edge
from backend.http.headers import secure
from backend.http.metrics import count_requests
from backend.http.openapi import DescribedApi
from backend.http.problems import register_error_handlers
from backend.http.services import register
from backend.platform.database import connect
from backend.platform.jobs import TICK
from backend.platform.periodic import run_periodically
from backend.realtime.connections import SWEEP, Connections
from backend.realtime.handlers import may_connect, register_handlers
from backend.realtime.message_queue import MessageQueue
from backend.realtime.packets import Packets
from backend.realtime.schemas import EVENT_SCHEMAS
from backend.realtime.web_sockets import without_extensions
from backend.services import build_services
from backend.settings import Settings
from backend.tickets import routes as tickets
from backend.tickets.schemas import LegalMoves

API = "/api/v2"
SERVICES = "mostrador.services"  # the key in `app.extensions`
MAX_BODY = 1024 * 1024  # bytes


def create_app(settings: Settings) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # /api/v2//tickets gets 404 instead of a redirect
    app.config.from_mapping(openapi.config())
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.json.sort_keys = False  # type: ignore[attr-defined]

    # Database, sockets, services
    db = connect(settings)
    queue = MessageQueue(settings.redis_url) if settings.redis_url else None
    socketio = SocketIO(
        app,
        async_mode=settings.async_mode.value,
        client_manager=queue,
        max_http_buffer_size=64 * 1024,  # clients send very little
        cors_allowed_origins=partial(may_connect, settings),
        cors_credentials=False,  # the token authenticates, not a cookie
    )
    if queue:
        queue.initialize()  # now, because the first client would miss earlier events
        socketio.server.manager_initialized = True
    services = build_services(settings, db, socketio)
    app.extensions[SERVICES] = services
    register(app, *services)

    # Requests
    count_requests(app)
    app.before_request(_name_request)
    app.after_request(_finish_response)

    # Routes
    api = DescribedApi(app)
    for blueprint in (
        auth.blueprint,
        tickets.blueprint,
        customers.blueprint,
        tickets.of_customer,
        conversations.blueprint,
        tickets.of_conversation,
        agents.blueprint,
        *channels.blueprints(),
        assistant.blueprint,
        status.config,
    ):
        api.register_blueprint(blueprint, url_prefix=API + (blueprint.url_prefix or ""))
    register_error_handlers(app)  # after flask-smorest's own
    api.describe(*EVENT_SCHEMAS, LegalMoves)
    app.register_blueprint(status.health)
    app.register_blueprint(spa.blueprint)

    served = without_extensions(app.wsgi_app)
    if settings.trusted_proxies:
        # Only the nearest proxy sets the scheme: it knows of TLS in front of it.
        served = ProxyFix(served, x_for=settings.trusted_proxies, x_proto=1)
    bodies = Bodies(served)
    served = Edge(bodies, settings)
    app.wsgi_app = served  # type: ignore[method-assign]  # as Flask documents

    # Real time and periodic work
    connections = Connections(socketio, services.agents, services.viewers)
    register_handlers(socketio, connections)
    start = socketio.start_background_task
    start(run_periodically, "sockets", SWEEP, connections.look)
    start(run_periodically, "logins", SWEEP, Packets(socketio.server).end_without_login)
    start(run_periodically, "bodies", CHECK, bodies.end_late)
    start(run_periodically, "jobs", TICK, services.jobs.tick, at_once=True)
    return app


def _name_request() -> None:
    g.request_id = secrets.token_hex(8)


def _finish_response(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    secure(response)
    return response
