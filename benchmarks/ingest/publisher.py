"""Devices as one cheap process: MQTT 3.1.1 at QoS 1 over raw sockets, which costs little beside what is measured.

`python -m benchmarks.ingest.publisher PORT RATE SECONDS WINDOW` reads lines of `id key` and then, line by line, how
many readings are stored by now. RATE 0 sends as fast as readings are stored, with WINDOW of them on the way. It prints,
as it goes and at the end, how many messages the broker has acknowledged.
"""

import selectors
import socket
import struct
import sys
import threading
import time

from benchmarks.ingest.messages import body, milliseconds_now

TICK_SECONDS = 0.005
MOST_UNACKNOWLEDGED = 50
PATIENCE_SECONDS = 60


class Device:
    """One connection; what the broker has not acknowledged when it breaks is sent again over the next."""

    def __init__(self, port: int, source_id: str, key: str) -> None:
        self._port, self._user, self._key = port, f"src-{source_id}", key
        self._topic = f"ampra/sources/{source_id}/data".encode()
        self.unacknowledged: dict[int, bytes] = {}
        self.acknowledged = 0
        self._number = 0
        self._rest = b""
        self._last_stamp = 0
        self.socket: socket.socket | None = None
        self._retry_at = 0.0

    def connect(self, selector: selectors.BaseSelector) -> None:
        """Connect, or try again in a moment; then send again what was not acknowledged."""
        if time.monotonic() < self._retry_at:
            return
        try:
            self._open()
        except OSError:
            self.socket = None
            self._retry_at = time.monotonic() + 0.5
            return
        self._rest = b""
        selector.register(self.socket, selectors.EVENT_READ, self)
        for packet in list(self.unacknowledged.values()):
            self._write(bytes([packet[0] | 0x08]) + packet[1:])

    def send(self) -> None:
        """Publish one reading of this moment; two of one millisecond would be one instant."""
        self._last_stamp = max(milliseconds_now(), self._last_stamp + 1)
        self._number = self._number % 65535 + 1
        content = _text(self._topic) + struct.pack("!H", self._number) + body(self._last_stamp)
        packet = b"\x32" + _length(len(content)) + content
        self.unacknowledged[self._number] = packet
        self._write(packet)

    def receive(self, selector: selectors.BaseSelector) -> None:
        """Take the acknowledgements that came."""
        assert self.socket is not None
        try:
            came = self.socket.recv(65536)
        except OSError:
            came = b""
        if not came:
            self.drop(selector)
            return
        data = self._rest + came
        whole = len(data) // 4 * 4
        for at in range(0, whole, 4):
            if data[at] == 0x40 and self.unacknowledged.pop(struct.unpack("!H", data[at + 2 : at + 4])[0], None):
                self.acknowledged += 1
        self._rest = data[whole:]

    def drop(self, selector: selectors.BaseSelector) -> None:
        """Give up a broken connection."""
        if self.socket is not None:
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None
            self._retry_at = time.monotonic() + 0.5

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        user = self._user.encode()
        content = _text(b"MQTT") + b"\x04\xc2\x00\x00" + _text(user) + _text(user) + _text(self._key.encode())
        self.socket.sendall(b"\x10" + _length(len(content)) + content)
        answer = b""
        while len(answer) < 4:
            came = self.socket.recv(4 - len(answer))
            if not came:
                raise OSError("the broker hung up")
            answer += came
        if answer[3]:
            raise OSError(f"refused with code {answer[3]}")

    def _write(self, packet: bytes) -> None:
        try:
            if self.socket is not None:
                self.socket.sendall(packet)
        except OSError:
            # Its end is noticed when it is read from.
            return


class Load:
    """All devices, sending in turn."""

    def __init__(self, devices: list[Device], rate: float, window: int) -> None:
        self._devices, self._rate, self._window = devices, rate, window
        self._selector = selectors.DefaultSelector()
        self.sent = 0
        self.stored = 0

    def run(self, seconds: float) -> None:
        """Send for some seconds, then wait until everything is acknowledged."""
        began = time.monotonic()
        for device in self._devices:
            device.connect(self._selector)
        began, said_at = time.monotonic(), 0.0
        while (passed := time.monotonic() - began) < seconds:
            self._send_due(passed)
            self._receive(TICK_SECONDS)
            if passed - said_at >= 1:
                said_at = passed
                print(f"acknowledged {self.acknowledged}", flush=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(each.unacknowledged for each in self._devices) and time.monotonic() < deadline:
            self._receive(TICK_SECONDS)
        print(f"acknowledged {self.acknowledged}", flush=True)
        print(f"sent {self.sent}\ncpu_milliseconds {time.process_time() * 1000:.0f}", flush=True)

    @property
    def acknowledged(self) -> int:
        """How many messages the broker has taken over."""
        return sum(each.acknowledged for each in self._devices)

    def _send_due(self, passed: float) -> None:
        due = int(self._rate * passed) if self._rate else self.stored + self._window
        start = self.sent
        for _ in range(min(due - start, 1000)):
            device = self._devices[self.sent % len(self._devices)]
            if device.socket is None or len(device.unacknowledged) >= MOST_UNACKNOWLEDGED:
                # A device that cannot send just now leaves its turn to the next one.
                self._devices.append(self._devices.pop(self.sent % len(self._devices)))
                break
            device.send()
            self.sent += 1

    def _receive(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            key.data.receive(self._selector)
        for device in self._devices:
            if device.socket is None:
                device.connect(self._selector)


def _text(content: bytes) -> bytes:
    return struct.pack("!H", len(content)) + content


def _length(number: int) -> bytes:
    found = b""
    while True:
        number, digit = divmod(number, 128)
        found += bytes([digit | (128 if number else 0)])
        if not number:
            return found


def main() -> None:
    """Read the devices, then send."""
    port, rate, seconds, window = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    devices = []
    for line in sys.stdin:
        if not line.strip():
            break
        devices.append(Device(port, *line.split()))
    load = Load(devices, rate, window)

    def follow() -> None:
        for line in sys.stdin:
            load.stored = int(line)

    threading.Thread(target=follow, daemon=True).start()
    load.run(seconds)


if __name__ == "__main__":
    main()
