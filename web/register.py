"""The page that makes an account: open, by invitation, or closed, as the settings say."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, session

from services.errors import Invalid
from services.people import attempts, registration
from services.people.registration import Application
from web import forms

blueprint = Blueprint("register", __name__)
_FIELDS = ("email", "first_name", "last_name")
_LONGEST_INPUT = 1000


@blueprint.get("/register")
def show() -> Any:
    """Show the form where somebody may use it; an invitation comes in the address."""
    invitation = request.args.get("invitation", "")
    email = ""
    try:
        if invitation or registration.mode() == "invitation":
            email = registration.invited_email(invitation, datetime.now(UTC)) or ""
    except forms.EXPECTED as error:
        return forms.refusal(error)
    if registration.mode() == "closed" or (not email and (invitation or registration.mode() == "invitation")):
        return _closed()
    return _form({"email": email}, {}, invitation=invitation)


@blueprint.post("/register")
def apply() -> Any:
    """Take the form in; whatever the address, the next page asks for the code."""
    given = {name: forms.field(name)[:_LONGEST_INPUT] for name in (*_FIELDS, "password", "invitation")}
    application = Application(**{**given, "invitation": given["invitation"] or None})  # type: ignore[arg-type]
    try:
        attempts.from_address("register", forms.address())
        claim = registration.register(application, datetime.now(UTC))
    except Invalid as error:
        return _form(given, error.errors, invitation=given["invitation"]), 400
    except forms.EXPECTED as error:
        words, status, headers = forms.sentence(error)
        return _form(given, {}, words, given["invitation"]), status, headers
    session.clear()
    session["verifying"] = {"email": claim.email, "nonce": claim.nonce}
    return redirect("/verify")


def _closed() -> Any:
    if registration.mode() == "closed":
        words = "New accounts are not made here. Ask whoever runs this Ampra."
    else:
        words = "This needs an invitation that was not used yet and is not too old. Ask whoever runs this Ampra."
    return forms.message("Not open to everybody", words, ("Sign in", "/sign-in"), 403)


def _form(values: dict[str, str], wrong: dict[str, str], error: str | None = None, invitation: str = "") -> str:
    kept = {name: values.get(name, "") for name in _FIELDS}
    return render_template("register.html", values=kept, wrong=wrong, error=error, invitation=invitation)
