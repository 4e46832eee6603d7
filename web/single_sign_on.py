"""Signing in by another server, with OpenID Connect: there and back."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, redirect, request, session
from flask_login import current_user

from data import settings
from services.people import external_logins
from services.people.external_logins import Person
from web import forms, gate, sign_in

blueprint = Blueprint("single_sign_on", __name__)
_FAILED = "The other server did not confirm who you are. Please try again."
_AWAY = "The other server does not answer just now. Please try again in a moment."


@blueprint.get("/sign-in/oidc")
def begin() -> Any:
    """Go to the other server; who is signed in here already connects the two."""
    if not external_logins.is_offered():
        abort(404)
    session["single-sign-on"] = {
        "next": gate.local_path(request.args.get("next")),
        "account": current_user.account.id if current_user.is_authenticated else None,
    }
    # Only here: most installations have no other server, and no process needs the client for its first page.
    from web import oidc_client

    try:
        return oidc_client.there(f"{settings.get().web_url}/sign-in/oidc/callback")
    except oidc_client.Away:
        return forms.message("Single sign-on", _AWAY, ("Back to sign-in", "/sign-in"), 503)


@blueprint.get("/sign-in/oidc/callback")
def finish() -> Any:
    """Come back: check what the other server says (state, nonce, signature), and begin a session or connect."""
    if not external_logins.is_offered():
        abort(404)
    begun = session.pop("single-sign-on", None)
    if begun is None:
        return redirect("/sign-in")
    from web import oidc_client

    try:
        person = _person(oidc_client.claims())
    except oidc_client.Away:
        return forms.message("Single sign-on", _AWAY, ("Back to sign-in", "/sign-in"), 503)
    except (oidc_client.NotConfirmed, KeyError):
        return forms.message("Single sign-on", _FAILED, ("Back to sign-in", "/sign-in"), 401)
    return _welcome(person, begun)


def _welcome(person: Person, begun: dict[str, Any]) -> Any:
    now = datetime.now(UTC)
    try:
        if begun["account"] is None:
            return sign_in.admit(external_logins.account_for(person, now), gate.local_path(begun["next"]))
        # The same person must still be here: a session may have ended, or changed, on the way.
        if not current_user.is_authenticated or current_user.account.id != begun["account"]:
            return redirect("/sign-in")
        external_logins.connect(begun["account"], person, now)
    except forms.EXPECTED as error:
        return forms.refusal(error, "Single sign-on")
    return redirect("/settings")


def _person(claims: dict[str, Any]) -> Person:
    return Person(
        issuer=settings.get().oidc_issuer,
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        is_email_verified=claims.get("email_verified") is True,
        first_name=str(claims.get("given_name") or ""),
        last_name=str(claims.get("family_name") or ""),
    )

