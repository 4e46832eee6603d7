"""Nonsense sent to every route and every callback: refused in words, never answered with an error of the server."""

import json
import re
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.people import api_tokens
from services.sources import making as sources
from tests import servers
from tests.web.asking import SOURCE_STORES, all_callbacks
from tests.web.conftest import Person, sign_in
from web import openapi

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ANY_ID = "00000000-0000-4000-8000-000000000000"
SOURCE = {"name": "Roof", "connection_type": 1, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Madrid"}
# What it finds is mended, not kept: the same examples every time, and none on the disk.
QUICK = {
    "deadline": None, "derandomize": True, "database": None, "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip
# Ends the session that all others need.
LEFT_OUT = {"POST /sign-out"}
NAMES = st.sampled_from([
    "start", "end", "from", "to", "fields", "level", "format", "token", "invitation", "next", "range", "date", "code",
    "email", "password", "uploadId", "plan", "dry", "key", "solarPower", "m", "done", "state", "nonce",
])  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "0", "-1", "1e999", "NaN", "null", ANY_ID, "2026-06-21", "2026-06-21T10:00:00Z", "9999-12-31",
                     "0001-01-01T00:00:00+14:00", "\x00", "\ud7ff", "../../etc/passwd", "%00", "' OR 1=1 --"]),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def owner(app: ModuleType, migrated: dict[str, str]) -> Person:
    """Somebody with a source, who may also administer, so that every page opens."""
    servers.empty(migrated["AMPRA_POSTGRES_URL"], migrated["AMPRA_MONGO_URL"])
    return sign_in(app, "owner@example.org", ("User", "Overseer"))


@pytest.fixture(scope="module")
def source(owner: Person) -> str:
    return str(sources.create_source(owner.account.id, SOURCE, servers.now()).record.id)


def _routes(app: ModuleType) -> list[tuple[str, Any]]:
    app.app._setup_server()
    found = [(method, rule) for rule in app.server.url_map.iter_rules() for method in METHODS & set(rule.methods or ())]
    kept = [(method, rule) for method, rule in found if f"{method} {rule.rule}" not in LEFT_OUT]
    return sorted(kept, key=lambda each: (each[1].rule, each[0]))


def _path(rule: Any, source: str, word: str) -> str:
    values = {name: (source if name in {"source_id", "owner_id"} else word or "x") for name in rule.arguments}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: quote(values[found[1]], safe="", errors="replace"), rule.rule)


def test_no_route_fails_on_nonsense(app: ModuleType, owner: Person, source: str) -> None:
    clients = (app.server.test_client(), owner.client)
    routes = _routes(app)

    @settings(max_examples=8, **QUICK)
    @given(TEXTS, st.dictionaries(NAMES, TEXTS, max_size=4), VALUES, st.binary(max_size=60), st.integers(0, 3))
    def tried(word: str, query: dict[str, str], value: Any, raw: bytes, kind: int) -> None:
        bodies: list[dict[str, Any]] = [
            {"data": json.dumps(value), "content_type": "application/json"},
            {"data": raw, "content_type": "application/json"}, {"data": {**query, "email": word}},
            {"data": raw, "content_type": "multipart/form-data; boundary=x"},
        ]  # fmt: skip
        for method, rule in routes:
            body = bodies[kind] if method != "GET" else {}
            for client in clients:
                answer = client.open(_path(rule, source, word), method=method, query_string=query, **body)
                assert answer.status_code < 500, (method, rule.rule, word, query, body)

    tried()


def test_no_callback_fails_on_nonsense(app: ModuleType, owner: Person, source: str) -> None:
    callbacks = all_callbacks(app)

    @settings(max_examples=4, **QUICK)
    @given(VALUES, VALUES, st.booleans())
    def tried(first: Any, second: Any, is_own: bool) -> None:
        for callback in callbacks:
            body = callback.body({})
            for number, each in enumerate([*body["inputs"], *body["state"]]):
                for part in each if isinstance(each, list) else [each]:
                    part["value"] = (first, second)[number % 2]
                    if is_own and str(part["id"]) in SOURCE_STORES:
                        part["value"] = source
            answer = owner.client.post("/_dash-update-component", json=body)
            assert answer.status_code < 500, (callback.name, first, second, answer.text[:300])

    tried()


def test_no_shape_of_a_callback_s_body_makes_it_fail(app: ModuleType, owner: Person) -> None:
    good = all_callbacks(app)[0].body({})

    @settings(max_examples=60, **QUICK)
    @given(st.sampled_from(sorted(good)), VALUES, st.booleans(), VALUES)
    def tried(name: str, value: Any, is_left_out: bool, whole: Any) -> None:
        spoilt = {key: each for key, each in good.items() if key != name} | ({} if is_left_out else {name: value})
        for body in (spoilt, whole):
            told = {"data": json.dumps(body), "content_type": "application/json"}
            answer = owner.client.post("/_dash-update-component", **told)
            assert answer.status_code < 500, (body, answer.text[:300])

    tried()


def test_the_api_keeps_to_its_description(app: ModuleType, owner: Person, source: str) -> None:
    headers = {"Authorization": f"Bearer {api_tokens.make(owner.account.id, 'fuzz', 'write', 7, servers.now())}"}
    client: FlaskClient = app.server.test_client()
    document = openapi.document()
    schema = schemathesis.openapi.from_dict(document)
    for result in schema.get_all_operations():
        operation = result.ok()
        said = set(document["paths"][operation.path][operation.method]["responses"])
        _keeps_to(operation, said, client, headers, source)


def _keeps_to(operation: Any, said: set[str], client: FlaskClient, headers: dict[str, str], source: str) -> None:
    @settings(max_examples=10, **QUICK)
    @given(operation.as_strategy(), st.booleans())
    def tried(case: Any, is_own: bool) -> None:
        path = case.path.replace("{source_id}", source) if is_own else case.formatted_path
        body = {"json": case.body} if isinstance(case.body, dict | list) else {}
        answer = client.open(path, method=case.method, query_string=case.query or {}, headers=headers, **body)
        assert answer.status_code < 500, (case.method, path, case.query, case.body)
        # An address that is none of the API's is nobody's promise.
        assert str(answer.status_code) in said | {"308", "404", "405"}, (case.method, path, answer.status_code)

    tried()
