"""How every process writes its log: one line an event, as text or JSON, with the request's id and without secrets."""

import json
import logging
import re
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO
from urllib.parse import unquote, urlsplit

from data import settings
from data.settings import DEFINITIONS, Settings, SettingsError

HIDDEN = "[hidden]"
# Which request a line belongs to; empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")
_SHORTEST_SECRET = 6
# Whatever looks like a credential, wherever it comes from; and the password of a URL.
_LOOKS_SECRET = re.compile(
    r"(?i)(?P<kept>bearer\s+|(?:password|passwd|secret|token|api_?key|authorization)[\"']?\s*[=:]\s*[\"']?)"
    r"(?P<secret>[^\s\"'&,;@]+)"
)
_IN_URL = re.compile(r"(?P<kept>://[^/\s:@]*:)(?P<secret>[^\s/@]+)(?=@)")
_QUIET_LIBRARIES = ("procrastinate", "apscheduler", "httpx", "cmdstanpy", "prophet")


def configure(stream: TextIO | None = None) -> None:
    """Send the log of this process to standard output, as the settings say; text where they cannot be read."""
    try:
        given: Settings | None = settings.get()
    except SettingsError:
        given = None
    handler = logging.StreamHandler(stream or sys.stdout)
    kind = JsonLines if given is not None and given.log_format == "json" else TextLines
    handler.setFormatter(kind(secrets_of(given) if given is not None else ()))
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.INFO
    for library in _QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


def secrets_of(given: Settings) -> tuple[str, ...]:
    """Return every secret that the settings hold, passwords within URLs included, the longest first."""
    found = set()
    for name, definition in DEFINITIONS.items():
        value = str(getattr(given, name)) if definition.is_secret else ""
        if "://" in value:
            password = urlsplit(value).password or ""
            found |= {value, password, unquote(password)}
        else:
            found |= {value, *value.split(",")}
    return tuple(sorted((each for each in found if len(each) >= _SHORTEST_SECRET), key=len, reverse=True))


class TextLines(logging.Formatter):
    """`LEVEL logger: message`, as people read it."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return hidden(super().format(record), self._secrets)


class JsonLines(logging.Formatter):
    """One JSON object a line, as programs read it."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if request_id.get():
            said["request"] = request_id.get()
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps({name: _clean(value, self._secrets) for name, value in said.items()}, ensure_ascii=False)


def _clean(value: object, secrets: Sequence[str]) -> object:
    return hidden(value, secrets) if isinstance(value, str) else value


def hidden(text: str, secrets: Sequence[str]) -> str:
    """Return a text without known secrets, and without what looks like one."""
    for each in secrets:
        if each in text:
            text = text.replace(each, HIDDEN)
    for pattern in (_IN_URL, _LOOKS_SECRET):
        text = pattern.sub(lambda found: f"{found['kept']}{HIDDEN}", text)
    return text
