"""Gunicorn's configuration for `gunicorn -c deploy/gunicorn.py app:server`, on one machine and in the image alike."""

import os
from pathlib import Path

from data import settings

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
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"
