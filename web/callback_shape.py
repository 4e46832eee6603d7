"""Looks at the shape of what asks a callback: nonsense is the sender's mistake and no error of the server."""

import logging
from typing import Any

import dash
from dash.exceptions import DashException
from flask import Flask, jsonify, request

log = logging.getLogger("web")
PATH = "/_dash-update-component"
_LIBRARIES = "/_dash-component-suites/"
_MALFORMED = "this is no question that a page asks"


def install(server: Flask) -> None:
    """Refuse what is no question; register it after the gate, so that strangers learn nothing."""
    server.before_request(_check)
    server.register_error_handler(DashException, _refuse)


def _check() -> Any:
    if request.path != PATH or request.method != "POST":
        return None
    return None if _is_question(request.get_json(silent=True)) else (jsonify(error=_MALFORMED), 400)


def _is_question(body: Any) -> bool:
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    if body["output"] not in dash.get_app().callback_map:
        return False
    changed = body.get("changedPropIds", [])
    return (
        isinstance(changed, list)
        and all(isinstance(each, str) and "." in each for each in changed)
        and all(_are_parts(body.get(name, []), has_values=True) for name in ("inputs", "state"))
        and _are_parts(_listed(body.get("outputs")), has_values=False)
    )


def _listed(outputs: Any) -> Any:
    return outputs if isinstance(outputs, list) else [outputs]


def _are_parts(parts: Any, *, has_values: bool) -> bool:
    """Whether these are component properties, or lists of them where one pattern matched several."""
    if not isinstance(parts, list):
        return False
    single = [one for each in parts for one in (each if isinstance(each, list) else [each])]
    return all(_is_part(each) and (not has_values or "value" in each or "property" in each) for each in single)


def _is_part(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("id"), str | dict) and isinstance(part.get("property"), str)


def _refuse(error: DashException) -> Any:
    if request.path.startswith(_LIBRARIES):
        return jsonify(error="there is no such file"), 404
    if request.path != PATH:
        raise error
    # It may be a callback of ours that answers something else than it promised: in that case the log is needed.
    log.error("an answer does not fit its question", exc_info=error)
    return jsonify(error=_MALFORMED), 400
