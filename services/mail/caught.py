"""Mails that the embedded catcher of a local installation caught, for an Overseer to read."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from data import settings
from services import access
from services.errors import NotFound
from services.people import permissions
from services.people.viewer import Viewer

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Caught:
    """One mail: its file's name, when it was caught, and what it says as text."""

    name: str
    caught_at: datetime
    recipient: str
    subject: str
    plain: str


def newest(viewer: Viewer) -> list[Caught]:
    """Return the newest mails, newest first; raises Forbidden, and NotFound where mails go to a real server."""
    access.require(viewer, permissions.MAILS_READ)
    folder = _folder()
    if not folder.is_dir():
        raise NotFound("no mails are caught here: they go to a mail server")
    files = sorted(folder.glob("*.eml"), reverse=True)[:MOST_AT_ONCE]
    return [_read(file) for file in files]


def _folder() -> Path:
    return settings.get().var / "mail"


def _read(file: Path) -> Caught:
    message = email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    caught_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return Caught(file.name, caught_at, str(message["To"]), str(message["Subject"]), text.replace("\r\n", "\n"))
