"""One's own data as one archive, written while it is read: it may be larger than the memory or the disk."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from data import audit_log, belongings, groups, mongo, postgres, sources
from data.groups import GroupRecord
from data.sources import SourceRecord
from services import audit
from services.errors import NotFound
from services.sources import images

_LINES_AT_ONCE = 2_000
README = """Everything that Ampra keeps of you.

account.json          your account
account/*.json        what belongs to it, by table: settings, groups, sessions, tokens (without the tokens) ...
sources/*/*.json      each source and what belongs to it, by table: prices, sharing, weather ...
sources/*/*.jsonl     its documents, one a line: readings, energies by hour and day, weather by the hour as it was
                      observed and forecast, predictions, models, messages that were not understood
sources/*/icon.webp   its icon
groups/*/logo.webp    the logos of your groups

Times are UTC. Passwords, keys and other secrets are not in here.
"""


class _Pipe(io.RawIOBase):
    """Takes what the archive writes and hands it on piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def archive(account_id: str, now: datetime) -> Iterator[bytes]:
    """Return a ZIP archive of an account as a stream of pieces; raises NotFound before the first."""
    with postgres.session() as session:
        own = belongings.account(session, account_id)
        if own is None:
            raise NotFound("there is no such account")
        tables = dict(belongings.tables_of_user(session, account_id))
        owned, own_groups = sources.list_owned(session, account_id), groups.list_owned(session, account_id)
        audit_log.add(session, "data-exported", **audit.own(account_id, now))
    return _pieces(own, tables, owned, own_groups)


def _pieces(
    own: dict[str, Any], tables: dict[str, list[dict[str, Any]]], owned: list[SourceRecord], grouped: list[GroupRecord]
) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archived:
        archived.writestr("README.txt", README)
        archived.writestr("account.json", _text(own))
        for name, rows in tables.items():
            archived.writestr(f"account/{name}.json", _text(rows))
            yield pipe.taken()
        for group in grouped:
            _image(archived, f"groups/{_named(group.name, group.id)}/logo.webp", "group", group.id, group.logo_url)
            yield pipe.taken()
        for source in owned:
            yield from _source(archived, pipe, source)
    yield pipe.taken()


def _source(archived: zipfile.ZipFile, pipe: _Pipe, source: SourceRecord) -> Iterator[bytes]:
    folder = f"sources/{_named(source.name, source.id)}"
    _image(archived, f"{folder}/icon.webp", "source", source.id, source.icon_url)
    with postgres.session() as session:
        tables = dict(belongings.tables_of_source(session, source.id))
    for name, rows in tables.items():
        archived.writestr(f"{folder}/{name}.json", _text(rows))
        yield pipe.taken()
    for collection in belongings.COLLECTIONS:
        with archived.open(f"{folder}/{collection}.jsonl", "w", force_zip64=True) as file:
            documents = belongings.documents_of_source(mongo.database(), collection, str(source.id))
            for number, document in enumerate(documents, 1):
                file.write(json.dumps(document, default=_plain, ensure_ascii=False).encode() + b"\n")
                if number % _LINES_AT_ONCE == 0:
                    yield pipe.taken()


def _named(name: str, owner_id: UUID) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] or "unnamed"
    return f"{plain}-{str(owner_id)[:8]}"


def _image(archived: zipfile.ZipFile, path: str, kind: str, owner_id: UUID, address: str | None) -> None:
    content = images.kept(kind, owner_id, address)
    if content is not None:
        # A picture is packed already.
        archived.writestr(path, content, zipfile.ZIP_STORED)


def _text(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain form")
