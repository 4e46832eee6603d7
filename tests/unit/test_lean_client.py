"""The short way in reads what paho reads, whatever the pieces it comes in, and never raises on nonsense."""

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import _packet
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from jobs.lean_client import LeanClient, Malformed, Published, published

TOPICS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200)
# Message expiry, content type and a user property, as brokers pass them on.
PROPERTIES = (b"\x00", b"\x05\x02\x00\x00\x00\x3c", b"\x11\x03\x00\x04text\x26\x00\x03key\x00\x02va")


def packet_of(topic: str, payload: bytes, identifier: int, properties: bytes) -> bytes:
    named = topic.encode()
    return struct.pack("!H", len(named)) + named + struct.pack("!H", identifier) + properties + payload


def framed(first: int, content: bytes) -> bytes:
    length, number = b"", len(content)
    while True:
        number, digit = divmod(number, 128)
        length += bytes([digit | (128 if number else 0)])
        if not number:
            return bytes([first]) + length + content


@given(TOPICS, st.binary(max_size=500), st.integers(1, 65535), st.sampled_from(PROPERTIES), st.booleans())
def test_it_reads_what_paho_reads(topic: str, payload: bytes, identifier: int, properties: bytes, is_v5: bool) -> None:
    packet = packet_of(topic, payload, identifier, properties if is_v5 else b"")
    version = MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311
    theirs = _packet.decode_publish(0x33, packet, version)
    ours = published(0x33, packet, has_properties=is_v5)
    assert ours == Published(theirs.topic.decode(), theirs.payload, theirs.mid, theirs.retain)


@given(st.integers(0, 255), st.binary(max_size=60), st.booleans())
def test_nonsense_is_malformed_and_nothing_worse(first: int, packet: bytes, is_v5: bool) -> None:
    try:
        published(first, packet, has_properties=is_v5)
    except Malformed:
        return


class Wire:
    """A socket that gives what it is told to, piece by piece."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def recv(self, _most: int) -> bytes:
        if not self._pieces:
            raise BlockingIOError
        return self._pieces.pop(0)

    def close(self) -> None:
        self._pieces.clear()


def reading(pieces: list[bytes]) -> tuple[list[Published], list[MQTTErrorCode], LeanClient]:
    taken: list[Published] = []
    client = LeanClient(taken.append, CallbackAPIVersion.VERSION2, "c", protocol=MQTTProtocolVersion.MQTTv311)
    wire: Any = Wire(list(pieces))
    client._sock = wire
    codes = [client.loop_read() for _ in pieces]
    return taken, codes, client


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20), st.integers(1, 400))
def test_packets_may_come_in_any_pieces(payloads: list[bytes], size: int) -> None:
    packets = [framed(0x32, packet_of("a/b", payload, at + 1, b"")) for at, payload in enumerate(payloads)]
    stream = b"".join(packet + b"\xd0\x00" for packet in packets)
    taken, codes, _ = reading([stream[at : at + size] for at in range(0, len(stream), size)])
    assert set(codes) == {MQTTErrorCode.MQTT_ERR_SUCCESS}
    assert [(each.payload, each.identifier) for each in taken] == [(each, at + 1) for at, each in enumerate(payloads)]


@pytest.mark.parametrize(
    "stream", [b"\x32\xff\xff\xff\xff\xff", b"\x32\x01\x00", b"\x32\x05\x00\x02\xff\xfe\x00", b"\xf0\x00"]
)
def test_nonsense_ends_the_connection(stream: bytes) -> None:
    _, codes, client = reading([stream])
    assert codes == [MQTTErrorCode.MQTT_ERR_PROTOCOL]
    assert client.socket() is None


def test_the_end_of_the_connection_is_noticed() -> None:
    _, codes, client = reading([b""])
    assert codes == [MQTTErrorCode.MQTT_ERR_CONN_LOST]
    assert client.socket() is None


def test_acknowledgements_go_out_in_one_piece() -> None:
    _, _, client = reading([])
    client.acknowledge([1, 258])
    (packet,) = client._out_packet
    assert packet["packet"] == b"\x40\x02\x00\x01\x40\x02\x01\x02"


def test_paho_still_has_the_parts_that_are_used() -> None:
    for name in ("_sock_recv", "_loop_rc_handle", "_packet_queue", "_packet_handle", "reconnect", "loop_read"):
        assert callable(getattr(Client, name))
    plain = Client(CallbackAPIVersion.VERSION2)
    assert {"command", "packet", "remaining_length", "pos"} <= plain._in_packet.keys()
    assert hasattr(plain, "_last_bytes_received")
