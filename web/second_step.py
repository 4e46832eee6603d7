"""The second step of signing in: the code of an app, or a recovery code."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, session

from services.people import accounts, attempts, second_factor
from services.people.accounts import Account
from web import forms, gate

blueprint = Blueprint("second_step", __name__)
PATIENCE = timedelta(minutes=5)
_WRONG = "That code is not right, or it was used already."


@blueprint.get("/sign-in/code")
def show() -> Any:
    """Show the form to who has shown the password just now."""
    return _form() if _waiting(datetime.now(UTC)) else redirect("/sign-in")


@blueprint.post("/sign-in/code")
def check() -> Any:
    """Begin the session where the code is right; wrong ones count as wrong passwords do."""
    now = datetime.now(UTC)
    try:
        account = _waiting(now)
        if account is None:
            return redirect("/sign-in")
        attempts.from_address("second-factor", forms.address())
        if not second_factor.check(account.id, forms.field("code")[:100], now):
            return _form(_WRONG), 401
    except forms.EXPECTED as error:
        words, status, headers = forms.sentence(error)
        return _form(words), status, headers
    target = session["second"]["next"]
    gate.enter(account)
    return redirect(gate.local_path(target) if account.is_email_verified else "/verify")


def _waiting(now: datetime) -> Account | None:
    """Return who showed the password in this browser; it holds five minutes, and not after a change of password."""
    begun = session.get("second")
    if not begun or now.timestamp() - begun["at"] > PATIENCE.total_seconds():
        return None
    account = accounts.load(begun["id"])
    if account is None or account.is_barred or account.security_stamp != begun["stamp"]:
        return None
    return account


def _form(error: str | None = None) -> str:
    return render_template("second_step.html", error=error)
