"""Whether the stores answer, asked as lightly as can be."""

from data import mongo, postgres


def is_ready() -> bool:
    """Return whether pages and devices can be served just now."""
    return postgres.answers() and mongo.answers()


def limit_requests(seconds: int) -> None:
    """Have what this process asks of MongoDB give up after so long; PostgreSQL is told by gunicorn's configuration."""
    mongo.limit_operations(seconds)
