"""The embedded PostgreSQL and MongoDB: closed to strangers, and a kill loses nothing committed."""

import os
import signal
from pathlib import Path

import psycopg
import pymongo
import pytest

from deploy.local import mongo, postgres, process
from deploy.local.ports import free_port, wait_for


def test_postgres_refuses_a_wrong_password(postgres_url: str) -> None:
    wrong = postgres_url.replace(postgres_url.split(":")[2].split("@")[0], "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_mongo_refuses_whoever_has_no_key(mongo_url: str) -> None:
    address = mongo_url.split("@")[1].split("/")[0]
    with pymongo.MongoClient[dict[str, object]](f"mongodb://{address}") as client, \
            pytest.raises(pymongo.errors.OperationFailure, match="not authorized"):
        client["ampradb"]["anything"].find_one()


def test_postgres_killed_keeps_what_was_committed(tmp_path: Path) -> None:
    port = free_port()
    child = postgres.prepare(tmp_path / "postgres", port, "secret")
    first = process.start(child)
    assert wait_for(lambda: postgres.is_ready(port), 20)
    with psycopg.connect(postgres.url(port, "secret")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    second = process.start(postgres.prepare(tmp_path / "postgres", port, "secret"))
    try:
        assert wait_for(lambda: postgres.is_ready(port), 20)
        with psycopg.connect(postgres.url(port, "secret")) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        process.stop(second, child)


def test_postgres_starts_beside_the_lock_of_a_process_that_is_another_by_now(tmp_path: Path) -> None:
    port = free_port()
    postgres.prepare(tmp_path / "postgres", port, "secret")
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    child = postgres.prepare(tmp_path / "postgres", port, "secret")
    server = process.start(child)
    try:
        assert wait_for(lambda: postgres.is_ready(port), 20)
    finally:
        process.stop(server, child)


def test_mongo_killed_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    port = free_port()
    child = mongo.prepare(tmp_path / "mongo", port, "secretsecret")
    first = process.start(child)
    assert wait_for(lambda: mongo.is_ready(port), 20)
    with pymongo.MongoClient[dict[str, object]](mongo.url(port, "secretsecret"), w="majority", journal=True) as client:
        client["ampradb"]["kept"].insert_one({"answer": 42})
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    second = process.start(mongo.prepare(tmp_path / "mongo", port, "secretsecret"))
    try:
        assert wait_for(lambda: mongo.is_ready(port), 20)
        with pymongo.MongoClient[dict[str, object]](mongo.url(port, "secretsecret")) as client:
            assert client["ampradb"]["kept"].count_documents({"answer": 42}) == 1
    finally:
        process.stop(second, child)
