"""Shared pages: what they show, and a crawl of everything as a stranger for what nobody shared."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services import simulating
from services.ingestion import entering as ingest
from services.rollups import shards
from services.rollups import updating as rollups
from services.sharing import links, shown
from services.sources import changes, groups
from services.sources import making as sources
from solar import normalise
from tests import servers
from tests.web.asking import GROUP_STORES, SOURCE_STORES, all_callbacks
from tests.web.conftest import Person, sign_in
from tests.web.matrix import GIVEN, ROUTES
from web import shared_answers

ALL_ON = links.SwitchRecord(True, True, True, True, True)
FILES = ("", "/live.json", "/now.json", "/badge.svg", "/preview.png")
# What must never come out, whatever is asked; numbers so odd that nothing else is like them.
LATITUDE, LONGITUDE, COST = 38.637481, -0.865429, 7391.37
WORDS = (
    "Canary-owner", "Canary-mail", "canary-description", "canary-group", "Canary-link", "Canary-other", "canary-serial",
    "Canary-fault", "38.637481", "0.865429", "38.64°", "7391.37", "7,391", "7\u202f391", "7 391", "Europe/Madrid",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Alice's shared source, another one she keeps to herself, and strangers with and without a session."""

    app: ModuleType
    stranger: FlaskClient
    alice: Person
    bob: Person
    source: str
    other: str
    group: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must not come out."""
        return (*WORDS, self.source, self.other, self.group, self.alice.account.id, self.bob.account.id)


def _source(owner: Person, name: str, **more: Any) -> str:
    row = {"name": name, "connection_type": 0, "time_zone": "Europe/Madrid", "latitude": LATITUDE, "has_battery": True,
           "longitude": LONGITUDE, "installed_capacity_watts": 5500.0, "description": "canary-description", **more}
    return str(sources.create_source(owner.account.id, row, servers.now()).record.id)


@pytest.fixture(scope="module")
def scene(app: ModuleType, migrated: dict[str, str]) -> Iterator[Scene]:
    """The stores emptied once; every test makes links of its own."""
    servers.empty(migrated["AMPRA_POSTGRES_URL"], migrated["AMPRA_MONGO_URL"])
    now = servers.now()
    alice, bob = sign_in(app, "canary-mail@example.org"), sign_in(app, "bob@example.org")
    servers.run_sql(servers.settings_url(), "UPDATE users SET first_name = 'Canary-owner' WHERE id = %s",
                    alice.account.id)
    group = str(groups.create_group(alice.account.id, "canary-group").id)
    source, other = _source(alice, "Villena"), _source(alice, "Canary-other")
    changes.move(alice.viewer, [source, other], group, now)
    for each in (source, other):
        simulating.make_past(each, now - timedelta(days=2, hours=1), now, now)
    body = {"solarPower": 4321.0, "loadPower": 333.0, "serialNumber": "canary-serial", "faultCodes": ["Canary-fault"]}
    message = normalise.Message("mqtt", "data", json.dumps(body).encode(), now)
    ingest.accept([ingest.Delivery(source, message)], now)
    for shard in range(shards.SHARDS):
        rollups.refresh_shard(shard, now + timedelta(minutes=10), seconds=60)
    start = (now - timedelta(days=400)).date().isoformat()
    changes.update(alice.viewer, source, {"system_cost": COST, "installation_date": now - timedelta(days=400)}, now)
    _price(alice, source, start)
    links.keep_switches(alice.viewer, source, ALL_ON, now)
    yield Scene(app, app.server.test_client(), alice, bob, source, other, group)


def _price(owner: Person, source: str, start: str) -> None:
    servers.run_sql(
        servers.settings_url(),
        "INSERT INTO kwh_price_histories (sun_source_id, price_per_kwh, export_price_per_kwh, effective_from) "
        "VALUES (%s, 0.27, 0.08, %s)", source, start,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh(scene: Scene) -> None:
    shown.forget_everything()
    shared_answers.forget()
    links.keep_switches(scene.alice.viewer, scene.source, ALL_ON, servers.now())


def _link(scene: Scene, kind: str = "source", **more: Any) -> str:
    values = {"name": "Canary-link", "views": links.VIEWS, **more}
    thing = scene.source if kind == "source" else scene.group
    return links.make(scene.alice.viewer, kind, thing, values, servers.now()).url.rsplit("/", 1)[1]


def _view(scene: Scene, token: str, name: str, **more: str) -> TestResponse:
    return scene.stranger.get(f"/shared/{token}/view.json", query_string={"view": name, **more})


def _all_answers(scene: Scene, token: str, client: FlaskClient | None = None, **asked: str) -> dict[str, TestResponse]:
    client = client or scene.stranger
    found = {each: client.get(f"/shared/{token}{each}", query_string=asked) for each in FILES}
    for view in ("now", "month", "weather", "forecast", "returns", "data", "../now"):
        for scheme in ("light", "dark"):
            answer = client.get(f"/shared/{token}/view.json", query_string={"view": view, "scheme": scheme, **asked})
            found[f"{view} {scheme}"] = answer
    return found


def _told(answer: TestResponse) -> str:
    """Everything of an answer: its status line, headers and content."""
    return f"{answer.status} {answer.headers} " + answer.get_data().decode("utf-8", "replace")


def _assert_silent(scene: Scene, answer: TestResponse, *allowed: str) -> None:
    told = _told(answer)
    leaked = [each for each in scene.secrets if each.lower() in told.lower() and each not in allowed]
    assert leaked == [], f"{answer.request.path} {told[:300]}"


# ---- what is shown ---------------------------------------------------------------------------------------------------


def test_every_view_has_the_figures_of_the_owner(scene: Scene) -> None:
    token = _link(scene, shows_money=True)
    for view, figures in (("now", {"day"}), ("month", {"month"}), ("returns", {"payback", "months"})):
        found = _view(scene, token, view).json
        assert set(found["figures"]) == figures
        assert all(each["data"] for each in found["figures"].values()), view
    live = scene.stranger.get(f"/shared/{token}/live.json").json
    assert live["texts"]["tile-solar-now-value"] == "4.32"
    page = scene.stranger.get(f"/shared/{token}").text
    assert re.search(r'property="og:title" content="Villena"', page)
    assert f"/shared/{token}/preview.png" in page
    assert "flow-node" in page


def test_the_newest_values_are_there_for_programs(scene: Scene) -> None:
    token = _link(scene)
    answer = scene.stranger.get(f"/shared/{token}/now.json")
    assert answer.json["now"]["solarPower"] == 4321.0
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "4.32 kW" in scene.stranger.get(f"/shared/{token}/badge.svg").text
    assert scene.stranger.get(f"/shared/{token}/preview.png").get_data().startswith(b"\x89PNG")


def test_money_is_shown_only_where_the_link_says_so(scene: Scene) -> None:
    hidden, open_one = _link(scene), _link(scene, shows_money=True)
    assert "7 391" in _view(scene, open_one, "returns").text.replace("\\u202f", " ")
    told = _view(scene, hidden, "returns")
    assert set(told.json["figures"]) == set()
    assert "€" not in told.text
    assert "\\u20ac" not in told.text


def test_owner_and_town_are_shown_only_where_the_link_says_so(scene: Scene) -> None:
    page = scene.stranger.get(f"/shared/{_link(scene, shows_owner=True, town='Near Alicante')}").text
    assert "Canary-owner" in page
    assert "Near Alicante" in page
    assert "Canary-owner" not in scene.stranger.get(f"/shared/{_link(scene)}").text


def test_what_is_switched_off_is_not_there(scene: Scene) -> None:
    token = _link(scene, views=["weather", "returns"])
    for path in ("/now.json", "/badge.svg", "/view.json?view=now", "/view.json?view=month"):
        assert scene.stranger.get(f"/shared/{token}{path}").status_code == 404
    for answer in _all_answers(scene, token).values():
        assert b"4321" not in answer.get_data()
        assert b"4.32" not in answer.get_data()
    links.keep_switches(scene.alice.viewer, scene.source, links.SwitchRecord(True, share_returns=True), servers.now())
    assert _view(scene, token, "weather").status_code == 404
    assert _view(scene, token, "returns").status_code == 200


def test_a_delay_holds_for_every_figure(scene: Scene) -> None:
    token = _link(scene, delay_minutes=120)
    now = servers.now()
    assert scene.stranger.get(f"/shared/{token}/now.json").json["measured_at"] < (now - timedelta(hours=2)).isoformat()
    for name, answer in _all_answers(scene, token).items():
        assert b"4321" not in answer.get_data(), name
        assert b"4.32 kW" not in answer.get_data(), name
    assert "120 min behind" in scene.stranger.get(f"/shared/{token}").text


# ---- links that show nothing -----------------------------------------------------------------------------------------


def test_revoked_expired_disabled_and_mistyped_links_look_alike(scene: Scene) -> None:
    owner, now = scene.alice.viewer, servers.now()
    revoked, disabled, expired = _link(scene), _link(scene), _link(scene, expires_at=now + timedelta(minutes=1))
    for link in links.listed(owner, "source", scene.source)[:3]:
        if link.expires_at is None:
            links.revoke(owner, "source", scene.source, str(link.id), now)
            break
    servers.run_sql(servers.settings_url(),
                    "UPDATE shared_links SET expires_at = now() - interval '1 s' WHERE expires_at IS NOT NULL")
    servers.run_sql(servers.settings_url(), "UPDATE shared_links SET revoked_at = now() WHERE expires_at IS NULL")
    shown.forget_everything()
    tokens = (revoked, disabled, expired, "x" * 43, "short", "a" * 5000)
    for path in (*FILES, "/view.json?view=now"):
        answers = [scene.stranger.get(f"/shared/{token}{path}") for token in tokens]
        assert {each.status_code for each in answers} == {404}
        assert len({each.get_data() for each in answers}) == 1
        assert len({str(sorted(one for one in each.headers if one[0] != "X-Request-ID")) for each in answers}) == 1


def test_a_switch_turned_off_closes_open_pages_at_once(scene: Scene) -> None:
    token = _link(scene)
    assert scene.stranger.get(f"/shared/{token}/live.json").status_code == 200
    links.keep_switches(scene.alice.viewer, scene.source, links.SwitchRecord(), servers.now())
    assert scene.stranger.get(f"/shared/{token}/live.json").status_code == 404


# ---- headers ---------------------------------------------------------------------------------------------------------


def test_frames_only_where_the_owner_lists_the_site(scene: Scene) -> None:
    closed = scene.stranger.get(f"/shared/{_link(scene)}")
    assert "frame-ancestors 'none'" in closed.headers["Content-Security-Policy"]
    assert closed.headers["X-Frame-Options"] == "DENY"
    listed = scene.stranger.get(f"/shared/{_link(scene, embedding_sites=['https://village.example'])}")
    assert "frame-ancestors https://village.example" in listed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in listed.headers
    assert "frame-ancestors 'none'" in scene.stranger.get("/sign-in").headers["Content-Security-Policy"]


def test_search_engines_come_only_where_the_owner_lets_them(scene: Scene) -> None:
    closed, listed = (scene.stranger.get(f"/shared/{_link(scene, is_indexed=each)}") for each in (False, True))
    assert "noindex" in closed.headers["X-Robots-Tag"]
    assert 'name="robots"' in closed.text
    assert "X-Robots-Tag" not in listed.headers
    assert 'name="robots"' not in listed.text
    assert closed.headers["Referrer-Policy"] == "no-referrer"


def test_answers_are_made_once_for_all(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    token, asked = _link(scene), []
    look = shown._look
    monkeypatch.setattr(shown, "_look", lambda name, now: asked.append(name) or look(name, now))
    first = scene.stranger.get(f"/shared/{token}/live.json")
    for client in (scene.alice.client, scene.bob.client, *(scene.app.server.test_client() for _ in range(20))):
        again = client.get(f"/shared/{token}/live.json")
        assert again.get_data() == first.get_data()
        assert "Set-Cookie" not in again.headers
    assert len(asked) <= 2
    known = scene.stranger.get(f"/shared/{token}/live.json", headers={"If-None-Match": first.headers["ETag"]})
    assert known.status_code == 304


def test_too_many_are_asked_to_wait(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "MOST_A_MINUTE", 5)
    monkeypatch.setattr(shown, "TELLS_SECONDS", 0.0)
    token = _link(scene)
    answers = [scene.stranger.get(f"/shared/{token}/live.json") for _ in range(8)]
    assert [each.status_code for each in answers][-1] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


# ---- nothing else comes out ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "bob", "alice"])
def test_a_crawl_of_a_link_finds_nothing_that_is_not_shared(scene: Scene, who: str) -> None:
    client = {"stranger": scene.stranger, "bob": scene.bob.client, "alice": scene.alice.client}[who]
    token = _link(scene)
    for asked in ({}, {"source": scene.other}, {"source": "0" * 10}, {"source_id": scene.other}, {"kiosk": "1"}):
        for answer in _all_answers(scene, token, client, **asked).values():
            _assert_silent(scene, answer)
    page = client.get(f"/shared/{token}").text
    for path in sorted(set(re.findall(r'(?:href|src)="(/[^"]+)"', page))):
        _assert_silent(scene, client.get(path.split("?")[0]))


def test_a_crawl_of_a_group_finds_only_its_shared_sources(scene: Scene) -> None:
    token = _link(scene, "group", title="Village")
    overview = scene.stranger.get(f"/shared/{token}/live.json")
    keys = re.findall(r'data-source=\\"(\w+)\\"', overview.text)
    assert len(keys) == 1
    for asked in ({}, {"source": keys[0]}, {"source": scene.other}):
        for answer in _all_answers(scene, token, **asked).values():
            _assert_silent(scene, answer)
    assert _view(scene, token, "now", source=keys[0]).status_code == 200


def test_no_route_tells_a_public_visitor_anything(scene: Scene) -> None:
    token, public = _link(scene), scene.app.server.test_client()
    public.get(f"/shared/{token}")
    for line in ROUTES:
        method, rule = line.split(" ", 1)
        for value in (scene.source, scene.other, token):
            path = re.sub(r"<(?:\w+:)?\w+>", value, rule)
            for extra in ("", f"?token={token}&source_id={scene.source}"):
                answer = public.open(path + extra, method=method, json={"token": token} if method == "POST" else None)
                # The address that one comes back to after signing in is what the visitor sent.
                if answer.status_code not in {301, 302, 308}:
                    _assert_silent(scene, answer, value)


def test_no_callback_answers_a_public_visitor(scene: Scene) -> None:
    token, public = _link(scene), scene.app.server.test_client()
    public.get(f"/shared/{token}")
    stores = {f"{each}.data": scene.source for each in SOURCE_STORES}
    stores |= {f"{each}.data": scene.group for each in GROUP_STORES}
    for callback in all_callbacks(scene.app):
        body = callback.body({**stores, **GIVEN.get(callback.name, {})})
        tampered = {**body, "token": token, "viewer": scene.alice.account.id}
        for sent in (body, tampered):
            for headers in ({}, {"Referer": f"http://localhost/shared/{token}", "Authorization": f"Bearer {token}"}):
                answer = public.post("/_dash-update-component", json=sent, headers=headers)
                assert answer.status_code == 401, callback.name
                _assert_silent(scene, answer)


def test_the_search_would_find_a_leak(scene: Scene) -> None:
    answer = scene.stranger.get(f"/shared/{_link(scene, shows_owner=True)}")
    with pytest.raises(AssertionError):
        _assert_silent(scene, answer)
