"""The connections: transactions, and one error for a server that is away, quickly and without secrets."""

import time

import pymongo
import pytest
from pymongo.errors import BulkWriteError, DuplicateKeyError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from data import mongo, postgres
from data.errors import StorageUnavailable, mapped_mongo_errors

pytestmark = pytest.mark.usefixtures("stores")
NOWHERE = "127.0.0.1:1"


def _roles() -> int:
    with postgres.session() as session:
        return int(session.execute(text("SELECT count(*) FROM users")).scalar_one())


def test_a_session_commits_at_its_end_and_rolls_back_on_an_error() -> None:
    with postgres.session() as session:
        session.execute(text("INSERT INTO users (email) VALUES ('a')"))
    assert _roles() == 1
    with pytest.raises(ZeroDivisionError), postgres.session() as session:
        session.execute(text("INSERT INTO users (email) VALUES ('b')"))
        raise ZeroDivisionError
    assert _roles() == 1


def test_a_connection_that_the_server_ended_is_replaced_unnoticed() -> None:
    with postgres.session() as session:
        number = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with postgres.engine().connect(), postgres.session() as session:
        session.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    assert _roles() == 0


def test_a_connection_lost_at_work_is_the_one_error() -> None:
    with pytest.raises(StorageUnavailable), postgres.session() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ProgrammingError), postgres.session() as session:
        session.execute(text("SELECT nonsense"))


def test_postgres_away_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    away = postgres.engine_for(f"postgresql://ampra@{NOWHERE}/none")
    monkeypatch.setattr(postgres, "engine", lambda: away)
    started = time.monotonic()
    assert postgres.answers() is False
    assert time.monotonic() - started < 5


def test_mongo_away_is_said_within_its_selection_time(monkeypatch: pytest.MonkeyPatch) -> None:
    away = mongo.client_for(f"mongodb://{NOWHERE}")["ampradb"]
    monkeypatch.setattr(mongo, "database", lambda: away)
    started = time.monotonic()
    assert mongo.answers() is False
    assert time.monotonic() - started < 5


def test_both_answer() -> None:
    assert (postgres.answers(), mongo.answers()) == (True, True)


def test_mongo_refusals_are_not_taken_for_absence() -> None:
    batches = mongo.database()["ingest_counts"]
    row = {"sunSourceId": "a", "hour": 1}
    batches.insert_one(dict(row))
    with pytest.raises(DuplicateKeyError), mapped_mongo_errors():
        batches.insert_one(dict(row))
    with pytest.raises(BulkWriteError), mapped_mongo_errors():
        batches.bulk_write([pymongo.InsertOne(dict(row))])
