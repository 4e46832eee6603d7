"""A small real OpenID Connect server: discovery, authorisation with PKCE, tokens signed by RS256, and its keys."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


@dataclass
class Provider:
    """The server, who is signed in there, and what it is to get wrong."""

    client_id: str = "ampra-client"
    client_secret: str = "a-secret-of-the-client"
    person: dict[str, Any] = field(default_factory=dict)
    wrong: str = ""
    issuer: str = ""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    stranger_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))

    def change_key(self, name: str) -> None:
        """Sign by another key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": name})

    def id_token(self, nonce: str) -> str:
        """A signed statement of who is signed in."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": nonce}
        wrong = {
            "nonce": {"nonce": "another"}, "audience": {"aud": "another"}, "issuer": {"iss": "https://x.example"},
            "expired": {"exp": now - 600},
        }  # fmt: skip
        claims |= {**self.person, **wrong.get(self.wrong, {})}
        key = self.stranger_key if self.wrong == "signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def _app(provider: Provider) -> Flask:
    app = Flask("oidc")

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        base = provider.issuer
        return jsonify(
            issuer=base, authorization_endpoint=f"{base}/authorize", token_endpoint=f"{base}/token",
            jwks_uri=f"{base}/keys", response_types_supported=["code"], subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"], code_challenge_methods_supported=["S256"],
        )  # fmt: skip

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        asked, code = request.args.to_dict(), secrets.token_urlsafe(16)
        if asked.get("client_id") != provider.client_id or "openid" not in asked.get("scope", ""):
            return "unknown client", 400
        provider.asked[code] = asked
        state = "another" if provider.wrong == "state" else asked["state"]
        back = {"error": "access_denied"} if provider.wrong == "denied" else {"code": code}
        return redirect(f"{asked['redirect_uri']}?{urlencode({**back, 'state': state})}")

    @app.post("/token")
    def token() -> Any:
        asked, form = provider.asked.pop(request.form.get("code", ""), None), request.form
        basic = request.authorization
        known = basic is not None and (basic.username, basic.password) == (provider.client_id, provider.client_secret)
        if asked is None or not known or form.get("redirect_uri") != asked["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked.get("code_challenge"):
            return jsonify(error="invalid_grant"), 400
        signed = provider.id_token(asked["nonce"])
        return jsonify(access_token=secrets.token_urlsafe(16), token_type="Bearer", id_token=signed, expires_in=300)

    return app


@contextmanager
def running() -> Iterator[Provider]:
    """The server on a free port of this machine."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
