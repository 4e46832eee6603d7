"""Puts the Flask server together: configuration, gate, headers and every blueprint."""

from datetime import timedelta

from flask import Flask

from components import theme
from data.settings import Settings
from web import broker_contract, gate, headers, health, returns_files, sign_in, webhook

SESSION_DAYS = 7
LARGEST_BODY_BYTES = 8 * 1024 * 1024


def create_server(settings: Settings) -> Flask:
    """Return the Flask server that Dash is mounted on; it answers nothing to strangers but what the gate lists."""
    server = Flask("ampra", static_folder=None, template_folder="web/templates", root_path=str(settings.root))
    server.secret_key = settings.secret_key
    server.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="ampra_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.web_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=True,
    )
    server.jinja_env.globals["theme"] = theme
    for room in (sign_in, webhook, broker_contract, health, returns_files):
        server.register_blueprint(room.blueprint)
    gate.install(server)
    headers.install(server)
    return server
