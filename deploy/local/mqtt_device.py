"""A source's own MQTT connection, as its device would have: publishes with QoS 1 and knows what was acknowledged."""

from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


class MqttDevice:
    """Publishes below the source's own topic; what is not acknowledged is sent again after a broken connection."""

    def __init__(self, broker_url: str, source_id: str, key: str) -> None:
        user, url = f"src-{source_id}", urlsplit(broker_url)
        self.host = url.hostname or "127.0.0.1"
        self._port = url.port or (8883 if url.scheme == "mqtts" else 1883)
        self._topic = f"ampra/sources/{source_id}/data"
        self._acknowledged: set[int] = set()
        self._refusal = ""
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=user)
        self._client.username_pw_set(user, key)
        self._client.reconnect_delay_set(1, 5)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        if url.scheme == "mqtts":
            self._client.tls_set()

    @property
    def refusal(self) -> str:
        """Why the broker refused the last connection; empty where it did not."""
        return self._refusal

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted the connection that stands."""
        return bool(self._client.is_connected())

    def connect(self) -> None:
        """Connect at once, and again whenever the connection breaks; OSError where nobody listens."""
        self._client.connect(self.host, self._port)
        self._client.loop_start()

    def connect_when_possible(self) -> None:
        """Connect in the background, as soon as somebody listens."""
        self._client.connect_async(self.host, self._port)
        self._client.loop_start()

    def publish(self, body: bytes) -> int:
        """Publish a message, or keep it until there is a connection again; returns its id."""
        # What paho answers for a message it keeps ("no connection") reads as a failure, but is none.
        return self._client.publish(self._topic, body, qos=1).mid

    def take_acknowledged(self, message_id: int) -> bool:
        """Whether a message was acknowledged; its id is forgotten once it was, for it may come again."""
        was_acknowledged = message_id in self._acknowledged
        self._acknowledged.discard(message_id)
        return was_acknowledged

    def close(self) -> None:
        """Leave in good order."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _client: mqtt.Client, _data: object, _flags: object, reason: object, _more: object) -> None:
        # Away for a moment is no refusal: paho tries again.
        is_refused = getattr(reason, "is_failure", False) and str(reason) != "Server unavailable"
        self._refusal = str(reason) if is_refused else ""

    def _on_publish(self, _client: mqtt.Client, _data: object, message_id: int, *_more: object) -> None:
        self._acknowledged.add(message_id)
