"""`python -m deploy.local.weather`: a weather service of our own with Open-Meteo's interface, for demo and tests."""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from deploy.local.weather_answers import BadRequest, answer, question_of

PATHS = {"/v1/forecast": False, "/v1/archive": True}
LARGEST_CONTROL_BYTES = 64 * 1024


class Troubles:
    """What goes wrong with the next requests, one fault each in order, and what was asked so far.

    A fault is an object with `kind`: `slow` (`seconds`), `status` (`status`, `retry_after`, `reason`), `truncated`,
    `page` (HTML with status 200), `units` (imperial), `nulls` (no value, units "undefined"), `ragged` (a value too
    few), `replay` (`file`, a recorded answer in the folder given).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[dict[str, Any]] = []
        self._asked: list[str] = []

    def set(self, faults: list[dict[str, Any]]) -> None:
        """Replace what is to go wrong."""
        with self._lock:
            self._waiting = list(faults)

    def next(self, asked: str) -> dict[str, Any]:
        """Note a request and return what goes wrong with it, empty where nothing does."""
        with self._lock:
            self._asked.append(asked)
            return self._waiting.pop(0) if self._waiting else {}

    @property
    def asked(self) -> list[str]:
        """The addresses asked for so far, with their query."""
        with self._lock:
            return list(self._asked)


class WeatherServer(ThreadingHTTPServer):
    """The server; `recorded` is the folder of answers that may be replayed."""

    daemon_threads = True

    def __init__(
        self, port: int = 0, recorded: Path | None = None, clock: Callable[[], datetime] | None = None,
        *, takes_faults: bool = False,
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.troubles, self.recorded, self.takes_faults = Troubles(), recorded, takes_faults
        self.clock = clock or (lambda: datetime.now(UTC))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that did not wait for its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: WeatherServer
    protocol_version = "HTTP/1.1"
    server_version = "ampra-weather"

    def do_GET(self) -> None:
        """Answer a question, in the way that the next fault says."""
        url = urlsplit(self.path)
        if url.path == "/requests" and self.server.takes_faults:
            self._send(200, self.server.troubles.asked)
        elif url.path == "/health":
            self._send(200, {"status": "ok"})
        elif url.path in PATHS:
            self._answer(url.path, dict(parse_qsl(url.query)), self.server.troubles.next(self.path))
        else:
            self._send(404, {"error": True, "reason": "Not Found"})

    def do_PUT(self) -> None:
        """Take a list of faults at /faults."""
        length = int(self.headers.get("content-length") or 0)
        if self.path != "/faults" or not self.server.takes_faults or length > LARGEST_CONTROL_BYTES:
            self.close_connection = True
            self._send(404, {"error": True, "reason": "Not Found"})
            return
        self.server.troubles.set(json.loads(self.rfile.read(length)))
        self._send(200, {})

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log of the installation is for what matters."""

    def _answer(self, path: str, query: dict[str, str], fault: dict[str, Any]) -> None:
        kind = fault.get("kind", "")
        if kind == "slow":
            time.sleep(float(fault["seconds"]))
        if kind == "status":
            self._send_failure(fault)
            return
        if kind == "page":
            self._send_bytes(200, b"<html><body>busy</body></html>", "text/html")
            return
        try:
            payload = self._payload(path, query, fault)
        except BadRequest as error:
            self._send(400, {"error": True, "reason": str(error)})
            return
        body = json.dumps(spoilt(payload, kind), ensure_ascii=False).encode()
        self._send_bytes(200, body, "application/json", cut_at=len(body) // 2 if kind == "truncated" else None)

    def _payload(self, path: str, query: dict[str, str], fault: dict[str, Any]) -> dict[str, Any]:
        if fault.get("kind") == "replay" and self.server.recorded is not None:
            # Only the name: a fault must not reach outside the folder.
            kept: dict[str, Any] = json.loads((self.server.recorded / Path(fault["file"]).name).read_text())
            return kept
        now = self.server.clock()
        return answer(question_of(query, now, is_archive=PATHS[path]), now)

    def _send_failure(self, fault: dict[str, Any]) -> None:
        headers = {"retry-after": str(fault["retry_after"])} if "retry_after" in fault else {}
        self._send(int(fault["status"]), {"error": True, "reason": fault.get("reason", "on demand")}, headers)

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json", headers)

    def _send_bytes(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None, cut_at: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if cut_at is None else body[:cut_at])
        # A truncated body ends with its connection, as when a proxy gives up.
        self.close_connection = self.close_connection or cut_at is not None


def spoilt(payload: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return an answer as a fault of its content leaves it."""
    for name in ("hourly", "daily"):
        if name not in payload:
            continue
        columns, units = payload[name], payload[f"{name}_units"]
        values = [each for each in columns if each not in ("time", "sunrise", "sunset")]
        if kind == "units":
            imperial = {"°C": "°F", "mm": "inch", "m/s": "mp/h"}
            units.update({each: imperial.get(units[each], units[each]) for each in values})
        elif kind == "nulls":
            columns.update({each: [None] * len(columns["time"]) for each in values})
            units.update(dict.fromkeys(values, "undefined"))
        elif kind == "ragged":
            columns.update({each: columns[each][:-1] for each in values})
    return payload


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description="A weather service with Open-Meteo's interface, of simulated weather.")
    parser.add_argument("--port", type=int, default=8052)
    parser.add_argument("--recorded", type=Path, help="folder of recorded answers that may be replayed")
    parser.add_argument("--faults", action="store_true", help="take faults at PUT /faults")
    given = parser.parse_args()
    server = WeatherServer(given.port, given.recorded, takes_faults=given.faults)
    print(f"weather at {server.url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
