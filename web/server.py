"""Puts the Flask server together: configuration, gate, headers and every blueprint."""

from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from components import theme
from data.settings import Settings
from services import health as stores
from web import (
    account_files,
    api,
    broker_contract,
    caching,
    callback_shape,
    compression,
    forecast_files,
    gate,
    headers,
    health,
    images,
    metrics,
    new_address,
    password_reset,
    register,
    request_log,
    returns_files,
    second_step,
    shared,
    sign_in,
    single_sign_on,
    telemetry_files,
    verify,
    webhook,
)

SESSION_DAYS = 7
LARGEST_BODY_BYTES = 8 * 1024 * 1024
ROOMS = (
    sign_in, second_step, single_sign_on, register, verify, password_reset, new_address,
    webhook, broker_contract, health, metrics, images, forecast_files, returns_files, telemetry_files, account_files,
    api, shared,
)


def create_server(settings: Settings) -> Flask:
    """Return the Flask server that Dash is mounted on; it answers nothing to strangers but what the gate lists."""
    server = Flask("ampra", static_folder=None, template_folder="web/templates", root_path=str(settings.root))
    server.secret_key = settings.secret_key
    stores.limit_requests(settings.request_seconds)
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
    for room in ROOMS:
        server.register_blueprint(room.blueprint)
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, trusted, trusted, trusted)  # type: ignore[method-assign]
    request_log.install(server)
    gate.install(server)
    callback_shape.install(server)
    # What is registered last comes first: the content policy reads pages before they are packed.
    compression.install(server)
    caching.install(server)
    headers.install(server)
    return server
