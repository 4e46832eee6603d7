"""Every route and every callback, tried by everybody: a new one without a line in the table fails."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services import simulating
from services.people import accounts, api_tokens, permissions
from services.sharing import members
from services.sources import groups
from services.sources import making as sources
from tests import servers
from tests.web.asking import BROKEN, GROUP_STORES, SOURCE_STORES, Answer, Callback, all_callbacks, ask
from tests.web.conftest import PASSWORD, Person, sign_in
from tests.web.matrix import CALLBACKS, GIVEN, NEEDS, ROUTES

NOBODYS = "00000000-0000-4000-8000-000000000000"
HTML = {"Accept": "text/html"}
PLACE = {"time_zone": "Europe/Madrid", "latitude": 40.0, "longitude": -3.0}
SOURCE = {"name": "Roof of Alice", "connection_type": 1, "installed_capacity_watts": 8000.0, **PLACE}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Scene:
    """Everybody who tries, and what is Alice's."""

    app: ModuleType
    stranger: FlaskClient
    unverified: FlaskClient
    owner: Person
    other: Person
    admin: Person
    overseer: Person
    viewer: Person
    manager: Person
    read: Mapping[str, str]
    write: Mapping[str, str]
    others_write: Mapping[str, str]
    source: str
    group: str

    @property
    def known(self) -> tuple[Person, ...]:
        """Those who are signed in and verified."""
        return self.owner, self.other, self.admin, self.overseer


def _token(person: Person, scope: str) -> dict[str, str]:
    made = api_tokens.make(person.account.id, scope, scope, 7, servers.now())
    return {"Authorization": f"Bearer {made}"}


@pytest.fixture(scope="module")
def scene(app: ModuleType, migrated: dict[str, str]) -> Iterator[Scene]:
    """The stores emptied once: what one line changes is made anew for the next."""
    servers.empty(migrated["AMPRA_POSTGRES_URL"], migrated["AMPRA_MONGO_URL"])
    accounts.create_user("new@example.org", PASSWORD, "", "")
    unverified = app.server.test_client()
    assert unverified.post("/sign-in", data={"email": "new@example.org", "password": PASSWORD}).location == "/verify"
    owner, other = sign_in(app, "alice@example.org"), sign_in(app, "bob@example.org")
    yield Scene(
        app, app.server.test_client(), unverified, owner, other,
        sign_in(app, "admin@example.org", ("Admin",)), sign_in(app, "overseer@example.org", ("Overseer",)),
        sign_in(app, "viewer@example.org"), sign_in(app, "manager@example.org"),
        _token(owner, "read"), _token(owner, "write"), _token(other, "write"), *_things(owner),
    )  # fmt: skip


def _things(owner: Person) -> tuple[str, str]:
    """A source with readings of the last two hours, and a group."""
    now = servers.now()
    made = str(sources.create_source(owner.account.id, SOURCE, now).record.id)
    simulating.make_past(made, now - timedelta(hours=2), now, now)
    return made, str(groups.create_group(owner.account.id, "Group of Alice").id)


def _shared_things(scene: Scene) -> tuple[str, str]:
    """The same, both shared with a viewer and a manager."""
    source, group = _things(scene.owner)
    for kind, thing in (("source", source), ("group", group)):
        for person, role in ((scene.viewer, "viewer"), (scene.manager, "manager")):
            members.invite(scene.owner.viewer, kind, thing, person.account.email, role, servers.now())
            open_one = next(each for each in members.mine(person.viewer) if str(each.thing_id) == thing)
            members.accept(person.viewer, str(open_one.id), servers.now())
    return source, group


# ---- routes ----------------------------------------------------------------------------------------------------------


def _routes(app: ModuleType) -> set[str]:
    app.app._setup_server()
    rules = app.server.url_map.iter_rules()
    return {f"{method} {rule.rule}" for rule in rules for method in METHODS & set(rule.methods or ())}


def test_every_route_has_a_line(app: ModuleType) -> None:
    assert _routes(app) - ROUTES.keys() == set()


