"""The connection to PostgreSQL: one pooled engine per process, made on first use, and sessions on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from data import settings
from data.errors import StorageUnavailable, mapped_postgres_errors

CONNECT_SECONDS = 3
# How rooms that may not import SQLAlchemy name what `session` gives.
Transaction = Session


def engine_for(url: str) -> Engine:
    """Return a new engine on a PostgreSQL URL of any of the usual spellings."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=5,
        max_overflow=15,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "ampra",
            # A server that vanished without a word is noticed within a quarter of a minute, not after hours.
            "keepalives_idle": 5,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
        },
    )


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Return this process's engine."""
    return engine_for(settings.get().postgres_url)


@contextmanager
def session() -> Iterator[Session]:
    """Give a session that commits when its block ends and rolls back on an error; raises StorageUnavailable."""
    with mapped_postgres_errors(), Session(engine(), expire_on_commit=False) as opened, opened.begin():
        yield opened


def answers() -> bool:
    """Return whether PostgreSQL answers a query just now."""
    try:
        with session() as opened:
            opened.execute(text("SELECT 1"))
    except StorageUnavailable:
        return False
    return True
