"""How a session is told in words: which browser on which system, and when it was used."""

from datetime import datetime

from components.quantities import age

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser(agent: str | None) -> str:
    """Name the browser and the system that a user agent tells of."""
    found = next((name for mark, name in _BROWSERS if mark in (agent or "")), None)
    system = next((name for mark, name in _SYSTEMS if mark in (agent or "")), None)
    if found is None:
        return (agent or "").split("/")[0][:40] or "A program"
    return f"{found} on {system}" if system else found


def when(at: datetime | None, now: datetime) -> str:
    """Write how long ago an aware instant was."""
    if at is None:
        return "never"
    return "just now" if (now - at).total_seconds() < 60 else f"{age(now - at)} ago"
