"""Sign in and out: plain pages without Dash, so that no callback is public."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, session

from data import settings
from data.errors import StorageUnavailable
from services.errors import TooMany
from services.people import accounts, attempts, external_logins, registration, verification
from services.people.accounts import Account
from services.people.verification import Claim
from web import forms, gate

blueprint = Blueprint("sign_in", __name__)
_WRONG = "That e-mail and password do not match. Please try again."
_NOTICES = {"reset": "The new password is set. Please sign in with it.", "ended": "You were signed out everywhere."}


@blueprint.get("/sign-in")
def show() -> Any:
    """Show the form."""
    return _form(notice=_NOTICES.get(request.args.get("done", "")))


@blueprint.post("/sign-in")
def enter() -> Any:
    """Check e-mail and password; the answer does not tell whether the account exists."""
    email, password = forms.field("email"), forms.field("password")
    try:
        attempts.from_address("sign-in", forms.address())
        attempts.at_account("sign-in", accounts.normalize_email(email)[:254])
        account = accounts.authenticate(email, password, datetime.now(UTC))
        if account is not None:
            attempts.forgive("sign-in", accounts.normalize_email(email)[:254])
            return admit(account, gate.local_path(forms.field("next")))
    except (StorageUnavailable, TooMany) as error:
        words, status, headers = forms.sentence(error)
        return _form(error=words, email=email), status, headers
    return _form(error=_WRONG, email=email), 401


@blueprint.post("/sign-out")
def leave() -> Any:
    """End the session."""
    gate.leave()
    return redirect("/sign-in")


def admit(account: Account, target: str) -> Any:
    """Begin a session for who showed who they are, or ask for the second factor first."""
    if account.has_second_factor:
        session.clear()
        began = datetime.now(UTC).timestamp()
        session["second"] = {"id": account.id, "stamp": account.security_stamp, "at": began, "next": target}
        return redirect("/sign-in/code")
    gate.enter(account)
    if account.is_email_verified:
        return redirect(target)
    verification.send_code(Claim(account.email, account_id=account.id), datetime.now(UTC))
    return redirect("/verify")


def _form(error: str | None = None, email: str = "", notice: str | None = None) -> str:
    return render_template(
        "sign_in.html", error=error, email=email, notice=notice, next=gate.local_path(request.values.get("next")),
        may_register=registration.mode() == "open",
        single_sign_on=settings.get().oidc_name if external_logins.is_offered() else None,
    )
