"""The schema of both databases: Alembic's steps for PostgreSQL, collections and indexes for MongoDB."""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
# Any number will do, as long as nothing else locks it; the bytes spell "ampr".
LOCK = 0x616D7072


def is_ours(thing: Any, name: str | None, kind: str, _is_reflected: bool, _compared: Any) -> bool:
    """Tell Alembic which objects the models describe: all but the tables of the work queue's own library."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", None)
    return not (table or "").startswith("procrastinate_")