def test_every_callback_has_a_line(app: ModuleType) -> None:
    assert {each.name for each in all_callbacks(app)} - CALLBACKS.keys() == set()


def test_every_line_says_something_that_is_tested() -> None:
    kinds = {"public", "signed-in", "machine", "frame", "own", "look", "change", "image"}
    assert set(ROUTES.values()) <= kinds | {"api-list", "api-look", "api-change"}
    assert set(CALLBACKS.values()) <= {"plain", "own", "ends", "list", "source", "group", *permissions.ALL}


NAMES = {
    "kind": "source", "name": f"{'0' * 32}.webp", "import_id": NOBODYS, "package_name": "dash",
    "fingerprinted_path": "dcc/dash_core_components.js",
}  # fmt: skip
ASKED = {
    "start": "2026-06-21T10:00:00Z", "end": "2026-06-21T11:00:00Z", "from": "2026-06-21", "to": "2026-06-21",
    "format": "csv", "fields": "solarPower",
}  # fmt: skip
# Where even the owner asks for a thing that is not there: an image, an import, an uploaded file.
HAS_MORE = ("<name>", "<import_id>", "POST /telemetry/<source_id>/imports")


def _open(client: FlaskClient, line: str, source: str, headers: Mapping[str, str] | None = None) -> TestResponse:
    method, rule = line.split(" ", 1)
    values = {**NAMES, "source_id": source, "owner_id": source}
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], "x"), rule)
    body: dict[str, Any] = {"query_string": ASKED}
    if rule.endswith("/uploads"):
        body = {"data": {"file": (BytesIO(b"time;power\n2026-06-21 10:00;1\n"), "readings.csv")}}
    elif rule.endswith("/hourly-prices"):
        hour = {"start": "2026-06-21T10:00:00Z", "end": "2026-06-21T11:00:00Z", "price": "0.1"}
        body |= {"json": {"prices": [hour]}} if method == "POST" else {}
    elif method == "PUT":
        body = {"json": {"readingsDays": 30}}
    elif method == "POST":
        body = {"json": {"solarPower": 1, "uploadId": NOBODYS, "plan": {}}}
    return client.open(path, method=method, headers=dict(headers or {}), **body)


def _lines(*kinds: str) -> list[str]:
    return [line for line, kind in ROUTES.items() if kind in kinds]


GUARDED = _lines("signed-in", "frame", "own", "look", "change", "image", "api-list", "api-look", "api-change")


@pytest.mark.parametrize("line", GUARDED)
def test_strangers_and_the_unverified_get_nothing(scene: Scene, line: str) -> None:
    if line == "GET /<path:path>":
        # Whatever it is called, a page is the same to the gate.
        assert scene.stranger.get("/made-up", headers=HTML).location.startswith("/sign-in")
        assert scene.unverified.get("/made-up", headers=HTML).location == "/verify"
    if line not in _there(scene):
        pytest.skip("not in this build")
    assert _open(scene.stranger, line, scene.source).status_code == 401
    if line.startswith("GET"):
        page = _open(scene.stranger, line, scene.source, HTML)
        assert (page.status_code, page.location.split("?")[0]) == (302, "/sign-in")
    if ROUTES[line] != "signed-in":
        answer = _open(scene.unverified, line, scene.source)
        assert answer.status_code == 403
        assert "prove your e-mail" in answer.text


@pytest.mark.parametrize("line", [line for line in GUARDED if "/api/v1/" not in line])
def test_tokens_count_for_nothing_outside_the_api(scene: Scene, line: str) -> None:
    for shown in (scene.read, scene.write):
        assert _open(scene.stranger, line, scene.source, shown).status_code == 401


@pytest.mark.parametrize("line", _lines("machine"))
def test_machines_show_credentials_of_their_own(scene: Scene, line: str) -> None:
    for client in (scene.stranger, scene.unverified, *(each.client for each in scene.known)):
        assert _open(client, line, scene.source).status_code == 401
    assert _open(scene.stranger, line, scene.source, scene.write).status_code == 401


