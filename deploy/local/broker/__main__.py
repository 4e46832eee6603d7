"""The embedded broker as a process: `python -m deploy.local.broker --host HOST --port PORT --web URL`."""

import argparse
import asyncio
import logging
import signal
import sys
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from data import settings
from deploy.local.broker.access import Access
from deploy.local.broker.server import Broker
from deploy.local.broker.spool import Spool


def main() -> None:
    """Run the broker until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="Ampra's embedded MQTT broker.")
    parser.add_argument("--host", required=True, help="address to listen on")
    parser.add_argument("--port", required=True, type=int, help="port to listen on")
    parser.add_argument("--web", required=True, help="where the web edge answers questions about accounts")
    given = parser.parse_args()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(_serve(given.host, given.port, given.web))


async def _serve(host: str, port: int, web_url: str) -> None:
    configured = settings.get()
    password = unquote(urlsplit(configured.mqtt_url).password or "")
    broker = Broker(Access(web_url, configured.internal_token, password), Spool(configured.var / "mqtt" / "queue.db"))
    serving = asyncio.create_task(broker.serve(host, port))
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


if __name__ == "__main__":
    main()
