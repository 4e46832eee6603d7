"""What storage may end in: the error for a store that does not answer, and how the drivers' errors become it."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure, PyMongoError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# Stopping, stepping down, out of disk, or too slow: the same request may succeed later.
PASSING_MONGO_CODES = frozenset(
    {50, 64, 89, 91, 112, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031}
)


class StorageUnavailable(Exception):
    """A store does not answer just now; the same request may succeed later."""


@contextmanager
def mapped_postgres_errors() -> Iterator[None]:
    """Raise StorageUnavailable in place of SQLAlchemy's errors that mean PostgreSQL is away or overloaded."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StorageUnavailable("PostgreSQL does not answer") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageUnavailable("PostgreSQL does not answer") from error
        raise


@contextmanager
def mapped_mongo_errors() -> Iterator[None]:
    """Raise StorageUnavailable in place of PyMongo's errors that mean MongoDB is away or cannot write just now."""
    try:
        yield
    except PyMongoError as error:
        if _is_passing(error):
            raise StorageUnavailable("MongoDB does not answer") from error
        raise


def _is_passing(error: PyMongoError) -> bool:
    if isinstance(error, BulkWriteError):
        failures = (error.details or {}).get("writeErrors", [])
        return all(failure.get("code") in PASSING_MONGO_CODES for failure in failures)
    if isinstance(error, ConnectionFailure) or error.timeout:
        return True
    return isinstance(error, OperationFailure) and error.code in PASSING_MONGO_CODES
