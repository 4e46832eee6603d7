"""Whether the servers that settings name can be reached, and whether the ports Ampra needs are free."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from data.settings import Settings
from deploy.local.errors import StartError
from deploy.local.ports import accepts, is_taken

DEFAULT_PORTS = {
    "postgresql": 5432, "postgresql+psycopg": 5432, "postgres": 5432, "mongodb": 27017,
    "mqtt": 1883, "mqtts": 8883, "smtp": 25, "smtps": 465, "http": 80, "https": 443,
}
CONNECT_SECONDS = 3.0


def require_servers(settings: Settings) -> None:
    """Raise StartError for the first server that is set and does not answer."""
    given = {
        "AMPRA_POSTGRES_URL": settings.postgres_url, "AMPRA_MONGO_URL": settings.mongo_url,
        "AMPRA_MQTT_URL": settings.mqtt_url, "AMPRA_SMTP_URL": settings.smtp_url,
    }
    for variable, url in given.items():
        if url and not any(accepts(host, port, CONNECT_SECONDS) for host, port in addresses(url)):
            raise StartError(f"{variable} cannot be reached: nothing answers at {_shown(url)}.")
    _require_storage(settings.storage_url)


def weather_warning(settings: Settings) -> str:
    """A sentence when the weather service cannot be reached; without it Ampra runs, only without new weather."""
    if any(accepts(host, port, CONNECT_SECONDS) for host, port in addresses(settings.weather_url)):
        return ""
    place = _shown(settings.weather_url)
    return f"AMPRA_WEATHER_URL cannot be reached: nothing answers at {place}, and no new weather comes until it does."


def require_port(host: str, port: int, variable: str) -> None:
    """Raise StartError when another program holds a port that Ampra needs."""
    if is_taken(host, port):
        raise StartError(f"Port {port} at {host} is taken by another program: stop it, or set {variable} to another.")


def addresses(url: str) -> list[tuple[str, int]]:
    """The hosts and ports of a URL, which may list several; none where they are only known by a DNS query."""
    parts = urlsplit(url)
    places = []
    for place in parts.netloc.rpartition("@")[2].split(","):
        single = urlsplit(f"//{place}")
        if single.hostname:
            places.append((unquote(single.hostname), single.port or DEFAULT_PORTS.get(parts.scheme, 0)))
    return places


def _require_storage(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "file":
        return
    folder = Path(unquote(parts.path))
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise StartError(f"AMPRA_STORAGE_URL cannot be used: {folder} is not a folder that Ampra may write to.")


def _shown(url: str) -> str:
    # Without the password.
    return ", ".join(f"{host} port {port}" for host, port in addresses(url)) or urlsplit(url).scheme
