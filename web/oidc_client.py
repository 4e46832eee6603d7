"""The client of another server that says who people are, with OpenID Connect (Authlib).

In a room of its own, which only a sign-in by that server enters: its libraries take a tenth of a second and 15 MB.
"""

import logging
from functools import lru_cache
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import current_app
from joserfc.errors import BadSignatureError, JoseError

from data import settings

log = logging.getLogger("web")


class Away(Exception):
    """The other server does not answer."""


class NotConfirmed(Exception):
    """The other server does not confirm who somebody is."""


def there(callback: str) -> Any:
    """Return the redirect to the other server, from where people come back to an address; raises Away."""
    try:
        return _server().authorize_redirect(callback)
    except requests.RequestException as error:
        raise Away from error


def claims() -> dict[str, Any]:
    """Return what the other server says of who just came back, with state, nonce and signature checked.

    Raises Away and NotConfirmed.
    """
    try:
        found: dict[str, Any] = _server().authorize_access_token()["userinfo"]
    except requests.RequestException as error:
        raise Away from error
    except (OAuthError, JoseError, KeyError) as error:
        log.warning("single sign-on failed: %s", type(error).__name__)
        raise NotConfirmed from error
    return found


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
