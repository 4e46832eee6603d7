"""Signing in by another server, with OpenID Connect (Authlib): there and back."""

import logging
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Blueprint, abort, current_app, redirect, request, session
from flask_login import current_user
from joserfc.errors import BadSignatureError, JoseError

from data import settings
from services.people import external_logins
from services.people.external_logins import Person
from web import forms, gate, sign_in

log = logging.getLogger("web")
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
    try:
        return _server().authorize_redirect(f"{settings.get().web_url}/sign-in/oidc/callback")
    except requests.RequestException:
        return forms.message("Single sign-on", _AWAY, ("Back to sign-in", "/sign-in"), 503)


@blueprint.get("/sign-in/oidc/callback")
def finish() -> Any:
    """Come back: check what the other server says (state, nonce, signature), and begin a session or connect."""
    if not external_logins.is_offered():
        abort(404)
    begun = session.pop("single-sign-on", None)
    if begun is None:
        return redirect("/sign-in")
    try:
        person = _person(_server().authorize_access_token()["userinfo"])
    except requests.RequestException:
        return forms.message("Single sign-on", _AWAY, ("Back to sign-in", "/sign-in"), 503)
    except (OAuthError, JoseError, KeyError) as error:
        log.warning("single sign-on failed: %s", type(error).__name__)
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


class _KnownServer(FlaskOAuth2App):  # type: ignore[misc]
    """The other server with its keys, fetched anew where one does not fit: it may have new ones of the same name."""

    def parse_id_token(self, token: dict[str, Any], nonce: str, *rest: Any, **more: Any) -> Any:
        """Return who is signed in there; raises JoseError where the newest keys do not fit either."""
        try:
            return super().parse_id_token(token, nonce, *rest, **more)
        except BadSignatureError:
            self.fetch_jwk_set(force=True)
            return super().parse_id_token(token, nonce, *rest, **more)


def _server() -> Any:
    return _client(settings.get().oidc_issuer, settings.get().oidc_client_id).create_client("server")


@lru_cache(maxsize=2)
def _client(issuer: str, client_id: str) -> OAuth:
    oauth = OAuth(current_app._get_current_object())  # type: ignore[attr-defined]
    oauth.register(
        "server",
        client_cls=_KnownServer,
        client_id=client_id,
        client_secret=settings.get().oidc_client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 10},
    )
    return oauth
