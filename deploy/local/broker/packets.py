"""MQTT packets read from a stream, one at a time and never larger than allowed."""

import asyncio
from typing import Any

from amqtt.adapters import BufferReader
from amqtt.mqtt import packet_class
from amqtt.mqtt.connect import ConnectPayload, ConnectVariableHeader
from amqtt.mqtt.packet import CONNECT, MQTTFixedHeader

LARGEST_BODY_BYTES = 1024 * 1024
LARGEST_PACKET_BYTES = LARGEST_BODY_BYTES + 64 * 1024
LARGEST_CONNECT_BYTES = 16 * 1024
MQTT_3_1_1 = 4


class Refused(Exception):
    """What came is not MQTT 3.1.1, or more than is allowed; the connection must end."""


async def read_connect(reader: asyncio.StreamReader) -> tuple[ConnectVariableHeader, ConnectPayload | None]:
    """The first packet of a connection; the payload is None when the client speaks another version of MQTT."""
    header, body = await _read(reader, LARGEST_CONNECT_BYTES)
    if header.packet_type != CONNECT:
        raise Refused("the first packet is no CONNECT")
    content = BufferReader(body)
    start = await ConnectVariableHeader.from_stream(content, header)
    if start.proto_level != MQTT_3_1_1:
        return start, None
    return start, await ConnectPayload.from_stream(content, header, start)


async def read_packet(reader: asyncio.StreamReader) -> Any:
    """The next packet, of the amqtt class of its type."""
    header, body = await _read(reader, LARGEST_PACKET_BYTES)
    # Parsed out of its own bytes: a packet that lies about its lengths cannot reach into the next one.
    return await packet_class(header).from_stream(BufferReader(body), fixed_header=header)


async def _read(reader: asyncio.StreamReader, largest: int) -> tuple[MQTTFixedHeader, bytes]:
    first = (await reader.readexactly(1))[0]
    length = await _read_length(reader)
    if length > largest:
        raise Refused(f"a packet of {length} bytes; at most {largest} are taken")
    return MQTTFixedHeader(first >> 4, first & 0x0F, length), await reader.readexactly(length)


async def _read_length(reader: asyncio.StreamReader) -> int:
    value = 0
    for shift in (0, 7, 14, 21):
        byte = (await reader.readexactly(1))[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise Refused("a length of more than four bytes")
