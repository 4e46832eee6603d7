"""paho's MQTT client with a short way in for what comes by the thousand, messages, and out for their acknowledgements.

paho asks the system for each packet three times and makes some 30 objects of its properties, which together cost more
than reading and storing what it carries (docs/decisions/0004-listener-client.md). Connections, sessions, subscriptions
and everything else are paho's own. This uses its inner parts, so its version is pinned and tests/unit holds it to them.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.exception import MalformedPacket

_PUBLISH, _PUBACK = 0x30, 0x40
_READ_BYTES = 256 * 1024
_MOST_LENGTH_BYTES = 4


class Published(NamedTuple):
    """A message that came: `identifier` is 0 at quality of service 0, else what its acknowledgement names."""

    topic: str
    payload: bytes
    identifier: int
    is_retained: bool


class Malformed(Exception):
    """What came is no MQTT."""


class LeanClient(mqtt.Client):
    """A client whose messages come to `take`, in the network thread; `on_message` is not used."""

    def __init__(self, take: Callable[[Published], None], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._take = take
        self._came = b""

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; half a packet of the connection before is worth nothing."""
        self._came = b""
        return super().reconnect()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read what has come, many packets at once."""
        if self._sock is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        try:
            came = self._sock_recv(_READ_BYTES)
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        if not came:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        self._last_bytes_received = time.monotonic()
        try:
            code = self._handle_all(self._came + came if self._came else came)
        except (Malformed, MalformedPacket):
            code = MQTTErrorCode.MQTT_ERR_PROTOCOL
        return self._loop_rc_handle(code) if code else code

    def acknowledge(self, identifiers: Iterable[int]) -> None:
        """Acknowledge messages of quality of service 1, all in one piece."""
        packets = b"".join(b"\x40\x02" + each.to_bytes(2, "big") for each in identifiers)
        if packets:
            self._packet_queue(_PUBACK, packets, 0, 1)

    def _handle_all(self, data: bytes) -> MQTTErrorCode:
        at, end = 0, len(data)
        while end - at >= 2:
            start, length = _length_at(data, at + 1)
            if length < 0 or start + length > end:
                break
            code = self._handle_one(data[at], data[start : start + length])
            if code or self._sock is None:
                return code
            at = start + length
        self._came = data[at:]
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _handle_one(self, first: int, packet: bytes) -> MQTTErrorCode:
        if first & 0xF0 == _PUBLISH:
            self._take(published(first, packet, has_properties=self._protocol == MQTTProtocolVersion.MQTTv5))
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        self._in_packet = {
            **self._in_packet, "command": first, "packet": bytearray(packet), "remaining_length": len(packet), "pos": 0,
        }
        return self._packet_handle()


def published(first: int, packet: bytes, *, has_properties: bool) -> Published:
    """Read a PUBLISH packet (MQTT 5.0, 3.3); its properties say nothing that a listener needs. Raises Malformed."""
    end = int.from_bytes(packet[:2], "big") + 2
    identifier = 0
    try:
        topic = packet[2:end].decode()
    except UnicodeDecodeError:
        raise Malformed("a topic that is not UTF-8") from None
    if first & 0x06:
        identifier = int.from_bytes(packet[end : end + 2], "big")
        end += 2
    if has_properties:
        end, length = _length_at(packet, end)
        end += length
        if length < 0:
            raise Malformed("properties without their length")
    if end > len(packet) or not topic:
        raise Malformed("a message shorter than it says, or without a topic")
    return Published(topic, packet[end:], identifier, bool(first & 0x01))


def _length_at(data: bytes, at: int) -> tuple[int, int]:
    """Return where a length ends and what it is, -1 where it is not all there (MQTT 5.0, 1.5.5). Raises Malformed."""
    value = 0
    for count in range(_MOST_LENGTH_BYTES):
        if at + count >= len(data):
            return at, -1
        digit = data[at + count]
        value |= (digit & 0x7F) << (7 * count)
        if digit < 0x80:
            return at + count + 1, value
    raise Malformed("a length of more than four bytes")
