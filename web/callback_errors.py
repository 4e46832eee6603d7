"""The one handler of errors in callbacks: a domain error becomes a notice in words, anything else an apology."""

import logging
from typing import Any

from dash import ctx, no_update, set_props

from data.errors import StorageUnavailable
from services.errors import Forbidden, Invalid, NotFound, TooMany, Unavailable

log = logging.getLogger("web")
NOTICES = "shell-notices"
_SENTENCES: tuple[tuple[type[Exception], str, str], ...] = (
    (NotFound, "Not found", "This does not exist, or it is not yours."),
    (StorageUnavailable, "Waiting for the database", "It does not answer; the page goes on by itself once it does."),
    (Unavailable, "Waiting for another server", "It does not answer; please try again in a moment."),
)


def show(error: Exception) -> Any:
    """Tell the person in front of the page what went wrong; what the callback would have changed stays as it is."""
    title, sentence = _words(error)
    notice = {
        # One notice a kind: a page that refreshes must not pile them up.
        "id": f"error-{type(error).__name__}",
        "title": title,
        "message": sentence,
        "color": "red",
        "action": "show",
        "autoClose": 8000,
        "closeButtonProps": {"aria-label": "Close"},
    }
    set_props(NOTICES, {"sendNotifications": [notice]})
    return _unchanged(ctx.outputs_list)


def _unchanged(outputs: Any) -> Any:
    """Return that nothing changes, in the shape of the outputs: Dash takes one for many nowhere but at the top."""
    return [_unchanged(each) for each in outputs] if isinstance(outputs, list) else no_update


def _words(error: Exception) -> tuple[str, str]:
    if isinstance(error, Invalid):
        return "Please check what you entered", str(error)
    if isinstance(error, Forbidden):
        words = str(error) or "you may look at this, but not change it"
        return "Not allowed", f"{words[:1].upper()}{words[1:].rstrip('.')}."
    if isinstance(error, TooMany):
        return "Too much at once", str(error)
    for kind, title, sentence in _SENTENCES:
        if isinstance(error, kind):
            return title, sentence
    log.error("a callback failed", exc_info=error)
    return "Something went wrong", "This is our fault, and it is in the log. Please reload the page and try again."
