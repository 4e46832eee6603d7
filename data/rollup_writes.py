"""Writes of roll-ups that wait for one another, so that those of many sources go to the server together."""

from collections.abc import Sequence
from typing import Any

from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.reading_writes import SOON

Document = dict[str, Any]
Operation = InsertOne[Document] | UpdateOne | DeleteOne
MOST_WAITING = 5_000
_ORDER = (UpdateOne, DeleteOne, InsertOne)


class Writes:
    """Operations by collection; nothing is written before `flush`.

    Roll-ups need not wait for the disk one by one: the mark is finished after them, and that waits for all.
    """

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._waiting: dict[str, list[Operation]] = {}

    def add(self, collection: str, operations: Sequence[Operation]) -> None:
        """Let operations wait."""
        if operations:
            self._waiting.setdefault(collection, []).extend(operations)

    @property
    def are_many(self) -> bool:
        """Whether so many wait that they should be written."""
        return sum(map(len, self._waiting.values())) > MOST_WAITING

    def flush(self) -> None:
        """Write what waits; raises StorageUnavailable."""
        with mapped_mongo_errors():
            for name, operations in self._waiting.items():
                # Those of one kind together go as one; a day is changed before it is removed for being empty.
                ordered = sorted(operations, key=lambda each: _ORDER.index(type(each)))
                self._database.get_collection(name, write_concern=SOON).bulk_write(ordered)
        self._waiting = {}
