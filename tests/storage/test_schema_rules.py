"""What the tables refuse, and what goes with a deleted row."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data import postgres

ALICE = "INSERT INTO users (id, email, normalized_email) VALUES ('alice', 'a@x.org', 'A@X.ORG')"
GROUP = "INSERT INTO power_groups (name, user_id) VALUES ('Roofs', 'alice') RETURNING id"
SOURCE = "INSERT INTO sun_sources (name, user_id, connection_type{0}) VALUES ('Roof', 'alice', 0{1}) RETURNING id"
CHILDREN = (
    "INSERT INTO weather_data (sun_source_id, date) VALUES (:id, '2026-06-21T00:00Z')",
    "INSERT INTO kwh_price_histories (sun_source_id, price_per_kwh, effective_from) VALUES (:id, 0.25, '2026-01-01Z')",
    "INSERT INTO sun_source_sharings (sun_source_id) VALUES (:id)",
    "INSERT INTO source_credentials (sun_source_id, kind, secret_hash) VALUES (:id, 'mqtt', 'sha256:00')",
    "INSERT INTO hourly_prices VALUES (:id, '2026-01-01T00:00Z', '2026-01-01T01:00Z', 0.1)",
    "INSERT INTO source_costs (sun_source_id, date, amount) VALUES (:id, '2026-01-01', -500)",
    "INSERT INTO returns_settings (sun_source_id) VALUES (:id)",
)
TABLES = (
    "weather_data", "kwh_price_histories", "sun_source_sharings", "source_credentials", "hourly_prices", "source_costs",
    "returns_settings",
)


@pytest.fixture
def session(stores: dict[str, str]) -> Iterator[Session]:
    with postgres.session() as opened:
        opened.execute(text(ALICE))
        yield opened


def _source(session: Session, column: str = "", value: str = "") -> object:
    extra = (f", {column}", f", {value}") if column else ("", "")
    return session.execute(text(SOURCE.format(*extra))).scalar_one()


def _count(session: Session, table: str) -> object:
    return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("latitude", "90.1"), ("latitude", "'NaN'"), ("longitude", "-180.1"), ("longitude", "'Infinity'"),
        ("installed_capacity_watts", "-1"), ("installed_capacity_watts", "1000001"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_refused(session: Session, column: str, value: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_sun_sources_{column}"), session.begin_nested():
        _source(session, column, value)


@pytest.mark.parametrize("statement", CHILDREN[:3])
def test_a_source_has_one_sharing_and_one_weather_and_price_for_an_instant(session: Session, statement: str) -> None:
    source_id = _source(session)
    session.execute(text(statement), {"id": source_id})
    with pytest.raises(IntegrityError, match="ix_"), session.begin_nested():
        session.execute(text(statement), {"id": source_id})


def test_two_users_cannot_have_one_address(session: Session) -> None:
    with pytest.raises(IntegrityError, match="email_index"), session.begin_nested():
        session.execute(text(ALICE.replace("'alice'", "'alice2'")))


def test_a_credential_keeps_what_its_kind_needs(session: Session) -> None:
    with pytest.raises(IntegrityError, match="ck_source_credentials_kind"), session.begin_nested():
        session.execute(text(CHILDREN[3].replace("secret_hash", "sealed_secret")), {"id": _source(session)})


def test_deleting_a_source_deletes_what_belongs_to_it(session: Session) -> None:
    source_id = _source(session)
    for statement in CHILDREN:
        session.execute(text(statement), {"id": source_id})
    session.execute(text("DELETE FROM sun_sources"))
    assert [_count(session, table) for table in TABLES] == [0] * len(TABLES)


def test_deleting_a_group_keeps_its_sources(session: Session) -> None:
    group_id = session.execute(text(GROUP)).scalar_one()
    _source(session, "power_group_id", f"'{group_id}'")
    session.execute(text("DELETE FROM power_groups"))
    assert session.execute(text("SELECT power_group_id FROM sun_sources")).all() == [(None,)]


def test_deleting_a_user_deletes_everything_they_own(session: Session) -> None:
    session.execute(text(GROUP))
    session.execute(text(CHILDREN[0]), {"id": _source(session)})
    session.execute(text("INSERT INTO user_settings (user_id, setting_type, value) VALUES ('alice', 1, '0')"))
    session.execute(text("DELETE FROM users"))
    tables = ("power_groups", "sun_sources", "weather_data", "user_settings")
    assert [_count(session, table) for table in tables] == [0] * len(tables)


def test_defaults_come_from_the_server(session: Session) -> None:
    _source(session)
    row = session.execute(text("SELECT currency, is_active, time_zone, updated_at = now() FROM sun_sources")).one()
    assert tuple(row) == ("EUR", True, "UTC", True)
