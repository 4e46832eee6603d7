"""Whether a server that a setting names accepts connections, without saying anything to it."""

import socket
from urllib.parse import parse_qs, urlsplit

_PORTS = {"mqtt": 1883, "mqtts": 8883, "smtp": 25, "smtps": 465, "http": 80, "https": 443}
_SECONDS = 1.0


def accepts(url: str) -> bool:
    """Return whether the host and port of a URL take a connection within a second."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or _PORTS[parts.scheme]), _SECONDS):
            return True
    except (OSError, KeyError):
        return False


def endpoint_of(storage_url: str) -> str | None:
    """Return the address of an S3 server, None for a folder and for Amazon's own, which have none of ours to ask."""
    parts = urlsplit(storage_url)
    named = parse_qs(parts.query).get("endpoint", [])
    return named[0] if parts.scheme == "s3" and named else None
