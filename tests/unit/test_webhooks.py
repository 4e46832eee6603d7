"""The webhook verifier: what no shared vector pins."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solar.webhooks import MAX_BYTES, Verdict, verify
from solar.webhooks.vectors import Replays, run

NOW = datetime(2026, 6, 21, 10, 0, tzinfo=UTC)
SECRET = base64.b64encode(bytes(range(32))).decode()
OLD = base64.b64encode(bytes(32)).decode()
BODY = b'{"pv_power":2450}'
JSON = {"Content-Type": "application/json"}


def standard(body: bytes = BODY, secret: str = SECRET, sent: datetime = NOW, identity: str = "msg_1") -> dict[str, str]:
    """The headers of a request signed by Standard Webhooks."""
    at = str(int(sent.timestamp()))
    content = identity.encode() + b"." + at.encode() + b"." + body
    digest = hmac.digest(base64.b64decode(secret), content, "sha256")
    signature = "v1," + base64.b64encode(digest).decode()
    return {**JSON, "webhook-id": identity, "webhook-timestamp": at, "webhook-signature": signature}


def simple(body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    """The headers of a request in simple mode."""
    return {**JSON, "X-Webhook-Secret": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def keyed(secret: str = SECRET, **values: Any) -> bytes:
    """A body that carries its key."""
    return json.dumps({"key": secret, "pv_power": 2450, **values}).encode()


def judge(headers: Any, body: bytes = BODY, secret: Any = SECRET, now: datetime = NOW, seen: Any = ()) -> Verdict:
    return verify(secret, now, headers, body, seen)


def answer(verdict: Verdict) -> tuple[int, str]:
    return verdict.status, verdict.reason


def test_the_three_schemes() -> None:
    for headers, body, mode in ((standard(), BODY, "standard"), (simple(), BODY, "simple"), (JSON, keyed(), "key")):
        verdict = judge(headers, body)
        assert (answer(verdict), verdict.mode, verdict.secret) == ((200, "ok"), mode, 0)
        assert verdict.body is not None
        assert json.loads(verdict.body) == {"pv_power": 2450}


def test_while_a_rotation_overlaps_both_secrets_hold_and_the_verdict_tells_which() -> None:
    for headers, body in (
        (standard(secret=OLD), BODY),
        (simple(secret=OLD), BODY),
        (JSON, keyed(OLD)),
    ):
        assert judge(headers, body).status == 401
        verdict = judge(headers, body, ["whsec_" + SECRET, OLD])
        assert (answer(verdict), verdict.secret) == ((200, "ok"), 1)
        assert OLD.encode() not in (verdict.body or b"")


def test_no_secret_at_all_lets_nobody_in() -> None:
    for headers, body in ((standard(), BODY), (simple(), BODY), (JSON, keyed())):
        assert judge(headers, body, []).status == 401


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_within(seconds: int) -> None:
    assert answer(judge(standard(sent=NOW + timedelta(seconds=seconds)))) == (200, "ok")


@pytest.mark.parametrize(("seconds", "reason"), [(-301, "too-old"), (301, "in-future"), (-86400, "too-old")])
def test_more_than_five_minutes_are_not(seconds: int, reason: str) -> None:
    assert answer(judge(standard(sent=NOW + timedelta(seconds=seconds)))) == (401, reason)


@pytest.mark.parametrize(
    "sent", ["1782036000.0", "-1782036000", "now", "1" * 16, "１７８２０３６０００", "0x10", "1_000"]
)
def test_a_time_that_is_no_whole_number_of_seconds(sent: str) -> None:
    assert answer(judge({**standard(), "webhook-timestamp": sent})) == (401, "bad-timestamp")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_empty_is_missing(name: str) -> None:
    assert answer(judge({**standard(), name: " "})) == (401, "missing-header")


@pytest.mark.parametrize("signature", ["v1,", "v2,abc", "v1a,abc", ",", "\ud800", "v1 ,x", "v1,é"])
def test_signatures_that_are_none(signature: str) -> None:
    assert answer(judge({**standard(), "webhook-signature": signature})) == (401, "bad-signature")


def test_a_stronger_scheme_that_fails_is_not_rescued_by_a_weaker_one() -> None:
    wrong = {**standard(), "webhook-signature": "v1,wrong"}
    assert answer(judge({**wrong, **simple()})) == (401, "bad-signature")
    assert answer(judge({**wrong, **simple(keyed())}, keyed())) == (401, "bad-signature")
    assert answer(judge({**JSON, "X-Webhook-Secret": "wrong"}, keyed())) == (401, "bad-signature")
    assert answer(judge({**JSON, "webhook-id": "x"}, keyed())) == (401, "missing-header")


def test_id_and_time_without_signature_beside_the_simple_header_are_simple_mode() -> None:
    headers = {**simple(), "webhook-id": "x", "webhook-timestamp": "5"}
    assert (answer(judge(headers)), judge(headers).mode) == ((200, "ok"), "simple")


@pytest.mark.parametrize("given", [SECRET, "whsec_" + SECRET, "", "sha256=", "zz" * 32, "é", "\ud800"])
def test_the_secret_itself_or_nonsense_is_no_hmac(given: str) -> None:
    assert answer(judge({**JSON, "X-Webhook-Secret": given})) == (401, "bad-signature")


def test_the_mark_in_front_is_no_part_of_the_secret() -> None:
    for secret in (SECRET, "whsec_" + SECRET):
        assert answer(judge(standard(), secret=secret)) == (200, "ok")
        assert answer(judge(simple(), secret=secret)) == (200, "ok")
        assert answer(judge(JSON, keyed(), secret)) == (200, "ok")
        assert answer(judge(JSON, keyed("whsec_" + SECRET), secret)) == (200, "ok")


def test_a_message_is_taken_once_for_a_day() -> None:
    vector = {
        "name": "day",
        "secret": SECRET,
        "requests": [
            {
                "now": at.isoformat(),
                "headers": standard(sent=at),
                "body": BODY.decode(),
                "expect": {"status": 200, "reason": reason},
            }
            for at, reason in ((NOW, "ok"), (NOW + timedelta(hours=23), "duplicate"), (NOW + timedelta(hours=24), "ok"))
        ],
    }
    assert run(vector)["differences"] == []


def test_only_accepted_ids_are_remembered() -> None:
    replays = Replays()
    refused = [judge(standard(b"", identity="a"), b""), judge({**standard(identity="b"), "webhook-signature": "v1,x"})]
    for verdict in refused:
        replays.remember(verdict, NOW)
    assert replays.seen(NOW) == set()
    replays.remember(judge(standard(identity="c")), NOW)
    assert replays.seen(NOW) == {"c"}
    duplicate = judge(standard(identity="c"), seen=replays.seen(NOW))
    assert (answer(duplicate), duplicate.body, duplicate.message_id) == ((200, "duplicate"), None, "c")


def test_the_size_comes_before_everything() -> None:
    assert answer(judge({}, b"x" * (MAX_BYTES + 1))) == (413, "too-large")
    body = json.dumps({"pv_power": 1, "note": "x" * (MAX_BYTES - 27)}).encode()
    assert len(body) == MAX_BYTES
    assert answer(judge(simple(body), body)) == (200, "ok")


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "application/json", (400, "empty-body")),
        (b" \r\n\0", "application/json", (400, "empty-body")),
        (b"5", "application/json", (400, "bad-body")),
        (b'"text"', "application/json", (400, "bad-body")),
        (b"null", "application/json", (400, "bad-body")),
        (b"a=1", "application/json", (400, "bad-body")),
        (b"a=1", "", (400, "bad-body")),
        (b"[" * 100_000, "application/json", (400, "bad-body")),
        (b"\xff\xfe", "application/json", (400, "bad-body")),
        (b"[]", "application/json", (200, "ok")),
        (b'\xef\xbb\xbf{"a":NaN}', "text/plain", (200, "ok")),
        (b"a=1", "APPLICATION/x-www-form-urlencoded ; charset=utf-8", (200, "ok")),
    ],
)
def test_bodies(body: bytes, content_type: str, expected: tuple[int, str]) -> None:
    for headers in (standard(body), simple(body)):
        assert answer(judge({**headers, "Content-Type": content_type}, body)) == expected


def test_a_header_may_come_in_pairs_and_twice() -> None:
    headers = standard()
    pairs = [(name.upper(), value) for name, value in headers.items()] + [("Webhook-Signature", "v1,other")]
    assert answer(judge(pairs)) == (200, "ok")


@pytest.mark.parametrize(
    "body",
    [
        b'{"key":null}',
        b'{"key":["x"]}',
        b'{"KEY":"x"}',
        b'[{"key":"x"}]',
        b"key=x",
        b'{"key":"x"',
        b"{}",
        b"",
    ],
)
def test_bodies_without_a_key(body: bytes) -> None:
    assert answer(judge(JSON, body)) == (401, "no-credentials")


def test_no_secret_is_kept_wherever_it_stands() -> None:
    nested = keyed(note=f"my key is {SECRET}", inner={"key": SECRET, "list": [SECRET]})
    form = (
        f"key={SECRET}&pv_power=5".replace("/", "%2F")
        .replace("+", "%2B")
        .replace("=", "%3D")
        .replace("%3D", "=", 1)
        .encode()
    )
    for headers, body in ((JSON, nested), (simple(nested), nested), (standard(nested), nested)):
        verdict = judge(headers, body)
        assert answer(verdict) == (200, "ok")
        assert SECRET.encode() not in (verdict.body or b"")
    for body in (form, SECRET.encode()):
        verdict = judge({**simple(body), "Content-Type": "application/x-www-form-urlencoded"}, body)
        assert verdict.status == 200
        assert SECRET.encode() not in (verdict.body or b"")
        assert SECRET.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D").encode() not in (verdict.body or b"")


def test_the_body_behind_a_key_keeps_all_other_values() -> None:
    odd = (
        b'{"key":"'
        + SECRET.encode()
        + b'","a":NaN,"b":1e999,"c":123456789012345678901,"d":"\\ud800","e":[1,{"f":null}]}'
    )
    verdict = judge(JSON, odd)
    assert answer(verdict) == (200, "ok")
    kept = json.loads(verdict.body or b"")
    assert kept == {"a": None, "b": None, "c": 123456789012345678901.0, "d": "?", "e": [1, {"f": None}]}


HEADERS = st.dictionaries(
    st.one_of(
        st.sampled_from(["webhook-id", "Webhook-Timestamp", "webhook-signature", "X-Webhook-Secret", "content-type"]),
        st.text(max_size=10),
    ),
    st.one_of(st.sampled_from(["1782036000", "v1,abc", "application/x-www-form-urlencoded"]), st.text(max_size=40)),
    max_size=6,
)


@settings(max_examples=500, deadline=None)
@given(
    HEADERS,
    st.one_of(st.binary(max_size=80), st.text(max_size=20).map(lambda key: json.dumps({"key": key}).encode())),
    st.one_of(st.text(max_size=50), st.lists(st.text(max_size=50), max_size=3)),
    st.sets(st.text(max_size=5)),
)
def test_nothing_a_sender_can_send_raises_or_gets_in(headers: Any, body: bytes, secret: Any, seen: set[str]) -> None:
    verdict = verify(secret, NOW, headers, body, seen)
    if verdict.status == 200:
        assert verdict.mode == "key"
        secrets = [secret] if isinstance(secret, str) else secret
        assert json.loads(body)["key"].removeprefix("whsec_") in [text.removeprefix("whsec_") for text in secrets]
    else:
        assert verdict.status in (400, 401)
