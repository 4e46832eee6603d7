"""One id a request, shown in the answer and in every line of the log, and what a request came to."""

import logging
import re
import time
from secrets import token_hex
from typing import Any

from flask import Flask, Response, g, request

from data import settings
from services import logs
from web import metrics

log = logging.getLogger("request")
HEADER = "X-Request-ID"
SLOW_SECONDS = 5.0
_ID = re.compile(r"^[A-Za-z0-9_.-]{8,64}$")


def install(server: Flask) -> None:
    """Give every request its id and note how it ended; register it before all others, so that it is the last to see."""
    server.before_request(_begin)
    server.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get(HEADER, "") if settings.get().trusted_proxies else ""
    g.request_id = given if _ID.match(given) else token_hex(8)
    logs.request_id.set(g.request_id)


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    response.headers[HEADER] = g.get("request_id", "")
    metrics.note_request(request.endpoint, request.method, response.status_code, seconds)
    if settings.get().log_format == "json" or response.status_code >= 500 or seconds > SLOW_SECONDS:
        level = logging.WARNING if response.status_code >= 500 or seconds > SLOW_SECONDS else logging.INFO
        log.log(level, "%s %s: %d", request.method, _rule(), response.status_code, extra={"facts": _facts(seconds)})
    return response


def _rule() -> str:
    """The route and not the address, which may hold a code from a mail."""
    return str(request.url_rule.rule) if request.url_rule is not None else "(no route)"


def _facts(seconds: float) -> dict[str, Any]:
    return {"seconds": round(seconds, 4), "from": request.remote_addr or ""}
