"""What goes over the wire: packed where it is text and worth it, kept by browsers where it never changes."""

import base64
import gzip
import hashlib
import re
from collections.abc import Iterator

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from tests.web.conftest import Person
from web import compression

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def _scripts(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/(?:_dash-component-suites|assets)/[^"]+)"', page)


@pytest.fixture
def addresses(alice: Person) -> list[str]:
    """Every public file that the app's page names."""
    return _scripts(alice.client.get("/", headers={"Accept": "text/html"}).text)


def test_every_file_of_the_app_is_packed_and_kept_for_ever(addresses: list[str], stranger: FlaskClient) -> None:
    assert len([each for each in addresses if each.startswith("/assets/")]) > 5
    assert len(addresses) > 15
    for address in addresses:
        plain, packed = stranger.get(address), stranger.get(address, headers=BROWSER)
        assert plain.status_code == packed.status_code == 200, address
        if address == "/assets/icon.svg":
            continue
        assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        assert "Accept-Encoding" in packed.headers["Vary"], address
        if len(plain.data) < compression.SMALLEST_BYTES:
            assert "Content-Encoding" not in packed.headers
        else:
            assert packed.headers["Content-Encoding"] == "br", address
            assert brotli.decompress(packed.data) == plain.data
            assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("br;q=0.5, gzip;q=0.9", "gzip"), ("*", "br"), ("", None),
        ("identity", None), ("zstd", None), ("gzip;q=0, br;q=0", None), ("nonsense;;q=x", None),
    ],
)
def test_the_client_decides(stranger: FlaskClient, asked: str, coding: str | None) -> None:
    answer = stranger.get("/sign-in", headers={"Accept-Encoding": asked})
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[coding]
    assert unpack(answer.data) == stranger.get("/sign-in").data


def test_the_content_policy_is_that_of_the_page_before_it_was_packed(alice: Person) -> None:
    packed = alice.client.get("/", headers={"Accept": "text/html", **BROWSER})
    assert packed.headers["Content-Encoding"] == "br"
    page = brotli.decompress(packed.data).decode()
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    assert scripts
    for each in scripts:
        digest = base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in packed.headers["Content-Security-Policy"]
    assert packed.headers["Cache-Control"] == "no-store"


def test_a_file_that_is_there_already_is_not_sent_again(addresses: list[str], stranger: FlaskClient) -> None:
    asset = next(each for each in addresses if each.startswith("/assets/") and each.partition("?")[0].endswith(".css"))
    bundle = "/_dash-component-suites/dash/dcc/async-graph.js"
    for address in (asset, bundle):
        first = stranger.get(address, headers=BROWSER)
        assert first.headers["ETag"].startswith('W/"')
        again = stranger.get(address, headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert "Accept-Encoding" in again.headers["Vary"]
        plain = stranger.get(address)
        assert plain.headers["ETag"] == first.headers["ETag"].removeprefix("W/")
        assert stranger.get(address, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


def test_an_address_of_another_version_is_not_believed_for_a_year(
    addresses: list[str], stranger: FlaskClient
) -> None:
    bundle = next(each for each in addresses if "dash_renderer" in each)
    for address in (re.sub(r"\.v\w+?m", ".v0_0_1m", bundle), "/assets/base.css?m=1", "/assets/base.css"):
        answer = stranger.get(address)
        assert answer.status_code == 200
        assert "immutable" not in answer.headers.get("Cache-Control", "")
    assert stranger.get("/assets/../app.py?m=1").status_code in {302, 401, 404}


def test_public_files_set_no_cookie_and_do_not_vary_by_one(addresses: list[str], alice: Person) -> None:
    for address in addresses[:3] + addresses[-3:]:
        answer = alice.client.get(address, headers=BROWSER)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Cookie" in alice.client.get("/_dash-layout").headers["Vary"]


def test_streams_are_packed_piece_by_piece() -> None:
    closed = []

    def rows() -> Iterator[str]:
        try:
            for number in range(5000):
                yield f"2026-06-21 10:00;{number}\n"
        finally:
            closed.append(True)

    server = Flask("streams")
    compression.install(server)
    server.add_url_rule("/rows", "rows", view_func=lambda: Response(rows(), mimetype="text/csv"))
    server.add_url_rule("/image", "image", view_func=lambda: Response(b"\0" * 5000, mimetype="image/webp"))
    whole = "".join(rows()).encode()
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        answer = server.test_client().get("/rows", headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        assert unpack(answer.data) == whole
        assert len(answer.data) < len(whole) / 3
    assert len(closed) == 3
    assert "Content-Encoding" not in server.test_client().get("/image", headers=BROWSER).headers
