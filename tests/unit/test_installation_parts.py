"""Parts of the local installation: passwords, secrets, addresses in settings, and who may do what at the broker."""

import stat
from pathlib import Path

import pytest

from deploy.local.broker.access import may_publish, may_subscribe
from deploy.local.broker.outbox import packet_id
from deploy.local.broker.spool import Message
from deploy.local.keys import Keys, make_password
from deploy.local.reach import addresses


def test_passwords_keep_the_rules_and_differ() -> None:
    passwords = [make_password() for _ in range(200)]
    assert len(set(passwords)) == 200
    assert all(len(each) >= 8 and any(c.islower() for c in each) and any(c.isupper() for c in each)
               and any(c.isdigit() for c in each) for each in passwords)


def test_a_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = Keys(tmp_path / "secrets").key("one")
    assert Keys(tmp_path / "secrets").key("one") == first
    assert Keys(tmp_path / "secrets").key("two") != first
    assert stat.S_IMODE((tmp_path / "secrets" / "one").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


@pytest.mark.parametrize(("url", "expected"), [
    ("postgresql://user:p%40ss@db.example/ampra", [("db.example", 5432)]),
    ("mongodb://u:p@a.example:1,b.example/x?replicaSet=r", [("a.example", 1), ("b.example", 27017)]),
    ("mqtts://broker.example", [("broker.example", 8883)]),
    ("https://api.example/v1", [("api.example", 443)]),
    ("postgresql://[::1]:6000/x", [("::1", 6000)]),
])
def test_addresses_of_urls(url: str, expected: list[tuple[str, int]]) -> None:
    assert addresses(url) == expected


@pytest.mark.parametrize(("user", "topic", "expected"), [
    ("src-1", "ampra/sources/1/data", True),
    ("src-1", "ampra/sources/1/a/b/c", True),
    ("src-1", "ampra/sources/1/", False),
    ("src-1", "ampra/sources/1", False),
    ("src-1", "ampra/sources/11/data", False),
    ("src-1", "ampra/sources/2/data", False),
    ("src-1", "$SYS/broker", False),
    ("src-", "ampra/sources//data", False),
    ("1", "ampra/sources/1/data", False),
    ("ampra-listener", "ampra/sources/1/data", False),
])
def test_who_may_publish_where(user: str, topic: str, expected: bool) -> None:
    assert may_publish(user, topic) is expected


@pytest.mark.parametrize(("user", "topic_filter", "expected"), [
    ("ampra-listener", "ampra/sources/#", True),
    ("ampra-listener", "$share/any/ampra/sources/#", True),
    ("ampra-listener", "#", False),
    ("src-1", "ampra/sources/1/#", False),
    ("src-1", "ampra/sources/#", False),
])
def test_who_may_subscribe(user: str, topic_filter: str, expected: bool) -> None:
    assert may_subscribe(user, topic_filter) is expected


def test_packet_identifiers_are_lasting_and_allowed() -> None:
    identifiers = [packet_id(Message(number, "t", b"", False)) for number in (1, 65535, 65536, 131071)]
    assert identifiers == [1, 65535, 1, 1]
