"""Ports of this machine: a free one, whether one is taken, and waiting for a server to listen."""

import socket
import time
from collections.abc import Callable


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_taken(host: str, port: int) -> bool:
    """Whether another program holds `port`."""
    with socket.socket() as probe:
        # Servers set it too: without it, connections of the run before that linger would look like a taken port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False


def accepts(host: str, port: int, seconds: float = 1) -> bool:
    """Whether a server accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def wait_for(ready: Callable[[], bool], seconds: float) -> bool:
    """Ask `ready` until it says yes; False when `seconds` passed first."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
