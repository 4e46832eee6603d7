"""Whether the databases have had this very schema before: then the web server need not wait for it to be brought up."""

import hashlib
from pathlib import Path

from data.settings import ROOT, Settings


class KnownSchema:
    """A note in `var/run` of the schema that was last brought up, and of where."""

    def __init__(self, settings: Settings) -> None:
        self._note = settings.var / "run" / "schema"
        steps = sorted((ROOT / "migrations").rglob("*.py"))
        parts = [settings.postgres_url.encode(), settings.mongo_url.encode(), *(step.read_bytes() for step in steps)]
        self._wanted = hashlib.sha256(b"\0".join(parts)).hexdigest()
        # An embedded database that was removed is a new one.
        self._homes = [
            home for home, url in ((settings.var / "postgres" / "PG_VERSION", settings.postgres_url),
                                   (settings.var / "mongo" / "WiredTiger", settings.mongo_url)) if not url
        ]

    def is_there(self) -> bool:
        """Whether it was brought up before; False where in doubt."""
        return _text(self._note) == self._wanted and all(home.exists() for home in self._homes)

    def note(self) -> None:
        """Keep that it has been brought up."""
        self._note.write_text(self._wanted)


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""
