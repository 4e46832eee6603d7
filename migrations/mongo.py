"""Puts MongoDB's collections, validators and indexes in place, so that repeating it changes nothing."""

from collections.abc import Mapping
from typing import Any

from pymongo import IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from data.models.documents import COLLECTIONS, Document


def apply(database: Database[Document]) -> None:
    """Make every collection, validator and index that is missing or differs; documents are not touched."""
    found = {each["name"]: each for each in database.list_collections()}
    for name, wanted in COLLECTIONS.items():
        if name not in found:
            _create(database, name, wanted.is_packed)
        _validate(database, name, wanted.schema, found.get(name, {}).get("options", {}))
        _index_collection(database, name, wanted.indexes)


def _create(database: Database[Document], name: str, is_packed: bool) -> None:
    packing = {"storageEngine": {"wiredTiger": {"configString": "block_compressor=zstd"}}} if is_packed else {}
    try:
        database.create_collection(name, **packing)
    except CollectionInvalid:
        # Another process, or a first write, was quicker.
        return


def _validate(database: Database[Document], name: str, schema: Mapping[str, Any], options: Document) -> None:
    validator = {"$jsonSchema": dict(schema)} if schema else {}
    if options.get("validator", {}) != validator:
        database.command("collMod", name, validator=validator, validationLevel="strict", validationAction="error")


def _index_collection(database: Database[Document], name: str, indexes: tuple[IndexModel, ...]) -> None:
    present = {each["name"]: _comparable(each) for each in database[name].list_indexes()}
    for index in indexes:
        known = present.get(index.document["name"])
        if known is not None and known != _comparable(index.document):
            database[name].drop_index(index.document["name"])
    if indexes:
        database[name].create_indexes(list(indexes))


def _comparable(index: Mapping[str, Any]) -> Document:
    compared = ("unique", "expireAfterSeconds", "partialFilterExpression")
    options = {name: index[name] for name in compared if name in index}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in options.items()}
