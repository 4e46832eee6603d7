"""A sign of life of a background process, for whoever restarts the hung: a file's time, and systemd's watchdog."""

import os
import socket
import time
from contextlib import suppress
from pathlib import Path

PAUSE_SECONDS = 5.0
# What the outside sets, not a setting of Ampra: a file to touch, and the socket systemd listens on.
_FILE, _SOCKET = os.environ.get("HEARTBEAT_FILE", ""), os.environ.get("NOTIFY_SOCKET", "")
_last = 0.0


def beat() -> None:
    """Say that this process goes on; call it often, it does something only every few seconds."""
    global _last
    if not (_FILE or _SOCKET) or time.monotonic() - _last < PAUSE_SECONDS:
        return
    _last = time.monotonic()
    # A full disk or a missing socket must not end what they only look at.
    with suppress(OSError):
        if _FILE:
            Path(_FILE).touch()
        if _SOCKET:
            _notify(b"WATCHDOG=1")


def _notify(words: bytes) -> None:
    # An address that begins with @ is an abstract one.
    address = "\0" + _SOCKET[1:] if _SOCKET.startswith("@") else _SOCKET
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(words, address)
