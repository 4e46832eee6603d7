"""Rows of one user or source on the way between two systems: out as COPY text, in where they are not there yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from data.backup.tables import LEFT_OUT, QUEUE, Connection, Table, all_tables, copy_in

# What belongs to the server it was on: who is signed in, links on their way, work, and what the clock does. Roles have
# other ids on every server, so they travel by name.
STAYS = LEFT_OUT | {QUEUE, "account_sessions", "single_use_links", "job_progress", "telemetry_imports", "simulations",
                    "user_roles", "audit_entries"}
# API tokens are made anew: whoever holds one means the server it is of.
_TOKENS = "login_provider IN ('totp', 'recovery')"
_IDENTITIES = """
    SELECT a.attname FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attidentity <> ''
"""
_REFERENCES = """
    SELECT a.attname, c.confrelid::regclass::text, f.attname, c.confdeltype FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]
    WHERE c.contype = 'f' AND c.conrelid = %s::regclass
"""
_SEALED = """
    SELECT id::text, sealed_secret FROM source_credentials WHERE kind = 'webhook' AND sun_source_id::text = ANY(%s)
"""
_SHOWN = """
    UPDATE sun_sources AS s SET webhook_secret = (
        SELECT c.sealed_secret FROM source_credentials c WHERE c.sun_source_id = s.id AND c.kind = 'webhook'
            AND c.revoked_at IS NULL ORDER BY c.created_at DESC LIMIT 1
    ) WHERE s.id::text = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which users, sources and groups travel, by their ids as texts."""

    users: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


_OWN = {"users": "users", "sun_sources": "sources", "power_groups": "groups"}
_BY_COLUMN = {"user_id": "users", "sun_source_id": "sources", "power_group_id": "groups"}


def of_user(connection: Connection, user_id: str) -> Scope:
    """Return a user with everything it owns."""
    owned = []
    for table in ("sun_sources", "power_groups"):
        query = sql.SQL("SELECT id::text FROM {} WHERE user_id = %s ORDER BY 1").format(sql.Identifier(table))
        owned.append([row[0] for row in connection.execute(query, (user_id,))])
    return Scope([user_id], *owned)


def tables_of(connection: Connection, scope: Scope) -> list[tuple[Table, sql.Composable]]:
    """Return the tables that may hold rows of a scope, each with the condition for them, in the order of their keys."""
    found: list[tuple[Table, sql.Composable]] = []
    for table in all_tables(connection):
        names = [("id", _OWN[table.name])] if table.name in _OWN else [
            (column, kind) for column, kind in _BY_COLUMN.items() if column in table.columns]
        wanted = [_is_any(column, getattr(scope, kind)) for column, kind in names if getattr(scope, kind)]
        if wanted and table.name not in STAYS:
            condition = sql.SQL("({})").format(sql.SQL(" OR ").join(wanted))
            more = sql.SQL(" AND " + _TOKENS) if table.name == "user_tokens" else sql.SQL("")
            found.append((table, condition + more))
    return found


def _is_any(column: str, ids: Iterable[str]) -> sql.Composable:
    listed = sql.SQL(", ").join(map(sql.Literal, ids))
    return sql.SQL("{}::text IN ({})").format(sql.Identifier(column), listed)


def role_names(connection: Connection, user_id: str) -> list[str]:
    """Return the names of a user's roles."""
    query = "SELECT r.name FROM user_roles u JOIN roles r ON r.id = u.role_id WHERE u.user_id = %s ORDER BY 1"
    return [row[0] for row in connection.execute(query, (user_id,))]


def give_roles(connection: Connection, user_id: str, names: list[str]) -> None:
    """Give a user the roles of these names that there are here."""
    connection.execute(
        "INSERT INTO user_roles (user_id, role_id) SELECT %s, id FROM roles WHERE name = ANY(%s)"
        " ON CONFLICT DO NOTHING",
        (user_id, names),
    )


def stage(connection: Connection, table: Table, pieces: Iterable[bytes]) -> None:
    """Put arriving rows beside their table, where they can be looked at; they go with the transaction."""
    connection.execute(sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {}) ON COMMIT DROP").format(
        _beside(table.name), sql.Identifier("public", table.name)))
    copy_in(connection, Table(f"arriving_{table.name}", table.columns), pieces)


