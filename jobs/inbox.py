"""The listener's connection to the MQTT broker: what came in and was not taken yet, and its acknowledgement."""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from data.settings import Settings
from jobs.lean_client import LeanClient, Published

log = logging.getLogger("listener")

ROOT = "ampra/sources/"
UNACKNOWLEDGED = 4000
LARGEST_WAITING_BYTES = 32 * 1024 * 1024
KEEP_ALIVE_SECONDS = 60
CONNECT_SECONDS = 10.0
SESSION_EXPIRY_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came over one connection; `received_at` is aware UTC."""

    connection: int
    message: Published
    received_at: datetime


class Inbox:
    """Messages wait here, bounded in number by the broker and in bytes by not reading on."""

    def __init__(self, settings: Settings, *, leaving: bool = False) -> None:
        self._settings = settings
        self._is_leaving = leaving
        self._waiting: deque[Arrived] = deque()
        self._waiting_bytes = 0
        self._changed = threading.Condition()
        # Counts connections: packet identifiers of an earlier one mean nothing on the next.
        self._connection = 0
        self._is_closed = False
        self._client = self._make_client()

    def open(self) -> None:
        """Connect, now and whenever the connection is lost."""
        url = urlsplit(self._settings.mqtt_url)
        self._client.connect_async(url.hostname or "127.0.0.1", _port(url), KEEP_ALIVE_SECONDS, **self._session())
        self._client.loop_start()

    def close(self) -> None:
        """Send the acknowledgements on their way and disconnect; the session stays, unless it is given up."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        if self._is_leaving and self._settings.mqtt_shared_group:
            properties = _properties(PacketTypes.DISCONNECT)
            properties.SessionExpiryInterval = 0
            self._client.disconnect(properties=properties)
        else:
            self._client.disconnect()
        self._client.loop_stop()
        if self._is_leaving and not self._settings.mqtt_shared_group:
            self._end_session()

    def wait(self, seconds: float) -> None:
        """Return when a message waits, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed, seconds)

    def take(self, most: int, most_bytes: int) -> list[Arrived]:
        """Return the messages that wait, in order, up to a number and about so many bytes."""
        taken: list[Arrived] = []
        size = 0
        with self._changed:
            while self._waiting and len(taken) < most and size < most_bytes:
                taken.append(self._waiting.popleft())
                size += len(taken[-1].message.payload)
            self._waiting_bytes -= size
            self._changed.notify_all()
        return taken

    def oldest_at(self) -> datetime | None:
        """Return when the oldest message that waits came in, None where none waits."""
        with self._changed:
            return self._waiting[0].received_at if self._waiting else None

    def acknowledge(self, messages: Sequence[Arrived]) -> None:
        """Acknowledge what is durable; what came over an earlier connection comes again and is known then."""
        connection = self._connection
        self._client.acknowledge(
            each.message.identifier for each in messages if each.connection == connection and each.message.identifier
        )

    def _end_session(self) -> None:
        """End the session as MQTT 3.1.1 does: by connecting once more, without one."""
        url = urlsplit(self._settings.mqtt_url)
        done = threading.Event()
        client = self._make_client(keeps_session=False)
        client.on_connect = lambda *_: done.set()
        client.on_disconnect = None
        client.connect_async(url.hostname or "127.0.0.1", _port(url))
        client.loop_start()
        done.wait(CONNECT_SECONDS)
        client.disconnect()
        client.loop_stop()

    def _make_client(self, *, keeps_session: bool = True) -> LeanClient:
        url = urlsplit(self._settings.mqtt_url)
        is_v5 = bool(self._settings.mqtt_shared_group)
        client = LeanClient(
            self._on_published,
            CallbackAPIVersion.VERSION2,
            client_id=self._settings.listener_name,
            protocol=MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
            clean_session=None if is_v5 else not keeps_session,
        )
        client.username_pw_set(unquote(url.username or ""), unquote(url.password or ""))
        if url.scheme == "mqtts":
            client.tls_set(ca_certs=self._settings.mqtt_ca_file or None)
        client.reconnect_delay_set(min_delay=1, max_delay=10)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        return client

    def _session(self) -> dict[str, Any]:
        if not self._settings.mqtt_shared_group:
            return {}
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_EXPIRY_SECONDS
        properties.ReceiveMaximum = UNACKNOWLEDGED
        return {"properties": properties, "clean_start": False}

    def _topic(self) -> str:
        group = self._settings.mqtt_shared_group
        return f"$share/{group}/{ROOT}#" if group else f"{ROOT}#"

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._start_anew()
        if reason.is_failure:
            log.error("the broker refuses the listener: %s", reason)
        elif self._is_leaving:
            client.unsubscribe(self._topic())
            log.info("taking what still waits for %s", self._settings.listener_name)
        else:
            client.subscribe(self._topic(), qos=1)

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, _mid: int, codes: Any, _properties: Any) -> None:
        if any(each.is_failure for each in codes):
            log.error("the broker refuses the listener's subscription: %s", ", ".join(map(str, codes)))
        else:
            log.info("listening at %s", urlsplit(self._settings.mqtt_url).hostname)

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._start_anew()
        if not self._is_closed:
            log.warning("connection to the broker lost (%s); trying again", reason)

    def _start_anew(self) -> None:
        """Forget what waits: the broker sends everything unacknowledged again."""
        with self._changed:
            self._connection += 1
            self._waiting.clear()
            self._waiting_bytes = 0

    def _on_published(self, message: Published) -> None:
        arrived = Arrived(self._connection, message, datetime.now(UTC))
        with self._changed:
            # Not reading on leaves the rest with the broker, which keeps it.
            self._changed.wait_for(lambda: self._waiting_bytes < LARGEST_WAITING_BYTES or self._is_closed)
            self._waiting.append(arrived)
            self._waiting_bytes += len(message.payload)
            if len(self._waiting) == 1:
                self._changed.notify_all()


def _port(url: SplitResult) -> int:
    return url.port or (8883 if url.scheme == "mqtts" else 1883)


def _properties(packet: int) -> Any:
    return Properties(packet)  # type: ignore[no-untyped-call]
