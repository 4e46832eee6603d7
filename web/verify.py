"""The page that takes the code of six digits, after registering or signing in with an address not proved yet."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, session
from flask_login import current_user

from services.people import attempts, verification
from services.people.verification import Claim
from web import forms, gate

blueprint = Blueprint("verify", __name__)
_WRONG = "That code is not right, or its time is over."


@blueprint.get("/verify")
def show() -> Any:
    """Show the boxes; who signed in without ever having been sent a code can ask for one here."""
    claim = _claim()
    if claim is None:
        return redirect("/" if current_user.is_authenticated else "/sign-in")
    return _form(claim)


@blueprint.post("/verify")
def check() -> Any:
    """Try a code; the right one begins a session."""
    claim, now = _claim(), datetime.now(UTC)
    if claim is None:
        return redirect("/sign-in")
    try:
        attempts.from_address("verify", forms.address())
        account = verification.try_code(claim, forms.field("code")[:40], now)
    except forms.EXPECTED as error:
        words, status, headers = forms.sentence(error)
        return _form(claim, words), status, headers
    if account is None:
        return _form(claim, _WRONG), 400
    gate.enter(account)
    return redirect("/")


@blueprint.post("/verify/resend")
def resend() -> Any:
    """Send a new code, at most once a minute."""
    claim = _claim()
    if claim is None:
        return redirect("/sign-in")
    try:
        attempts.from_address("resend", forms.address())
        verification.send_code(claim, datetime.now(UTC))
    except forms.EXPECTED as error:
        words, status, headers = forms.sentence(error)
        return _form(claim, words), status, headers
    return redirect("/verify")


def _claim() -> Claim | None:
    """Return what this browser may verify: its account, signed in, or the address it registered."""
    if current_user.is_authenticated:
        account = current_user.account
        return None if account.is_email_verified else Claim(account.email, account_id=account.id)
    begun = session.get("verifying")
    return Claim(begun["email"], nonce=begun["nonce"]) if begun else None


def _form(claim: Claim, error: str | None = None) -> str:
    state = verification.progress(claim, datetime.now(UTC))
    minutes = int(verification.RULES.valid_for.total_seconds() // 60)
    return render_template(
        "verify.html", email=claim.email, state=state, minutes=minutes, error=None if state.locked_for else error,
        clock=lambda seconds: f"{seconds // 60}:{seconds % 60:02}", is_signed_in=claim.account_id is not None,
    )
