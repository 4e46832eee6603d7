"""Real servers for the tests: PostgreSQL and MongoDB on free ports in a temporary folder, emptied between tests."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pymongo
from psycopg import sql

from deploy.local import mongo, postgres, process
from deploy.local.ports import free_port, wait_for

PROJECT = Path(__file__).parent.parent
START_SECONDS = 30
# Rows that the migrations put there and that every test may count on.
SEEDED_TABLES = ("alembic_version", "roles", "role_claims")


@contextmanager
def _running(child: process.Child, ready: Callable[[], bool], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        running = process.start(child, output)
        try:
            if not wait_for(ready, START_SECONDS):
                raise RuntimeError(f"{child.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            yield
        finally:
            process.stop(running, child)


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own; gives its URL."""
    port, password = free_port(), secrets.token_urlsafe(24)
    child = postgres.prepare(folder / "postgres", port, password)
    with _running(child, lambda: postgres.is_ready(port), folder / "postgres.log"):
        yield postgres.url(port, password)


@contextmanager
def mongo_server(folder: Path) -> Iterator[str]:
    """A MongoDB of our own; gives its URL."""
    port, password = free_port(), secrets.token_hex(24)
    child = mongo.prepare(folder / "mongo", port, password)
    with _running(child, lambda: mongo.is_ready(port), folder / "mongo.log"):
        # Tests have clocks of their own: what is old by them must not vanish by the wall clock under their hands.
        with pymongo.MongoClient[dict[str, object]](mongo.url(port, password)) as client:
            client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
        yield mongo.url(port, password)


def environment(postgres_url: str, mongo_url: str, folder: Path) -> dict[str, str]:
    """The settings of a test installation: these servers, random secrets, no demo, nothing outside `folder`."""
    return {
        "AMPRA_POSTGRES_URL": postgres_url,
        "AMPRA_MONGO_URL": mongo_url,
        "AMPRA_SECRET_KEY": secrets.token_urlsafe(48),
        "AMPRA_SEALING_KEY": secrets.token_urlsafe(32),
        "AMPRA_INTERNAL_TOKEN": secrets.token_urlsafe(32),
        "AMPRA_VAR": str(folder / "var"),
        "AMPRA_DEMO": "0",
    }


def migrate(settings: Mapping[str, str]) -> None:
    """Bring both databases to the newest schema, as the first process of every start does."""
    done = subprocess.run(
        [sys.executable, "-m", "migrations"], cwd=PROJECT, env={**os.environ, **settings},
        text=True, capture_output=True, check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"python -m migrations failed:\n{done.stdout}\n{done.stderr}")


def empty(postgres_url: str, mongo_url: str) -> None:
    """Remove every row and document a test left, and nothing of the schema."""
    empty_postgres(postgres_url)
    empty_mongo(mongo_url)


def empty_postgres(url: str) -> None:
    """Truncate the tables that hold rows, but those the migrations filled."""
    with psycopg.connect(url, autocommit=True) as connection:
        listed = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in listed if name not in SEEDED_TABLES]
        # Only what holds rows: truncating forty empty tables takes longer than most tests.
        asked = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for name in tables
        ]
        if not asked:
            return
        filled = [sql.Identifier(name) for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(asked))]
        if filled:
            # The audit log refuses to be emptied, as it should.
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(filled)))


def empty_mongo(url: str) -> None:
    """Delete every document; collections keep their indexes and validators."""
    with pymongo.MongoClient[dict[str, object]](url) as client:
        database = client.get_default_database()
        for name in database.list_collection_names(filter={"type": {"$ne": "view"}}):
            if not name.startswith("system."):
                database[name].delete_many({})


def forget_settings() -> None:
    """Make `data` read its settings anew: every answer it keeps (settings, engine, client) is thrown away."""
    rooms = [module for name, module in sys.modules.items() if name.split(".")[0] == "data"]
    for kept in [value for room in rooms for value in vars(room).values() if hasattr(value, "cache_clear")]:
        kept.cache_clear()


def run_sql(url: str, statement: str, *values: object) -> None:
    """Change something in PostgreSQL behind the back of this process's services."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement, values)  # type: ignore[call-overload]


def now() -> datetime:
    """The time now, aware, as the services want it."""
    return datetime.now(UTC)


def fetch(statement: str, *values: object) -> list[tuple[object, ...]]:
    """Read something in PostgreSQL behind the back of this process's services."""
    from data import settings

    with psycopg.connect(settings.get().postgres_url) as connection:
        return connection.execute(statement, values).fetchall()  # type: ignore[call-overload]


def settings_url() -> str:
    """The address of the tests' PostgreSQL."""
    from data import settings

    return settings.get().postgres_url


def work_off() -> None:
    """Do everything that waits in the queue, with a real worker, until nothing is due."""
    from jobs.queue import make_app

    async def work() -> None:
        app = make_app()
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    # In a thread of its own: browser tests have a loop running in theirs.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    """Wait for something another thread or process does; False where it does not happen in time."""
    return wait_for(condition, seconds)