@pytest.mark.parametrize("line", _lines("frame", "own"))
def test_the_frame_and_the_own_are_for_who_is_signed_in(scene: Scene, line: str) -> None:
    for each in scene.known:
        assert _open(each.client, line, scene.source).status_code not in {302, 401, 403}, each.account.email


@pytest.mark.parametrize("line", _lines("look", "change", "image"))
def test_a_source_is_its_owner_s_and_the_admins(scene: Scene, line: str) -> None:
    if line not in _there(scene):
        pytest.skip("not in this build")
    theirs, nobodys = (_open(scene.other.client, line, each) for each in (scene.source, NOBODYS))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(scene.source, NOBODYS) == nobodys.text
    for each in (scene.owner, scene.admin, scene.overseer):
        refused = {302, 401, 403} | (set() if any(part in line for part in HAS_MORE) else {404})
        assert _open(each.client, line, scene.source).status_code not in refused, each.account.email


@pytest.mark.parametrize("line", _lines("look", "change", "image", "api-look", "api-change"))
def test_a_viewer_looks_and_a_manager_changes(scene: Scene, line: str) -> None:
    if line not in _there(scene):
        pytest.skip("not in this build")
    source, _ = _shared_things(scene)
    refused = {302, 401, 403} | (set() if any(part in line for part in HAS_MORE) else {404})
    looked = _open(scene.viewer.client, line, source).status_code
    if ROUTES[line].endswith("change"):
        assert looked == 403
    else:
        assert looked not in refused
    assert _open(scene.manager.client, line, source).status_code not in refused


@pytest.mark.parametrize("line", _lines("api-list", "api-look", "api-change"))
def test_programs_may_what_their_token_says(scene: Scene, line: str) -> None:
    is_change = ROUTES[line] == "api-change"
    assert _open(scene.stranger, line, scene.source, scene.read).status_code == (403 if is_change else 200)
    assert _open(scene.stranger, line, scene.source, scene.write).status_code == 200
    for each in (scene.owner, scene.admin, scene.overseer):
        assert _open(each.client, line, scene.source).status_code == 200
    if ROUTES[line] == "api-list":
        return
    for headers, client in ((scene.others_write, scene.stranger), ({}, scene.other.client)):
        theirs, nobodys = (_open(client, line, each, headers) for each in (scene.source, NOBODYS))
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.text == nobodys.text


@pytest.mark.parametrize("line", [line for line in _lines("public") if line.startswith("GET")])
def test_what_is_public_is_so_for_everybody(scene: Scene, line: str) -> None:
    for client in (scene.stranger, scene.unverified, scene.owner.client):
        answer = _open(client, line, scene.source)
        # Without a code to verify, or a server to sign in by, a public page leads on or is not there.
        assert answer.status_code in {200, 302, 400, 404}


def _there(scene: Scene) -> set[str]:
    return _routes(scene.app)


# ---- callbacks -------------------------------------------------------------------------------------------------------


def _callback(scene: Scene, name: str) -> Callback:
    found = [each for each in all_callbacks(scene.app) if each.name == name]
    if not found:
        pytest.skip("not in this build")
    return found[0]


def _values(name: str, source: str, group: str, person: str) -> dict[str, Any]:
    given = json.dumps(GIVEN.get(name, {}))
    for word, value in (("SOURCE", source), ("GROUP", group), ("PERSON", person)):
        given = given.replace(word, value)
    stores = {f"{each}.data": source for each in SOURCE_STORES} | {f"{each}.data": group for each in GROUP_STORES}
    return {**stores, **copy.deepcopy(json.loads(given))}


def _asked(scene: Scene, client: FlaskClient, name: str, source: str, group: str) -> Answer:
    return ask(client, _callback(scene, name), _values(name, source, group, scene.other.account.id))


