"""One user or one source between two servers: an archive of all that belongs to it, brought in as often as needed.

Passwords, MQTT keys and recovery codes travel as the hashes they are and go on holding. Webhook secrets and the keys of
second factors travel sealed by the old server; where this server knows its sealing key they are sealed anew, and where
not, they are made new by their owners. Sessions and API tokens do not travel.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from data import mongo, object_store, postgres, users
from data.backup import collections, places, rows, tables
from data.backup.rows import Scope
from data.backup.tables import Connection, Table
from services import sealing
from services.backups import archive, making
from services.backups.archive import Contents, Writer
from services.backups.restoring import Refused
from services.errors import NotFound
from services.ingestion import broker_sync
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.rollups import updating as rollups

USER, SOURCE = "user", "source"
Opener = Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(slots=True)
class Arrived:
    """What came: how many rows, documents and files are new here, and sentences on what is to be done."""

    rows: int = 0
    documents: int = 0
    files: int = 0
    notes: list[str] = field(default_factory=list)


def export_user(email: str, path: Path) -> Contents:
    """Write a user, with its groups and sources, to a file; raises NotFound and StorageUnavailable."""
    user_id = _account(email)
    with tables.snapshot() as connection:
        scope = rows.of_user(connection, user_id)
        return _write(path, connection, USER, scope, {"roles": rows.role_names(connection, user_id)})


def export_source(source_id: str, path: Path) -> Contents:
    """Write a source to a file; raises NotFound and StorageUnavailable."""
    with tables.snapshot() as connection:
        if source_id not in tables.ids(connection, "sun_sources"):
            raise NotFound(f"there is no source {source_id}")
        return _write(path, connection, SOURCE, Scope(sources=[source_id]), {})


def _account(email: str) -> str:
    with postgres.session() as session:
        found = users.by_normalized_email(session, accounts.normalize_email(email))
    if found is None:
        raise NotFound(f"there is no account {email}")
    return found.id


def _write(path: Path, connection: Connection, kind: str, scope: Scope, more: dict[str, Any]) -> Contents:
    wanted = rows.tables_of(connection, scope)
    head = {
        "kind": kind, "begun_at": tables.now(connection).isoformat(), "schema": tables.revision(connection),
        "tables": {table.name: table.columns for table, _ in wanted},
        "scope": {"users": scope.users, "sources": scope.sources, "groups": scope.groups}, **more,
    }  # fmt: skip
    with places.writing_file(path) as target, Writer(target, head) as out:
        for table, condition in wanted:
            out.add(f"postgres/{table.name}", making.lines(tables.copy_out(connection, table, condition)))
        for name in collections.of_sources():
            for source_id in scope.sources:
                out.add(f"mongo/{name}", making.documents(name, collections.of_source(source_id)))
        owners = {*scope.sources, *scope.groups}
        for key in making.own_files():
            content = object_store.get(key) if owners & set(key.split("/")) else None
            if content is not None:
                out.add(f"files/{key}", [(content, 1)])
        return out.finish({})


def bring(opened: Opener, owner_email: str | None = None) -> Arrived:
    """Bring in what another server exported; a source may be given to another owner. May be repeated.

    Ids stay. Raises Refused where one is taken by something else, Damaged, NotFound and StorageUnavailable.
    """
    with opened() as source:
        contents = archive.verify(source)
    head = contents.head
    if head.get("kind") not in (USER, SOURCE):
        raise Refused("This is a backup of everything: bring it back with `python -m deploy.restore`.")
    owner_id = _account(owner_email) if owner_email else None
    scope = Scope(**head["scope"])
    for each in (*scope.sources, *scope.groups):
        UUID(each)
    arrived = Arrived()
    with tables.writing() as connection:
        _require_schema(connection, head["schema"])
        with opened() as source:
            _take(connection, source, contents, owner_id, arrived)
        _reseal(connection, scope, arrived)
    _follow(scope, arrived)
    return arrived


def _require_schema(connection: Connection, wanted: str) -> None:
    here = tables.revision(connection)
    if here != wanted:
        raise Refused(
            f"The archive has schema {wanted} and this server {here}: bring both to the same version of Ampra."
        )


def _take(
    connection: Connection, source: IO[bytes], contents: Contents, owner_id: str | None, arrived: Arrived
) -> None:
    # Rows come first in the archive, those that others refer to before them.
    for part, entries in groupby(archive.parts(source), key=lambda each: each[0]):
        kind, _, name = part.partition("/")
        pieces = (content for _, content in entries)
        if kind == "postgres":
            table = Table(name, tuple(contents.head["tables"][name]))
            rows.stage(connection, table, pieces)
            _check(connection, name, owner_id)
            arrived.rows += rows.settle(connection, table)
            if name == "users":
                for user_id in contents.head["scope"]["users"]:
                    rows.give_roles(connection, user_id, contents.head["roles"])
        elif kind == "mongo":
            arrived.documents += sum(collections.write(mongo.database(), name, each) for each in pieces)
        elif object_store.get(name) is None:
            object_store.put(name, b"".join(pieces))
            arrived.files += 1


def _check(connection: Connection, table: str, owner_id: str | None) -> None:
    if table not in ("users", "sun_sources", "power_groups"):
        return
    what = {"users": "account", "sun_sources": "source", "power_groups": "group"}[table]
    if taken := rows.others_of_same_key(connection, table, "id"):
        raise Refused(f"Another {what} has the id {taken[0]} here: nothing was brought in.")
    if table == "users" and (taken := rows.others_of_same_key(connection, table, "normalized_email")):
        raise Refused(f"Another account has the address {taken[0].lower()} here: nothing was brought in.")
    if table == "sun_sources":
        if owner_id is not None:
            rows.change(connection, table, {"user_id": owner_id})
        here = tables.ids(connection, "users")
        if missing := [each for each in rows.arriving(connection, table, "user_id") if each not in here]:
            raise Refused(f"The owner of the source ({missing[0]}) is not here: name who shall own it with --owner.")


def _reseal(connection: Connection, scope: Scope, arrived: Arrived) -> None:
    sealed = {name: _anew(text) for name, text in rows.sealed_secrets(connection, scope)}
    rows.put_sealed_secrets(connection, scope, sealed)
    if lost := sum(text is None for text in sealed.values()):
        arrived.notes.append(f"{lost} webhook secrets are sealed with a key this server does not know: make new ones.")
    for user_id in scope.users:
        text = rows.second_factor_secret(connection, user_id)
        if text is not None:
            anew = _anew(text)
            rows.put_second_factor_secret(connection, user_id, anew)
            if anew is None:
                arrived.notes.append("The second factor is sealed with a key this server does not know: it is off now.")


def _anew(sealed: str) -> str | None:
    try:
        return sealing.seal(sealing.unseal(sealed))
    except sealing.CannotUnseal:
        return None


def _follow(scope: Scope, arrived: Arrived) -> None:
    CACHE.forget()
    for source_id in scope.sources:
        # What came while the archive was written may be in readings and not in roll-ups, or the other way round.
        rollups.request_rebuild(source_id)
    if scope.sources and broker_sync.is_needed():
        arrived.notes.append("The MQTT broker keeps keys of its own: make new ones for sources that publish by MQTT.")
