"""Alembic up, down and up again, two at once, and the models against what the steps made."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg import sql

from data import postgres
from data.models import Base
from migrations import is_ours

PROJECT = Path(__file__).parents[2]
OBJECTS = """
    SELECT 'table ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'routine ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
"""


@pytest.fixture
def empty(migrated: dict[str, str]) -> Iterator[dict[str, str]]:
    """Settings with databases of their own, without any table or collection."""
    url, name = migrated["AMPRA_POSTGRES_URL"], f"empty{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        mongo = migrated["AMPRA_MONGO_URL"].replace("/ampradb", f"/{name}")
        yield {**migrated, "AMPRA_POSTGRES_URL": url.rsplit("/", 1)[0] + f"/{name}", "AMPRA_MONGO_URL": mongo}
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _start(settings: dict[str, str], *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *command], cwd=PROJECT, env={**os.environ, **settings},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _run(settings: dict[str, str], *command: str) -> None:
    process = _start(settings, *command)
    output = process.communicate(timeout=60)
    assert process.returncode == 0, output


def _objects(settings: dict[str, str]) -> set[str]:
    with psycopg.connect(settings["AMPRA_POSTGRES_URL"]) as connection:
        return {name for (name,) in connection.execute(OBJECTS)}


def _differences(settings: dict[str, str]) -> list[object]:
    engine = postgres.engine_for(settings["AMPRA_POSTGRES_URL"])
    with engine.connect() as connection:
        options = {"include_object": is_ours, "compare_server_default": True}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    engine.dispose()
    return list(found)


def test_the_models_are_what_the_steps_make(migrated: dict[str, str]) -> None:
    assert _differences(migrated) == []


def test_up_and_down_and_up_again(empty: dict[str, str]) -> None:
    _run(empty, "alembic", "upgrade", "head")
    first = _objects(empty)
    assert {"table sun_sources", "table procrastinate_jobs"} <= first
    _run(empty, "alembic", "downgrade", "base")
    version = {name for name in _objects(empty) if "alembic_version" in name}
    assert _objects(empty) == version
    _run(empty, "alembic", "upgrade", "head")
    assert _objects(empty) == first
    assert _differences(empty) == []


def test_two_at_once_and_once_more_change_nothing(empty: dict[str, str]) -> None:
    running = [_start(empty, "migrations") for _ in range(2)]
    outputs = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], outputs
    first = _objects(empty)
    _run(empty, "migrations")
    assert _objects(empty) == first


def test_a_server_that_is_away_is_one_sentence(migrated: dict[str, str]) -> None:
    process = _start({**migrated, "AMPRA_POSTGRES_URL": "postgresql://ampra:hidden@127.0.0.1:1/x"}, "migrations")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "PostgreSQL does not answer" in errors
    assert "Traceback" not in errors
    assert "hidden" not in errors
