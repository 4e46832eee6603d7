"""History that owners bring from elsewhere: looked at, planned, tried without a trace, and taken in by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any
from uuid import UUID

from data import import_files, imports, mongo, postgres, queue
from data.imports import ImportRecord
from services import access
from services.errors import Invalid, NotFound
from services.imports import plans as import_plans
from services.imports import run as import_run
from services.imports import tables as import_tables
from services.imports.plans import Plan
from services.imports.tables import Cell
from services.people.viewer import Viewer

KEPT_FOR = timedelta(days=7)
SAMPLE_ROWS = 20
MOST_LISTED = 50
TASK = "imports:run"


@dataclass(frozen=True, slots=True)
class Preview:
    """A file that was brought: its id, its columns and first rows, and what they seem to mean."""

    upload_id: str
    file_name: str
    header: Sequence[str]
    sample: Sequence[Sequence[Cell]]
    suggestion: Plan


def upload(viewer: Viewer, source_id: str, file_name: str, content: IO[bytes], now: datetime) -> Preview:
    """Keep a file and say what it seems to hold; raises NotFound, Forbidden, and Invalid where it is no table."""
    source = access.source_for(viewer, source_id, manage=True)
    table = import_tables.read(file_name, content)
    sample = list(islice(table.rows, SAMPLE_ROWS))
    content.seek(0)
    kept = import_files.keep(mongo.database(), str(source.id), file_name[-200:], content, now)
    suggestion = import_plans.suggest(table.header, sample, source.time_zone)
    return Preview(kept.id, kept.name, table.header, sample, suggestion)


def start(
    viewer: Viewer, source_id: str, upload_id: str, plan: Mapping[str, Any], now: datetime, *, dry: bool = False
) -> ImportRecord:
    """Ask the worker to take in a file that was brought, or, `dry`, only to say what that would change.

    Raises NotFound, Forbidden, and Invalid with a sentence for each thing that is wrong with the plan.
    """
    source = access.source_for(viewer, source_id, manage=True)
    kept = import_files.find(mongo.database(), upload_id)
    if kept is None or kept.source_id != str(source.id):
        raise NotFound("there is no such file; please bring it again")
    with import_files.opened(mongo.database(), upload_id) as content:
        header = import_tables.read(kept.name, content).header
    checked = import_plans.plan_of(plan, header)
    values = {
        "sun_source_id": source.id, "kind": checked.kind, "file_name": kept.name, "created_by": viewer.account_id,
        "created_at": now, "plan": {**checked.as_json(), "uploadId": upload_id, "dry": dry},
    }  # fmt: skip
    with postgres.session() as session:
        record = imports.add(session, values)
    queue.defer(TASK, {"import_id": str(record.id)}, lock=f"imports {source.id}")
    return record


def progress(viewer: Viewer, source_id: str, import_id: str) -> ImportRecord:
    """Return how far an import has come; raises NotFound."""
    source = access.source_for(viewer, source_id)
    try:
        wanted = UUID(import_id)
    except ValueError:
        raise NotFound("there is no such import") from None
    with postgres.session() as session:
        record = imports.get(session, wanted)
    if record is None or record.sun_source_id != source.id:
        raise NotFound("there is no such import")
    return record


def newest(viewer: Viewer, source_id: str) -> list[ImportRecord]:
    """Return the newest imports of a source, newest first; raises NotFound."""
    source = access.source_for(viewer, source_id)
    with postgres.session() as session:
        return imports.of_source(session, source.id, MOST_LISTED)


def forget_old(now: datetime) -> int:
    """Delete files that were brought more than a week ago; returns how many."""
    return import_files.delete_old(mongo.database(), now - KEPT_FOR)


def remove_days(viewer: Viewer, source_id: str, start: datetime, end: datetime) -> int:
    """Take back the imported energies of the local days that start in `[start, end)`; returns of how many days."""
    source = access.source_for(viewer, source_id, manage=True)
    if not start < end:
        raise Invalid({"end": "must be later than the start"})
    return import_run.remove_days(source, start, end)
