"""The broker as a server: lets clients in, one connection a client id, and drops those whose key is revoked."""

import asyncio
import logging

from amqtt.errors import AMQTTError, MQTTError
from amqtt.mqtt.connack import (
    BAD_USERNAME_PASSWORD,
    CONNECTION_ACCEPTED,
    NOT_AUTHORIZED,
    SERVER_UNAVAILABLE,
    UNACCEPTABLE_PROTOCOL_VERSION,
    ConnackPacket,
)
from amqtt.mqtt.connect import ConnectPayload

from deploy.local.broker.access import CHECK_SECONDS, LISTENER, Access, Confirmed, Unknown
from deploy.local.broker.connection import Connection
from deploy.local.broker.outbox import Outbox
from deploy.local.broker.packets import Refused, read_connect
from deploy.local.broker.spool import Spool

CONNECT_SECONDS = 10.0
REFUSAL_SECONDS = 1.0

log = logging.getLogger("broker")


class Broker:
    """All connections of one process."""

    def __init__(self, access: Access, spool: Spool) -> None:
        self._access = access
        self._spool = spool
        self._outbox = Outbox(spool)
        self._connections: dict[str, Connection] = {}

    async def serve(self, host: str, port: int) -> None:
        """Take connections until cancelled."""
        await self._spool.open()
        helpers = [asyncio.create_task(self._spool.keep_committing()), asyncio.create_task(self._keep_checking())]
        server = await asyncio.start_server(self._meet, host, port)
        log.info("ready at %s port %d, %d bytes waiting for the listener", host, port, self._spool.bytes_held)
        try:
            await asyncio.gather(server.serve_forever(), *helpers)
        finally:
            server.close()
            for connection in list(self._connections.values()):
                connection.drop()
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._spool.close()
            await self._access.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            connection = await self._let_in(reader, writer)
            if connection is not None:
                await self._keep(connection)
        except (Refused, AMQTTError, MQTTError, ValueError, LookupError, TypeError) as error:
            # The packets' own reader raises any of these on bytes that are no MQTT.
            log.warning("connection from %s closed: %s", writer.get_extra_info("peername"), error)
        except (asyncio.IncompleteReadError, TimeoutError, OSError):
            pass
        finally:
            writer.close()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Connection | None:
        start, payload = await asyncio.wait_for(read_connect(reader), CONNECT_SECONDS)
        if payload is None:
            await _answer(writer, UNACCEPTABLE_PROTOCOL_VERSION)
            return None
        code, confirmed = await self._judge(payload)
        if confirmed is None:
            log.warning("%s (client id %s) was refused", payload.username, payload.client_id)
            # Whoever guesses waits for each answer.
            await asyncio.sleep(REFUSAL_SECONDS)
            await _answer(writer, code)
            return None
        await _answer(writer, code)
        return Connection(reader, writer, start, payload, confirmed)

    async def _judge(self, payload: ConnectPayload) -> tuple[int, Confirmed | None]:
        if not payload.username or payload.password is None or not payload.client_id:
            return BAD_USERNAME_PASSWORD, None
        try:
            confirmed = await self._access.admit(payload.client_id, payload.username, payload.password)
        except Unknown:
            return SERVER_UNAVAILABLE, None
        return (CONNECTION_ACCEPTED if confirmed else NOT_AUTHORIZED), confirmed

    async def _keep(self, connection: Connection) -> None:
        earlier = self._connections.get(connection.client_id)
        if earlier is not None:
            earlier.drop()
        self._connections[connection.client_id] = connection
        try:
            await connection.serve(self._spool, self._outbox)
        finally:
            if self._connections.get(connection.client_id) is connection:
                del self._connections[connection.client_id]

    async def _keep_checking(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            sources = {each.user: each for each in self._connections.values() if each.user != LISTENER}
            for user in await self._access.revoked({user: each.confirmed for user, each in sources.items()}):
                log.warning("%s is no longer allowed; its connection is closed", user)
                sources[user].drop()


async def _answer(writer: asyncio.StreamWriter, code: int) -> None:
    # No session is ever said to be present: the listener then always subscribes, and its messages wait regardless.
    writer.write(ConnackPacket.build(0, code).to_bytes())
    await writer.drain()
