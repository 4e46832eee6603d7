"""A small running Ampra for tests: the HTTP edge, the embedded broker and a listener before both stores."""

import secrets
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from data import settings
from deploy.local.ports import accepts, free_port, wait_for
from services.ingestion.source_facts import CACHE
from tests import servers
from tests.mqtt import Server, listener
from web.server import create_server


@dataclass(frozen=True)
class Running:
    """Where it answers."""

    web_url: str
    mqtt_port: int


@contextmanager
def running(stores: dict[str, str], folder: Path) -> Iterator[Running]:
    """Start everything, with settings that this process reads too."""
    port, web_port, password = free_port(), free_port(), secrets.token_urlsafe(24)
    web_url = f"http://127.0.0.1:{web_port}"
    told = {
        **stores, "AMPRA_MQTT_SHARED_GROUP": "none", "AMPRA_WEB_URL": web_url,
        "AMPRA_MQTT_URL": f"mqtt://ampra-listener:{password}@127.0.0.1:{port}",
    }
    command = ("deploy.local.broker", "--host", "127.0.0.1", "--port", str(port), "--web", web_url)
    broker = Server("broker", (sys.executable, "-m", *command), told, folder / "broker.log")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        servers.forget_settings()
        CACHE.forget()
        edge = make_server("127.0.0.1", web_port, create_server(settings.get()), threaded=True)
        threading.Thread(target=edge.serve_forever, daemon=True).start()
        broker.start()
        try:
            assert wait_for(lambda: accepts("127.0.0.1", port), 15), broker.said()
            with listener(told, folder):
                yield Running(web_url, port)
        finally:
            broker.stop()
            edge.shutdown()
    servers.forget_settings()
