"""Listens to MQTT and hands every message to ingestion; a message is acknowledged only once it is durable."""

import logging
import queue
import signal
import threading
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from data import settings
from data.errors import StorageUnavailable
from jobs import process
from services import ingest
from solar import normalise

log = logging.getLogger("listener")

ROOT = "ampra/sources/"
# A round takes what has gathered while the last one was written, so rounds grow with the load by themselves.
LARGEST_ROUND = 2000
UNACKNOWLEDGED = 4000
GATHER_SECONDS = 0.02
BATCH_CHECK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
SESSION_EXPIRY_SECONDS = 7 * 24 * 3600


class Listener:
    """One MQTT connection and one writing loop; any number of processes may run one each."""

    def __init__(self, configured: settings.Settings) -> None:
        self._settings = configured
        self._waiting: queue.Queue[mqtt.MQTTMessage] = queue.Queue(maxsize=UNACKNOWLEDGED)
        self._stopping = threading.Event()
        self._next_batch_check = 0.0
        self._client = self._make_client()

    def run(self) -> None:
        """Listen until told to stop; then write what has arrived and leave."""
        self._connect()
        self._client.loop_start()
        while not self._stopping.is_set():
            self._round()
        while not self._waiting.empty():
            self._round()
        self._client.disconnect()
        self._client.loop_stop()
        log.info("stopped")

    def stop(self, *_: Any) -> None:
        """Ask the listener to end after the round it is in."""
        self._stopping.set()

    def _make_client(self) -> mqtt.Client:
        url = urlsplit(self._settings.mqtt_url)
        is_v5 = bool(self._settings.mqtt_shared_group)
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._settings.listener_name,
            protocol=MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            clean_session=None if is_v5 else False,
        )
        client.username_pw_set(unquote(url.username or ""), unquote(url.password or ""))
        if url.scheme == "mqtts":
            client.tls_set(ca_certs=self._settings.mqtt_ca_file or None)
        client.reconnect_delay_set(min_delay=1, max_delay=10)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _connect(self) -> None:
        url = urlsplit(self._settings.mqtt_url)
        port = url.port or (8883 if url.scheme == "mqtts" else 1883)
        options: dict[str, Any] = {}
        if self._settings.mqtt_shared_group:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_EXPIRY_SECONDS
            properties.ReceiveMaximum = UNACKNOWLEDGED
            options = {"properties": properties, "clean_start": False}
        self._client.connect_async(url.hostname or "127.0.0.1", port, keepalive=30, **options)

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("the broker refuses the listener: %s", reason)
            return
        group = self._settings.mqtt_shared_group
        client.subscribe(f"$share/{group}/{ROOT}#" if group else f"{ROOT}#", qos=1)
        log.info("listening at %s", urlsplit(self._settings.mqtt_url).hostname)

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not self._stopping.is_set():
            log.warning("connection to the broker lost (%s); trying again", reason)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        # A full queue blocks the network thread: the broker then keeps what we cannot take yet.
        self._waiting.put(message)

    def _round(self) -> None:
        messages = self._gather()
        if messages:
            self._insist(lambda: ingest.accept(_deliveries(messages), datetime.now(UTC)))
            for message in messages:
                self._client.ack(message.mid, message.qos)
        if time.monotonic() >= self._next_batch_check:
            self._next_batch_check = time.monotonic() + BATCH_CHECK_SECONDS
            self._insist(lambda: ingest.close_due_batches(datetime.now(UTC)))

    def _gather(self) -> list[mqtt.MQTTMessage]:
        messages: list[mqtt.MQTTMessage] = []
        try:
            messages.append(self._waiting.get(timeout=BATCH_CHECK_SECONDS / 4))
            time.sleep(GATHER_SECONDS)
            while len(messages) < LARGEST_ROUND:
                messages.append(self._waiting.get_nowait())
        except queue.Empty:
            pass
        return messages

    def _insist(self, write: Any) -> None:
        """Repeat a write until the stores answer again: what is not durable stays unacknowledged."""
        pause = 0.5
        while True:
            try:
                write()
                return
            except StorageUnavailable as error:
                log.warning("cannot store just now (%s); next attempt in %.1f s", error, pause)
                if self._stopping.wait(pause):
                    raise SystemExit(0) from None
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _deliveries(messages: list[mqtt.MQTTMessage]) -> list[ingest.Delivery]:
    received_at = datetime.now(UTC)
    return [each for message in messages if (each := delivery_of(message, received_at))]


def delivery_of(message: mqtt.MQTTMessage, received_at: datetime) -> ingest.Delivery | None:
    """Return a message of the tree `ampra/sources/{id}/...` as a delivery; None for any other topic."""
    source_id, _, topic = message.topic.removeprefix(ROOT).partition("/")
    if not message.topic.startswith(ROOT) or not topic:
        return None
    content = normalise.Message(
        transport="mqtt", topic=topic, body=bytes(message.payload), received_at=received_at, retained=message.retain
    )
    return ingest.Delivery(source_id, content)


def main() -> None:
    """Run one listener until SIGTERM or SIGINT."""
    listener = Listener(settings.get())
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, listener.stop)
    listener.run()


if __name__ == "__main__":
    process.run(main)