def others_of_same_key(connection: Connection, table: str, column: str) -> list[str]:
    """Return the values of a column by which another thing of this table is here: one that was made at another instant.

    For the column `id` the thing here has another birth; for any other column it has another id.
    """
    differs = "h.created_at IS DISTINCT FROM a.created_at" if column == "id" else "h.id <> a.id"
    query = sql.SQL("SELECT a.{0}::text FROM {1} a JOIN {2} h ON h.{0} = a.{0} WHERE " + differs).format(  # nosec B608
        sql.Identifier(column), _beside(table), sql.Identifier("public", table))
    return [row[0] for row in connection.execute(query)]


def arriving(connection: Connection, table: str, column: str) -> list[str]:
    """Return what arriving rows hold in a column."""
    query = sql.SQL("SELECT DISTINCT {}::text FROM {}").format(sql.Identifier(column), _beside(table))
    return [row[0] for row in connection.execute(query)]


def change(connection: Connection, table: str, values: Mapping[str, Any]) -> None:
    """Change a column of all arriving rows of a table."""
    for column, value in values.items():
        query = sql.SQL("UPDATE {} SET {} = %s").format(_beside(table), sql.Identifier(column))
        connection.execute(query, (value,))


def settle(connection: Connection, table: Table) -> int:
    """Add the arriving rows that are not here; returns how many.

    Where what they refer to is not here, a reference that may be empty becomes so, and any other row stays out.
    """
    for column, other, key, rule in connection.execute(_REFERENCES, (table.name,)).fetchall():
        missing = sql.SQL("a.{0} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {1} o WHERE o.{2} = a.{0})").format(
            sql.Identifier(column), sql.Identifier("public", other), sql.Identifier(key))
        does = (sql.SQL("UPDATE {} AS a SET {} = NULL WHERE ").format(_beside(table.name), sql.Identifier(column))
                if rule == "n" else sql.SQL("DELETE FROM {} AS a WHERE ").format(_beside(table.name)))
        connection.execute(does + missing)
    counted = {row[0] for row in connection.execute(_IDENTITIES, (table.name,))}
    names = [each for each in table.columns if each not in counted]
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    insert = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} AS a").format(
        sql.Identifier("public", table.name), listed, listed, _beside(table.name))
    if counted:
        same = sql.SQL(" AND ").join(
            sql.SQL("h.{0} IS NOT DISTINCT FROM a.{0}").format(sql.Identifier(each)) for each in names)
        insert += sql.SQL(" WHERE NOT EXISTS (SELECT 1 FROM {} h WHERE {})").format(
            sql.Identifier("public", table.name), same)
    return connection.execute(insert + sql.SQL(" ON CONFLICT DO NOTHING")).rowcount


def sealed_secrets(connection: Connection, scope: Scope) -> list[tuple[str, str]]:
    """Return the sealed webhook secrets of some sources, by the ids of their credentials."""
    return [(row[0], row[1]) for row in connection.execute(_SEALED, (scope.sources,))]


def put_sealed_secrets(connection: Connection, scope: Scope, sealed: Mapping[str, str | None]) -> None:
    """Replace sealed webhook secrets by the ids of their credentials; one without a new seal is removed."""
    for credential_id, text in sealed.items():
        if text is None:
            connection.execute("DELETE FROM source_credentials WHERE id::text = %s", (credential_id,))
        else:
            connection.execute("UPDATE source_credentials SET sealed_secret = %s WHERE id::text = %s",
                               (text, credential_id))
    connection.execute(_SHOWN, (scope.sources,))


def second_factor_secret(connection: Connection, user_id: str) -> str | None:
    """Return the sealed key of a user's second factor."""
    query = "SELECT value FROM user_tokens WHERE user_id = %s AND login_provider = 'totp' AND name = 'secret'"
    found = connection.execute(query, (user_id,)).fetchone()
    return found[0] if found else None


def put_second_factor_secret(connection: Connection, user_id: str, sealed: str | None) -> None:
    """Replace the sealed key of a user's second factor; without one the factor is off."""
    if sealed is not None:
        connection.execute("UPDATE user_tokens SET value = %s WHERE user_id = %s AND login_provider = 'totp'"
                           " AND name = 'secret'", (sealed, user_id))
        return
    connection.execute(
        "DELETE FROM user_tokens WHERE user_id = %s AND login_provider IN ('totp', 'recovery')", (user_id,)
    )
    connection.execute("UPDATE users SET two_factor_enabled = false WHERE id = %s", (user_id,))


def _beside(table: str) -> sql.Composable:
    return sql.Identifier("pg_temp", f"arriving_{table}")
