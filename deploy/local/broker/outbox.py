"""Which message goes to which listener: each to one of them, and to another when that one leaves."""

import asyncio

from deploy.local.broker.spool import Message, Spool

LARGEST_PACKET_ID = 65535
TAKEN_AT_ONCE = 100


class Outbox:
    """The spool as the listeners see it; what a listener took and did not finish comes back when it leaves."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._last_taken = 0
        self._returned: list[int] = []
        self._taking = asyncio.Lock()
        # There may be messages of the run before.
        spool.arrived.set()

    async def take(self) -> list[Message]:
        """The next messages for one listener, none when there are none; what came back goes first."""
        async with self._taking:
            if self._returned:
                again = self._returned[:TAKEN_AT_ONCE]
                messages = await self._spool.at(again)
                # Only now, and not by position: this may have been cancelled meanwhile, or more have come back.
                self._returned = sorted(set(self._returned).difference(again))
                return messages
            self._spool.arrived.clear()
            messages = await self._spool.after(self._last_taken, TAKEN_AT_ONCE)
            if messages:
                self._last_taken = messages[-1].number
            if len(messages) == TAKEN_AT_ONCE or self._returned:
                self._spool.arrived.set()
            return messages

    async def wait(self) -> None:
        """Return when there may be something to take."""
        if not self._returned:
            await self._spool.arrived.wait()

    def finish(self, number: int) -> None:
        """A listener has stored this message: forget it."""
        self._spool.remove([number])

    def give_back(self, numbers: list[int]) -> None:
        """A listener left without having finished these."""
        self._returned = sorted([*self._returned, *numbers])
        self._spool.arrived.set()


def packet_id(message: Message) -> int:
    """The packet identifier of a message, the same whenever it is sent.

    A listener that lost its connection may acknowledge, over the next one, what it had received over the first: with
    lasting identifiers this ends the very message it means.
    """
    return (message.number - 1) % LARGEST_PACKET_ID + 1
