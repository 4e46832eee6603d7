"""A second system for the tests: databases of its own on the same servers, and a folder for its files."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pymongo
import pytest
from psycopg import sql

from data import mongo
from data.backup import collections, tables
from services.ingestion.source_facts import CACHE
from tests import servers

Contents = dict[str, list[Any]]


@contextmanager
def second_home(settings: Mapping[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """Settings of a system without any table, collection or file; it has the same secrets."""
    url, name = settings["AMPRA_POSTGRES_URL"], f"second{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        mongo_url = settings["AMPRA_MONGO_URL"].replace("/ampradb", f"/{name}")
        try:
            yield {
                **settings, "AMPRA_POSTGRES_URL": url.rsplit("/", 1)[0] + f"/{name}", "AMPRA_MONGO_URL": mongo_url,
                "AMPRA_VAR": str(folder / name),
            }
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
                client.drop_database(name)


@contextmanager
def living_in(settings: Mapping[str, str]) -> Iterator[None]:
    """Have this process work on another system for the block."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AMPRA_")]:
            patch.delenv(name)
        for name, value in settings.items():
            patch.setenv(name, value)
        servers.forget_settings()
        CACHE.forget()
        yield
    servers.forget_settings()
    CACHE.forget()


def everything() -> Contents:
    """All rows as COPY text and all documents as BSON, each sorted, of the system this process works on."""
    found: Contents = {}
    with tables.snapshot() as connection:
        for table in tables.all_tables(connection):
            found[f"postgres/{table.name}"] = sorted(b"".join(tables.copy_out(connection, table)).splitlines())
    for name in collections.names(mongo.database()):
        batches = list(collections.read(mongo.database(), name))
        documents = [each for batch in batches for each in collections.split(batch)]
        found[f"mongo/{name}"] = sorted(documents)
    return {name: each for name, each in found.items() if each}
