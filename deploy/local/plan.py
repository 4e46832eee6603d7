"""What one installation consists of: its settings, the servers it embeds, and the processes that use them."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from data.settings import Settings
from deploy.local import mongo, postgres
from deploy.local.broker.access import LISTENER
from deploy.local.errors import StartError
from deploy.local.keys import Keys
from deploy.local.ports import accepts, free_port
from deploy.local.process import Child
from deploy.local.reach import require_port

OVERSEER_EMAIL = "overseer@ampra.local"
# Everything must have ended ten seconds after Ctrl-C, the servers after the rest.
SHUTDOWN_SECONDS = 5


@dataclass(frozen=True)
class Server:
    """An embedded server and how to tell that it serves."""

    child: Child
    is_ready: Callable[[], bool]


@dataclass(frozen=True)
class Plan:
    """Everything to start, in order: the servers, the schema, the first Overseer, the services."""

    settings: Settings
    environment: Mapping[str, str]
    servers: tuple[Server, ...]
    schema: Child
    overseer: Child
    services: tuple[Child, ...]

    @property
    def address(self) -> str:
        """Where people find Ampra."""
        return self.settings.web_url


def make_plan(settings: Settings, environ: Mapping[str, str]) -> Plan:
    """Decide what to embed, on which ports; StartError when a port is taken or a server program is missing."""
    require_port(settings.bind, settings.port, "AMPRA_PORT")
    given, servers = _with_secrets(settings, Keys(settings.var / "secrets")), []
    for embed in (_embed_postgres, _embed_mongo, _embed_mail, _embed_broker):
        given, server = embed(given)
        servers += [server] if server else []
    given = _with_weather(given, environ)
    environment = _environment(given, environ)
    services = [_python("web", "gunicorn", "-c", "deploy/gunicorn.py", "app:server")]
    services += [_python(name, f"jobs.{name}") for name in ("scheduler", "worker", "listener")]
    if given.demo:
        weather = () if given.weather_url == settings.weather_url else ("--weather", given.weather_url)
        services.append(replace(_python("demo", "deploy.local.demo", *weather), may_finish=True))
    return Plan(
        given, environment,
        tuple(replace(each, child=_with(each.child, environment)) for each in servers),
        _with(replace(_python("schema", "migrations"), runs_once=True), environment),
        _with(replace(_python("overseer", "deploy.overseer"), runs_once=True), environment),
        tuple(_with(each, environment) for each in services),
    )


def web_host(settings: Settings) -> str:
    """Where processes of this machine reach the web server."""
    return "127.0.0.1" if settings.bind == "0.0.0.0" else settings.bind  # nosec B104


def _with_secrets(settings: Settings, keys: Keys) -> Settings:
    return replace(
        settings,
        secret_key=settings.secret_key or keys.key("secret_key"),
        sealing_key=settings.sealing_key or keys.key("sealing_key"),
        internal_token=settings.internal_token or keys.key("internal_token"),
        admin_email=settings.admin_email or OVERSEER_EMAIL,
        admin_password=settings.admin_password or keys.password("admin_password"),
        demo_password=settings.demo_password or keys.password("demo_password"),
        shutdown_seconds=min(settings.shutdown_seconds, SHUTDOWN_SECONDS),
    )


def _embed_postgres(settings: Settings) -> tuple[Settings, Server | None]:
    if settings.postgres_url:
        return settings, None
    port, password = free_port(), Keys(settings.var / "secrets").key("postgres_password")
    child = postgres.prepare(settings.var / "postgres", port, password)
    return replace(settings, postgres_url=postgres.url(port, password)), Server(child, lambda: postgres.is_ready(port))


def _embed_mongo(settings: Settings) -> tuple[Settings, Server | None]:
    if settings.mongo_url:
        return settings, None
    port, password = free_port(), Keys(settings.var / "secrets").key("mongo_key")
    child = mongo.prepare(settings.var / "mongo", port, password)
    return replace(settings, mongo_url=mongo.url(port, password)), Server(child, lambda: mongo.is_ready(port))


def _embed_mail(settings: Settings) -> tuple[Settings, Server | None]:
    if settings.smtp_url:
        return settings, None
    port = free_port()
    command = ("deploy.local.mail", "--port", str(port), "--folder", str(settings.var / "mail"))
    server = Server(replace(_python("mail", *command), is_server=True), lambda: accepts("127.0.0.1", port))
    return replace(settings, smtp_url=f"smtp://127.0.0.1:{port}"), server


def _embed_broker(settings: Settings) -> tuple[Settings, Server | None]:
    if settings.mqtt_url:
        return settings, None
    require_port(settings.bind, settings.mqtt_port, "AMPRA_MQTT_PORT")
    host, port = web_host(settings), settings.mqtt_port
    command = ("deploy.local.broker", "--host", settings.bind, "--port", str(port),
               "--web", f"http://{host}:{settings.port}")
    password = Keys(settings.var / "secrets").key("listener_password")
    embedded = replace(settings, mqtt_url=f"mqtt://{LISTENER}:{quote(password)}@{host}:{port}", mqtt_shared_group="")
    return embedded, Server(replace(_python("broker", *command), is_server=True), lambda: accepts(host, port))


def _with_weather(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """The demo brings its own weather, unless a service is named."""
    if not settings.demo or environ.get("AMPRA_WEATHER_URL"):
        return settings
    return replace(settings, weather_url=f"http://127.0.0.1:{free_port()}")


def _environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    decided = {
        "AMPRA_POSTGRES_URL": settings.postgres_url, "AMPRA_MONGO_URL": settings.mongo_url,
        "AMPRA_MQTT_URL": settings.mqtt_url, "AMPRA_SMTP_URL": settings.smtp_url,
        "AMPRA_WEATHER_URL": settings.weather_url, "AMPRA_MQTT_SHARED_GROUP": settings.mqtt_shared_group or "none",
        "AMPRA_SECRET_KEY": settings.secret_key, "AMPRA_SEALING_KEY": settings.sealing_key,
        "AMPRA_INTERNAL_TOKEN": settings.internal_token, "AMPRA_ADMIN_EMAIL": settings.admin_email,
        "AMPRA_ADMIN_PASSWORD": settings.admin_password, "AMPRA_DEMO_PASSWORD": settings.demo_password,
        "AMPRA_VAR": str(settings.var), "AMPRA_SHUTDOWN_SECONDS": str(settings.shutdown_seconds),
    }
    # A secret that came from a file is handed on as itself: both at once would be refused.
    kept = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in decided}
    # glibc would keep an arena of freed memory for every thread.
    return {"MALLOC_ARENA_MAX": "2", **kept, **decided, "PYTHONUNBUFFERED": "1"}


def _python(name: str, module: str, *arguments: str) -> Child:
    return Child(name, (sys.executable, "-m", module, *arguments), directory=Path(__file__).parent.parent.parent)


def _with(child: Child, environment: Mapping[str, str]) -> Child:
    # A server that brought an environment of its own has no business with our secrets.
    return child if child.environment else replace(child, environment=environment)


def require_folder(folder: Path) -> None:
    """Make the `var` folder; StartError when it cannot be used."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartError(f"Ampra may not write to {folder}: set AMPRA_VAR to a folder this account may write to.")
