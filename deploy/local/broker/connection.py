"""One client's conversation: what it publishes is spooled and acknowledged in order; a listener is also sent to."""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from typing import Any

from amqtt.mqtt.connect import ConnectPayload, ConnectVariableHeader
from amqtt.mqtt.packet import DISCONNECT, PINGREQ, PUBACK, PUBLISH, PUBREL, SUBSCRIBE, UNSUBSCRIBE
from amqtt.mqtt.pingresp import PingRespPacket
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.pubcomp import PubcompPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.mqtt.pubrec import PubrecPacket
from amqtt.mqtt.suback import SubackPacket
from amqtt.mqtt.unsuback import UnsubackPacket

from deploy.local.broker import access
from deploy.local.broker.outbox import Outbox, packet_id
from deploy.local.broker.packets import LARGEST_BODY_BYTES, Refused, read_packet
from deploy.local.broker.spool import Message, Spool

UNACKNOWLEDGED_PUBLISHES = 500
UNFINISHED_DELIVERIES = 4000
UNFINISHED_BYTES = 32 * 1024 * 1024
SUBSCRIPTION_REFUSED = 0x80

log = logging.getLogger("broker")


class Connection:
    """A client that was let in; `serve` runs until it leaves or is dropped."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
        start: ConnectVariableHeader, payload: ConnectPayload, confirmed: access.Confirmed,
    ) -> None:
        self.client_id = payload.client_id or ""
        self.user = payload.username or ""
        self.confirmed = confirmed
        self._reader, self._writer = reader, writer
        self._silence_seconds = start.keep_alive * 1.5 or None
        self._will = (payload.will_topic, payload.will_message or b"") if start.will_flag else None
        self._acks: asyncio.Queue[tuple[asyncio.Future[None] | None, Any]] = asyncio.Queue(UNACKNOWLEDGED_PUBLISHES)
        self._half_done: set[int] = set()
        self._unsent: deque[Message] = deque()
        self._unfinished: dict[int, Message] = {}
        self._unfinished_bytes = 0
        self._room = asyncio.Event()
        self._is_subscribed = False
        self._was_refused = False

    async def serve(self, spool: Spool, outbox: Outbox) -> None:
        """Talk until the client leaves, is silent too long, breaks the protocol or is dropped."""
        helpers = [asyncio.create_task(self._acknowledge())]
        try:
            while await self._next(spool, outbox):
                if self._is_subscribed and len(helpers) == 1:
                    helpers.append(asyncio.create_task(self._deliver(outbox)))
        except (asyncio.IncompleteReadError, TimeoutError, OSError):
            self._leave_will(spool)
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            outbox.give_back([message.number for message in (*self._unfinished.values(), *self._unsent)])
            self.drop()

    def drop(self) -> None:
        """Close the connection at once."""
        with suppress(OSError, RuntimeError):
            self._writer.transport.abort()

    async def _next(self, spool: Spool, outbox: Outbox) -> bool:
        packet = await asyncio.wait_for(read_packet(self._reader), self._silence_seconds)
        kind = packet.fixed_header.packet_type
        if kind == PUBLISH:
            await self._take(packet, spool)
        elif kind == PUBACK:
            self._finish(packet.variable_header.packet_id, outbox)
        elif kind == PUBREL:
            self._half_done.discard(packet.variable_header.packet_id)
            await self._acks.put((None, PubcompPacket.build(packet.variable_header.packet_id)))
        elif kind == PINGREQ:
            await self._acks.put((None, PingRespPacket.build()))
        elif kind == SUBSCRIBE:
            await self._acks.put((None, self._subscribe(packet)))
        elif kind == UNSUBSCRIBE:
            await self._acks.put((None, UnsubackPacket.build(packet.variable_header.packet_id)))
        elif kind != DISCONNECT:
            raise Refused(f"a packet of type {kind}")
        return bool(kind != DISCONNECT)

    async def _take(self, packet: PublishPacket, spool: Spool) -> None:
        topic, body, quality = packet.topic_name or "", packet.data or b"", packet.qos or 0
        if len(body) > LARGEST_BODY_BYTES:
            raise Refused(f"a message of {len(body)} bytes; at most {LARGEST_BODY_BYTES} are taken")
        is_again = quality == 2 and packet.packet_id in self._half_done
        kept = None
        if not access.may_publish(self.user, topic):
            self._say_refused(topic)
        elif not is_again:
            kept = spool.append(topic, body, packet.retain_flag)
        if quality == 2:
            self._half_done.add(packet.packet_id or 0)
        await self._acks.put((kept, _answer(quality, packet.packet_id or 0)))

    def _say_refused(self, topic: str) -> None:
        # Acknowledged all the same: MQTT 3.1.1 has no other way of saying no than to hang up, and the device, which
        # may well publish to other topics by design, would only come back.
        if not self._was_refused:
            log.warning("%s may not publish to %r; what it sends there is dropped", self.user, topic)
        self._was_refused = True

    def _subscribe(self, packet: Any) -> SubackPacket:
        allowed = [access.may_subscribe(self.user, topic_filter) for topic_filter, _ in packet.payload.topics]
        self._is_subscribed = self._is_subscribed or any(allowed)
        codes = [1 if is_allowed else SUBSCRIPTION_REFUSED for is_allowed in allowed]
        if not all(allowed):
            log.warning("%s may not subscribe to %s", self.user, [each for each, _ in packet.payload.topics])
        return SubackPacket.build(packet.variable_header.packet_id, codes)

    async def _acknowledge(self) -> None:
        try:
            while True:
                kept, answer = await self._acks.get()
                if kept is not None:
                    await kept
                if answer is not None:
                    self._writer.write(answer.to_bytes())
                    await self._writer.drain()
        except Exception as error:
            # Whatever went wrong, hanging up leaves the message with its sender.
            log.warning("connection of %s closed: %s", self.user, error)
            self.drop()

    async def _deliver(self, outbox: Outbox) -> None:
        log.info("%s listens", self.client_id)
        while True:
            await outbox.wait()
            self._unsent.extend(await outbox.take())
            while self._unsent:
                await self._until_room(packet_id(self._unsent[0]))
                await self._send(self._unsent.popleft())

    async def _until_room(self, identifier: int) -> None:
        while self._is_full() or identifier in self._unfinished:
            self._room.clear()
            await self._room.wait()

    def _is_full(self) -> bool:
        return len(self._unfinished) >= UNFINISHED_DELIVERIES or self._unfinished_bytes >= UNFINISHED_BYTES

    async def _send(self, message: Message) -> None:
        self._unfinished[packet_id(message)] = message
        self._unfinished_bytes += len(message.body)
        packet = PublishPacket.build(message.topic, message.body, packet_id(message), False, 1, message.is_retained)
        self._writer.write(packet.to_bytes())
        await self._writer.drain()

    def _finish(self, identifier: int, outbox: Outbox) -> None:
        message = self._unfinished.pop(identifier, None)
        if message is not None:
            self._unfinished_bytes -= len(message.body)
            outbox.finish(message.number)
            self._room.set()

    def _leave_will(self, spool: Spool) -> None:
        if self._will and access.may_publish(self.user, self._will[0] or ""):
            kept = spool.append(self._will[0] or "", bytes(self._will[1]), False)
            # Nobody waits for it, and a full spool is no news by then.
            kept.add_done_callback(lambda done: done.exception())


def _answer(quality: int, identifier: int) -> Any:
    if quality == 0:
        return None
    return PubackPacket.build(identifier) if quality == 1 else PubrecPacket.build(identifier)
