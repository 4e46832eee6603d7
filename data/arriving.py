"""Rows that come from another system, added where they are not here yet and never changing what is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import Base, User

Row = dict[str, Any]
_AT_ONCE = 1_000


def put(session: Session, table: str, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Add rows, all with the same columns, but those that meet a key that is here; returns the keys of the new ones."""
    target = Base.metadata.tables[table]
    keys = list(target.primary_key.columns)
    added: list[tuple[Any, ...]] = []
    for start in range(0, len(rows), _AT_ONCE):
        statement = insert(target).values(rows[start : start + _AT_ONCE]).on_conflict_do_nothing().returning(*keys)
        added += [tuple(row) for row in session.execute(statement)]
    return added


def put_unlike(session: Session, table: str, rows: Sequence[Row]) -> int:
    """Add rows of a table with counted keys, but those that are equal to one that is here; returns how many."""
    target = Base.metadata.tables[table]
    new = 0
    for row in rows:
        same = [target.columns[name].is_not_distinct_from(value) for name, value in row.items()]
        if session.execute(select(*target.primary_key.columns).where(*same).limit(1)).first() is None:
            session.execute(insert(target).values(row))
            new += 1
    return new


def columns(table: str) -> frozenset[str]:
    """Return the names of a table's columns."""
    return frozenset(Base.metadata.tables[table].columns.keys())


def known(session: Session, table: str, column: str, values: Sequence[Any]) -> set[Any]:
    """Return which values of a column are here."""
    wanted = Base.metadata.tables[table].columns[column]
    here: set[Any] = set()
    for start in range(0, len(values), _AT_ONCE):
        query = select(wanted).where(wanted.in_(values[start : start + _AT_ONCE]))
        here |= set(session.execute(query).scalars())
    return here


def accounts_by_address(session: Session, normalized: Iterable[str]) -> dict[str, str]:
    """Return the ids of the accounts that have some addresses, by the normalised address."""
    query = select(User.normalized_email, User.id).where(User.normalized_email.in_(list(normalized)))
    return {str(address): user_id for address, user_id in session.execute(query)}


def role_ids(session: Session) -> dict[str, str]:
    """Return the ids of all roles by their normalised names."""
    table = Base.metadata.tables["roles"]
    found = session.execute(select(table.columns["normalized_name"], table.columns["id"]))
    return {str(name): role_id for name, role_id in found}


def same_columns(rows: Iterable[Mapping[str, Any]], table: str) -> list[Row]:
    """Return rows with the columns that the table has, each with all of them that any row has."""
    given = [{name: value for name, value in row.items() if name in columns(table)} for row in rows]
    names = {name for row in given for name in row}
    return [{name: row.get(name) for name in names} for row in given]
