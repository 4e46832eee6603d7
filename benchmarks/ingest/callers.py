"""Webhook senders as one cheap process: signed requests over kept connections of raw sockets.

`python -m benchmarks.ingest.callers PORT CONNECTIONS SIZE SECONDS SOURCES_FILE` prints requests, seconds and delays.
"""

import hashlib
import hmac
import selectors
import socket
import sys
import time
from pathlib import Path

from benchmarks.ingest.messages import body, milliseconds_now


class Caller:
    """One kept connection that sends the next request when the last is answered."""

    def __init__(self, port: int, source: tuple[str, str], size: int) -> None:
        self._port, (self._id, secret), self._size = port, source, size
        self._secret = secret.encode()
        self._stamp = milliseconds_now() - 10**8
        self._came = b""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0

    def send(self) -> None:
        """Send one request, signed the simple way."""
        content = self._content()
        signature = hmac.new(self._secret, content, hashlib.sha256).hexdigest()
        head = (
            f"POST /api/webhook/sunsource/{self._id} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Content-Type: application/json\r\nX-Webhook-Secret: {signature}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self.began = time.perf_counter()
        self.socket.sendall(head.encode() + content)

    def is_answered(self) -> bool:
        """Read on; whether the whole answer is there. Anything but 200 ends the measurement."""
        came = self.socket.recv(65536)
        self._came += came
        head, gap, rest = self._came.partition(b"\r\n\r\n")
        if not came or (gap and not head.startswith(b"HTTP/1.1 200")):
            raise SystemExit(f"a request failed: {self._came[:300]!r}")
        if not gap:
            return False
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        if len(rest) < length:
            return False
        self._came = b""
        return True

    def _content(self) -> bytes:
        stamps = range(self._stamp, self._stamp + self._size)
        self._stamp += self._size
        bodies = [body(each) for each in stamps]
        return bodies[0] if self._size == 1 else b"[" + b",".join(bodies) + b"]"


def main() -> None:
    """Call until the time is over and every request answered."""
    port, connections, size, seconds = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    sources = [tuple(line.split()) for line in Path(sys.argv[5]).read_text().splitlines()]
    selector = selectors.DefaultSelector()
    for number in range(connections):
        source_id, secret = sources[number % len(sources)]
        caller = Caller(port, (source_id, secret), size)
        selector.register(caller.socket, selectors.EVENT_READ, caller)
        caller.send()
    delays: list[float] = []
    began, waiting = time.perf_counter(), connections
    while waiting:
        for key, _ in selector.select():
            if key.data.is_answered():
                delays.append(time.perf_counter() - key.data.began)
                if time.perf_counter() - began < seconds:
                    key.data.send()
                else:
                    waiting -= 1
    passed = time.perf_counter() - began
    delays.sort()
    print(f"requests {len(delays)}\nseconds {passed:.3f}")
    print(f"p50_seconds {delays[len(delays) // 2]:.4f}\np99_seconds {delays[int(len(delays) * 0.99)]:.4f}")


if __name__ == "__main__":
    main()
