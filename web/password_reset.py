"""The pages for a forgotten password: ask for a link, and use it."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template

from services.errors import Invalid
from services.people import attempts, password_reset
from web import forms, gate

blueprint = Blueprint("password_reset", __name__)
_MINUTES = int(password_reset.VALID_FOR.total_seconds() // 60)
_OVER = "This link was used already, or its time is over. Ask for a new one."


@blueprint.get("/forgotten")
def show_forgotten() -> Any:
    """Show the form."""
    return _ask_form()


@blueprint.post("/forgotten")
def ask() -> Any:
    """Send a link where there is an account; the answer is the same where there is none."""
    email = forms.field("email")[:1000]
    try:
        attempts.from_address("forgotten", forms.address())
        password_reset.ask(email, datetime.now(UTC))
    except forms.EXPECTED as error:
        words, status, headers = forms.sentence(error)
        return _ask_form(words, email), status, headers
    sentence = f"If {email} has an account, a link is on its way. It is good for {_MINUTES} minutes."
    return forms.message("Check your e-mail", sentence, ("Back to sign-in", "/sign-in"))


@blueprint.get("/reset/<token>")
def show_reset(token: str) -> Any:
    """Show the form of a link that still holds."""
    try:
        if not password_reset.holds(token, datetime.now(UTC)):
            return _over()
    except forms.EXPECTED as error:
        return forms.refusal(error)
    return render_template("reset.html", token=token, error=None, wrong=None)


@blueprint.post("/reset/<token>")
def reset(token: str) -> Any:
    """Set the new password; sign-in asks for it, and for the second factor where there is one."""
    try:
        password_reset.reset(token, forms.field("password"), datetime.now(UTC))
    except Invalid as error:
        return render_template("reset.html", token=token, error=None, wrong=error.errors["password"]), 400
    except forms.NotFound:
        return _over()
    except forms.EXPECTED as error:
        return forms.refusal(error)
    gate.leave()
    return redirect("/sign-in?done=reset")


def _over() -> Any:
    return forms.message("This link is over", _OVER, ("Ask for a new one", "/forgotten"), 404)


def _ask_form(error: str | None = None, email: str = "") -> str:
    return render_template("forgotten.html", error=error, email=email, minutes=_MINUTES)
