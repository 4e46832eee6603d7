"""The page behind the link that proves a new e-mail address of an account."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template

from services.errors import NotFound
from services.people import changes as account_changes
from web import forms, gate

blueprint = Blueprint("new_address", __name__)


@blueprint.get("/new-address/<token>")
def show(token: str) -> Any:
    """Ask whether to use the address; looking does not use the link, because mail programs look too."""
    try:
        email = account_changes.new_address(token, datetime.now(UTC))
    except forms.EXPECTED as error:
        return forms.refusal(error)
    return _over() if email is None else render_template("new_address.html", token=token, email=email)


@blueprint.post("/new-address/<token>")
def use(token: str) -> Any:
    """Change the address."""
    try:
        account_changes.use_new_address(token, datetime.now(UTC))
    except NotFound:
        return _over()
    except forms.EXPECTED as error:
        return forms.refusal(error)
    gate.leave()
    return forms.message("Your address is changed", "Please sign in with the new one.", ("Sign in", "/sign-in"))


def _over() -> Any:
    words = "This link was used already, or its time is over. Ask for a new one in the settings."
    return forms.message("This link is over", words, ("Settings", "/settings"), 404)
