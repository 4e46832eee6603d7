"""Gunicorn's configuration for `gunicorn -c deploy/gunicorn.py app:server`, on one machine and in the image alike."""

import gc
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from data import settings
from services import error_reports, logs

_settings = settings.load(os.environ)

bind = f"{_settings.bind}:{_settings.port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
# Each worker makes its own engine, client and app: nothing may be shared across a fork.
preload_app = False
timeout = 60
graceful_timeout = max(1, _settings.shutdown_seconds - 1)
keepalive = 15
# The heartbeat file must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # nosec B108
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"
# Which proxies are believed is AMPRA_TRUSTED_PROXIES' business alone.
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = ""


def on_starting(_server: object) -> None:
    """Prepare what all workers have in common, and write gunicorn's own lines as all others are written."""
    # They count requests in files of one folder, which whichever is asked for the figures adds up.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="ampra-web-")
    # No statement of a request outlasts it: of libpq's own variable, so that it costs no question.
    os.environ.setdefault("PGOPTIONS", f"-c statement_timeout={_settings.request_seconds * 1000}")
    logs.configure()
    for name in ("gunicorn.error", "gunicorn.access"):
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True


def child_exit(_server: object, worker: Any) -> None:
    """Have the gauges of a worker that ended forgotten."""
    # Only here: how it counts it decides when it is loaded, which must be after the folder was named.
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: object) -> None:
    """Remove what the workers counted in."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def post_fork(_server: object, _worker: object) -> None:
    """Import without looking for garbage: nothing of it is any yet, and the search takes a tenth of the start."""
    gc.disable()


def post_worker_init(_worker: object) -> None:
    """Never search again what was imported: these half a million objects stay, and requests need not wait for it."""
    error_reports.start()
    gc.freeze()
    gc.enable()
