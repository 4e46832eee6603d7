"""The demo's memory, `var/demo.json`: credentials, how far each installation has come, and history still to store."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from solar.simulation import State

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of history: an installation's state at its begin, its end, and the step between readings."""

    state: State
    until: datetime
    step: timedelta


@dataclass(slots=True)
class Chapter:
    """One installation: who it is to Ampra, the state of its next live reading, and what is pending, newest last."""

    source_id: str
    secret: str = field(repr=False)
    state: State
    pending: list[Segment]


@dataclass(slots=True)
class Book:
    """Everything the demo must know to go on; `owner_id` is empty until the sources are made."""

    origin: datetime
    owner_id: str = ""
    chapters: dict[str, Chapter] = field(default_factory=dict)


def load(path: Path) -> Book | None:
    """Return what was kept, or None where there is nothing; raises ValueError for a file that cannot be used."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["format"] != FORMAT:
            raise ValueError(f"format {kept['format']} is not {FORMAT}")
        chapters = {key: _chapter(each) for key, each in kept["chapters"].items()}
        return Book(datetime.fromisoformat(kept["origin"]), kept["owner_id"], chapters)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} cannot be used ({error}): delete it") from error


def save(path: Path, book: Book) -> None:
    """Keep the book so that a kill at any moment leaves the old or the new one; only its owner may read it."""
    kept = {
        "format": FORMAT, "origin": book.origin.isoformat(), "owner_id": book.owner_id,
        "chapters": {key: _json(each) for key, each in book.chapters.items()},
    }
    scratch = path.with_suffix(".new")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(kept, file)
        file.flush()
        os.fsync(file.fileno())
    scratch.rename(path)


def _json(chapter: Chapter) -> dict[str, Any]:
    pending = [
        {"state": each.state.to_json(), "until": each.until.isoformat(), "step": each.step.total_seconds()}
        for each in chapter.pending
    ]
    return {
        "source_id": chapter.source_id, "secret": chapter.secret, "state": chapter.state.to_json(), "pending": pending,
    }


def _chapter(kept: dict[str, Any]) -> Chapter:
    pending = [
        Segment(
            State.from_json(each["state"]), datetime.fromisoformat(each["until"]), timedelta(seconds=each["step"])
        )
        for each in kept["pending"]
    ]
    return Chapter(kept["source_id"], kept["secret"], State.from_json(kept["state"]), pending)
