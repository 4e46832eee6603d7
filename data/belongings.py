"""Everything that belongs to a user, of every table and collection, in plain values and without a secret."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from pymongo.database import Database
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from data.errors import mapped_mongo_errors
from data.models import Base, User

Row = dict[str, Any]
# What must not leave the house even for its owner: whoever gets the archive could sign in, or pretend to be a device.
SECRET_COLUMNS = frozenset({
    "password_hash", "security_stamp", "concurrency_stamp", "email_verification_code", "verification_nonce",
    "secret_hash", "sealed_secret", "token_hash", "mqtt_api_key", "webhook_secret",
})  # fmt: skip
_SECRET = {("user_tokens", "value")}
COLLECTIONS = (
    "normalized_sun_source_data", "rollups_5m", "rollups_1h", "rollups_1d", "energy_days", "imported_days",
    "weather_observations", "weather_forecasts", "predictions", "model_metadata", "dead_letters",
)  # fmt: skip


def account(session: Session, user_id: str) -> Row | None:
    """Return a user's own row."""
    found = list(_rows(session, Base.metadata.tables["users"], User.id == user_id))
    return found[0] if found else None


def tables_of_user(session: Session, user_id: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield every table that has rows of a user, with these rows."""
    yield from _owned(session, "user_id", user_id)


def tables_of_source(session: Session, source_id: UUID) -> Iterator[tuple[str, list[Row]]]:
    """Yield every table that has rows of a source, with these rows."""
    yield from _owned(session, "sun_source_id", source_id)


def documents_of_source(database: Database[dict[str, Any]], collection: str, source_id: str) -> Iterator[Row]:
    """Yield a source's documents of one collection, a few thousand in memory at a time."""
    with mapped_mongo_errors():
        yield from database[collection].find({"sunSourceId": source_id}, projection={"_id": 0}).batch_size(5_000)


def _owned(session: Session, column: str, owner: object) -> Iterator[tuple[str, list[Row]]]:
    for table in Base.metadata.sorted_tables:
        if column in table.columns:
            rows = list(_rows(session, table, table.columns[column] == owner))
            if rows:
                yield table.name, rows


def _rows(session: Session, table: Table, condition: ColumnElement[bool]) -> Iterator[Row]:
    columns = [each for each in table.columns if not _is_secret(table.name, each.name)]
    for row in session.execute(select(*columns).where(condition)):
        yield dict(zip((each.name for each in columns), row, strict=True))


def _is_secret(table: str, column: str) -> bool:
    return column in SECRET_COLUMNS or (table, column) in _SECRET
