"""Sources brought in from a file by a worker: all of them or none, with its progress, and their credentials once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from data import audit_log, postgres, queue, source_imports, sources
from data.source_imports import SourceImportRecord
from services import audit, sealing
from services.errors import Invalid
from services.people.viewer import Viewer
from services.sources import file_import, making
from services.sources.making import NewSource

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=7)
_NOTED_EVERY = 25


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the newest file of a person is; `has_secrets` until its credentials were taken."""

    state: str
    done: int
    total: int
    error: str | None
    has_secrets: bool


def start(viewer: Viewer, content: bytes, now: datetime) -> None:
    """Have the sources of a file made as soon as a worker is free; raises Invalid for one with any fault."""
    lines = file_import.good_lines(viewer, content, now)
    with postgres.session() as session:
        before = source_imports.newest(session, viewer.account_id, lock=True)
        if before is not None and before.is_open:
            raise Invalid({"file": "must wait: another file of yours is still being brought in"})
        values = {"user_id": viewer.account_id, "content": content.decode("utf-8-sig"), "rows_total": len(lines)}
        import_id = source_imports.add(session, values)
        about = {**audit.by(viewer.account_id, now), "target_kind": "account", "target_id": viewer.account_id}
        audit_log.add(session, "sources-brought-in", **about, details={"sources": len(lines)})
    name = str(import_id)
    queue.defer("sources:bring_in", {"import_id": name}, lock=f"bring_in {name}")


def standing(viewer: Viewer) -> Standing | None:
    """Return how far the newest file of the viewer is; None where there is nothing to say any more."""
    with postgres.session() as session:
        found = source_imports.newest(session, viewer.account_id)
    if found is None or (found.state == "done" and found.sealed_secret is None):
        return None
    return Standing(found.state, found.rows_done, found.rows_total, found.error, found.sealed_secret is not None)


def take_secrets(viewer: Viewer) -> tuple[int, str]:
    """Return how many sources the newest file made and their credentials as CSV, and forget these.

    Raises Invalid where there are none, or they were taken before.
    """
    with postgres.session() as session:
        found = source_imports.newest(session, viewer.account_id, lock=True)
        if found is None or found.state != "done" or found.sealed_secret is None:
            raise Invalid({"credentials": "were shown before, or there are none"})
        source_imports.change(session, found.id, {"sealed_secret": None})
    return found.rows_total, sealing.unseal(found.sealed_secret)


def run(import_id: str, now: datetime) -> None:
    """Make the sources of a file, all of them or none, and announce them; repeating it makes nothing twice."""
    record = _get(import_id)
    if record is None or not record.is_open:
        return
    if record.sealed_secret is None:
        try:
            _make(record, now)
        except Invalid as error:
            failed(import_id, "; ".join(error.errors.values()), now)
            return
        record = _get(import_id)
    if record is None or record.sealed_secret is None:
        return
    _announce(sealing.unseal(record.sealed_secret), now)
    _note(record.id, state="done", content=None, finished_at=now)
    log.info("made %d sources of a file", record.rows_total)


def failed(import_id: str, sentence: str, now: datetime) -> None:
    """Note that nothing came of a file, in words for who brought it; where its sources are there, it goes on."""
    record = _get(import_id)
    if record is not None and record.sealed_secret is None:
        _note(record.id, state="failed", content=None, error=sentence[:500], finished_at=now)


def forget_old(now: datetime) -> int:
    """Forget files that were brought long ago, with credentials that nobody took; returns how many."""
    with postgres.session() as session:
        return source_imports.remove_old(session, now - KEPT_FOR)


def _get(import_id: str) -> SourceImportRecord | None:
    with postgres.session() as session:
        return source_imports.get(session, UUID(import_id))


def _note(import_id: UUID, **values: Any) -> None:
    with postgres.session() as session:
        source_imports.change(session, import_id, values)


def _make(record: SourceImportRecord, now: datetime) -> None:
    lines = file_import.good_lines(Viewer(record.user_id, "", ""), (record.content or "").encode(), now)
    _note(record.id, state="running", rows_done=0)
    made: list[NewSource] = []
    with postgres.session() as session:
        wanted = ((each.values, each.group_id) for each in lines)
        for each in making.add_sources(session, record.user_id, wanted, now):
            made.append(each)
            if len(made) % _NOTED_EVERY == 0:
                # In a transaction of its own, for those who watch.
                _note(record.id, rows_done=len(made))
        # With the sources themselves: whoever stops here has made all of them or none.
        kept = {"sealed_secret": sealing.seal(file_import.secrets_file(made)), "rows_done": len(made)}
        source_imports.change(session, record.id, kept)


def _announce(file: str, now: datetime) -> None:
    secrets = file_import.secrets_of(file)
    with postgres.session() as session:
        records = sources.by_ids(session, secrets)
    for each in records:
        making.announce(NewSource(each, secrets[str(each.id)]), now)
