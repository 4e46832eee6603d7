"""What the plain pages share: the sentence of an error, a message as a page, and where a request comes from."""

from typing import Any

from flask import render_template, request

from data.errors import StorageUnavailable
from services.errors import Forbidden, NotFound, TooMany

AWAY = "The database does not answer just now. Please try again in a moment."
EXPECTED = (StorageUnavailable, Forbidden, NotFound, TooMany)


def address() -> str | None:
    """Return the network address of the current request."""
    return request.remote_addr


def field(name: str) -> str:
    """Return a field of the posted form, empty where it is not there."""
    return request.form.get(name, "")


def sentence(error: Exception) -> tuple[str, int, dict[str, str]]:
    """Return what to say of an expected error, its HTTP status, and headers."""
    if isinstance(error, TooMany):
        return str(error), 429, {"Retry-After": str(error.retry_after)}
    if isinstance(error, StorageUnavailable):
        return AWAY, 503, {}
    words = str(error)
    return words[:1].upper() + words[1:].rstrip(".") + ".", 404 if isinstance(error, NotFound) else 403, {}


def message(title: str, words: str, link: tuple[str, str] | None = None, status: int = 200) -> Any:
    """Return a page that says one thing."""
    return render_template("message.html", title=title, sentence=words, link=link), status


def refusal(error: Exception, title: str = "That did not work") -> Any:
    """Return a page that says what went wrong."""
    words, status, headers = sentence(error)
    return render_template("message.html", title=title, sentence=words, link=("Sign in", "/sign-in")), status, headers
