"""Errors as they reach a Sentry server, over real HTTP, and the sign of life of background processes."""

import gzip
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import brotli

from tests.servers import PROJECT

FAILS = """
import logging
from services import error_reports, logs
logs.configure()
error_reports.start()
password = "Sunny-day-7-of-somebody"
try:
    raise ValueError("cannot reach postgresql://ampra:secret-of-the-database@127.0.0.1/ampra")
except ValueError:
    logging.getLogger("worker").exception("a task failed with token=%s", "token-of-somebody")
import sentry_sdk
sentry_sdk.flush(10)
"""


class Sink(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    kept: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(self.headers.get("Content-Encoding", ""), bytes)
        self.kept.append(unpack(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


def _run(script: str, **told: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AMPRA_")}
    settings = {
        "AMPRA_POSTGRES_URL": "postgresql://ampra:secret-of-the-database@127.0.0.1/ampra", "AMPRA_MONGO_URL": "mongodb://h",
        "AMPRA_SECRET_KEY": "k" * 40, "AMPRA_SEALING_KEY": "s" * 40, "AMPRA_INTERNAL_TOKEN": "t" * 40,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env={**clean, **settings, **told},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_failure_is_reported_without_a_secret() -> None:
    Sink.kept = []
    server = HTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    done = _run(FAILS, AMPRA_SENTRY_DSN=f"http://public-key@127.0.0.1:{server.server_port}/1")
    server.shutdown()
    said = b"".join(Sink.kept).decode()
    assert done.returncode == 0, done.stderr
    assert "a task failed with" in said
    assert "ValueError" in said
    for secret in ("secret-of-the-database", "Sunny-day-7-of-somebody", "token-of-somebody"):
        assert secret not in said + done.stdout, secret


def test_nothing_is_loaded_where_no_server_is_set() -> None:
    script = "import sys; from services import error_reports; error_reports.start(); print('sentry_sdk' in sys.modules)"
    assert _run(script).stdout == "False\n"


def test_a_process_says_that_it_goes_on(tmp_path: Path) -> None:
    address, file = str(tmp_path / "notify"), tmp_path / "alive"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(10)
        done = _run("from jobs import heartbeat; heartbeat.beat(); heartbeat.beat()",
                    HEARTBEAT_FILE=str(file), NOTIFY_SOCKET=address)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert systemd.recv(100) == b"WATCHDOG=1"
        systemd.setblocking(False)
        try:
            again = systemd.recv(100)
        except BlockingIOError:
            again = b""
    assert again == b""
    assert file.exists()
    assert _run("from jobs import heartbeat; heartbeat.beat()", HEARTBEAT_FILE="/nowhere/alive").returncode == 0
