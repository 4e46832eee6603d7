"""Sign in and out: plain pages without Dash, so that no callback is public."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request

from data.errors import StorageUnavailable
from services import accounts
from web import gate

blueprint = Blueprint("sign_in", __name__)
_WRONG = "That e-mail and password do not match. Please try again."
_AWAY = "The database does not answer just now. Please try again in a moment."


@blueprint.get("/sign-in")
def show() -> Any:
    """Show the form."""
    return _form()


@blueprint.post("/sign-in")
def enter() -> Any:
    """Check e-mail and password; the answer does not tell whether the account exists."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        account = accounts.authenticate(email, password, datetime.now(UTC))
    except StorageUnavailable:
        return _form(error=_AWAY, email=email), 503
    if account is None:
        return _form(error=_WRONG, email=email), 401
    gate.enter(account)
    return redirect(gate.local_path(request.form.get("next")))


@blueprint.post("/sign-out")
def leave() -> Any:
    """End the session."""
    gate.leave()
    return redirect("/sign-in")


def _form(error: str | None = None, email: str = "") -> str:
    return render_template("sign_in.html", error=error, email=email, next=gate.local_path(request.values.get("next")))