@pytest.mark.parametrize("name", CALLBACKS)
def test_no_callback_answers_who_is_not_known(scene: Scene, name: str) -> None:
    callback, values = _callback(scene, name), _values(name, scene.source, scene.group, scene.other.account.id)
    assert ask(scene.stranger, callback, values).status == 401
    assert ask(scene.unverified, callback, values).status == 403
    for shown in (scene.read, scene.write):
        answer = scene.stranger.post("/_dash-update-component", json=callback.body(values), headers=shown)
        assert answer.status_code == 401


@pytest.mark.parametrize("name", [name for name, kind in CALLBACKS.items() if kind in {"source", "group"}])
def test_what_is_not_one_s_own_looks_as_if_it_were_not_there(scene: Scene, name: str) -> None:
    source, group = _things(scene.owner)
    theirs = _asked(scene, scene.other.client, name, source, group)
    nobodys = _asked(scene, scene.other.client, name, NOBODYS, NOBODYS)
    assert theirs.text.replace(source, NOBODYS).replace(group, NOBODYS) == nobodys.text
    assert theirs.status == nobodys.status
    assert "of Alice" not in theirs.text
    for each in (scene.admin, scene.overseer, scene.owner):
        # What deletes or changes is done to things of their own, so that everybody finds them.
        fresh = _things(scene.owner)
        assert not _asked(scene, each.client, name, *fresh).is_denied, each.account.email


@pytest.mark.parametrize("name", [name for name, kind in CALLBACKS.items() if kind in {"source", "group"}])
def test_members_may_what_their_role_says(scene: Scene, name: str) -> None:
    things, needed = _shared_things(scene), NEEDS.get(name, "look")
    # Whoever may not changes nothing, so both are asked about the same.
    viewer, manager = (_asked(scene, each.client, name, *things) for each in (scene.viewer, scene.manager))
    assert viewer.is_denied is (needed in {"change", "own"})
    assert manager.is_denied is (needed == "own")


@pytest.mark.parametrize("name", [name for name, kind in CALLBACKS.items() if kind in permissions.ALL])
def test_what_needs_a_permission_is_refused_without_it(scene: Scene, name: str) -> None:
    for each in scene.known:
        answer = _asked(scene, each.client, name, _things(scene.owner)[0], scene.group)
        assert answer.is_denied is (CALLBACKS[name] not in each.account.permissions), each.account.email
        if answer.is_denied:
            assert "of Alice" not in answer.text
            assert "@example.org" not in answer.text


@pytest.mark.parametrize("name", [name for name, kind in CALLBACKS.items() if kind == "list"])
def test_lists_show_what_one_may_see(scene: Scene, name: str) -> None:
    assert "of Alice" not in _asked(scene, scene.other.client, name, scene.source, scene.group).text


@pytest.mark.parametrize("name", [name for name, kind in CALLBACKS.items() if kind in {"plain", "own", "list"}])
def test_what_is_one_s_own_is_never_refused(scene: Scene, name: str) -> None:
    for each in scene.known:
        answer = _asked(scene, each.client, name, scene.source, scene.group)
        assert not answer.is_denied, each.account.email
        if CALLBACKS[name] == "plain":
            assert "of Alice" not in answer.text


@pytest.mark.parametrize("name", [name for name, kind in CALLBACKS.items() if kind == "ends"])
def test_ending_one_s_sessions_ends_nobody_else_s(scene: Scene, name: str) -> None:
    leaving = sign_in(scene.app, "leaving@example.org")
    assert _asked(scene, leaving.client, name, scene.source, scene.group).status == 200
    assert leaving.client.get("/_dash-layout").status_code == 401
    assert scene.owner.client.get("/_dash-layout").status_code == 200


def test_a_denial_would_be_seen(scene: Scene) -> None:
    name = "source-name-title.children <- source-id-store.data"
    assert _asked(scene, scene.other.client, name, scene.source, scene.group).is_denied
    assert BROKEN not in _asked(scene, scene.owner.client, name, scene.source, scene.group).notices
