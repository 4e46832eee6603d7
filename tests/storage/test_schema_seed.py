"""The schema in a real PostgreSQL against the original's: every column, key and index."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, Inspector, inspect, text

from data import postgres
from tests.storage import seed

PROJECT = Path(__file__).parents[2]
ORIGINAL = PROJECT.parent / "shared" / "design" / "seed-schema.txt"
TYPES = {
    "text": "TEXT", "uuid": "UUID", "integer": "INTEGER", "boolean": "BOOLEAN", "numeric": "NUMERIC",
    "float8": "DOUBLE PRECISION", "timestamptz": "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip
SPELT_OUT = {"double precision": "float8", "timestamp with time zone": "timestamptz"}
DEFAULTS = {"now": "now()", "guid": "gen_random_uuid()", "EUR": "'EUR'::character varying"}


@pytest.fixture
def engine(stores: dict[str, str]) -> Iterator[Engine]:
    made = postgres.engine_for(stores["AMPRA_POSTGRES_URL"])
    yield made
    made.dispose()


@pytest.fixture
def inspector(engine: Engine) -> Inspector:
    return inspect(engine)


def _columns() -> list[tuple[str, list[str]]]:
    tables = [*seed.COLUMNS.items(), *seed.IDENTITY_COLUMNS.items()]
    return [(table, words) for table, listed in tables for words in seed.lines(listed)]


def test_every_column_has_its_type_nullability_and_default(inspector: Inspector) -> None:
    wrong = []
    for table, (name, kind, nullability, *default) in _columns():
        found = {each["name"]: each for each in inspector.get_columns(seed.snake(table))}.get(seed.snake(name))
        if found is None:
            wrong.append(f"{table}.{name} is missing")
            continue
        wanted_type = TYPES.get(kind, kind.upper())
        found_type = found["type"].compile(dialect=inspector.dialect)
        if found_type != wanted_type:
            wrong.append(f"{table}.{name} is {found_type}, not {wanted_type}")
        if found["nullable"] != (nullability == "null"):
            wrong.append(f"{table}.{name} must be {nullability}")
        for value in default:
            if DEFAULTS.get(value, value) not in str(found["default"]):
                wrong.append(f"{table}.{name} has the default {found['default']}, not {value}")
    assert not wrong, "\n".join(wrong)


def test_every_table_has_its_primary_key(inspector: Inspector) -> None:
    for table in {**seed.COLUMNS, **seed.IDENTITY_COLUMNS}:
        wanted = [seed.snake(each) for each in seed.PRIMARY_KEYS.get(table, ("Id",))]
        assert inspector.get_pk_constraint(seed.snake(table))["constrained_columns"] == wanted


def test_every_foreign_key_has_its_delete_rule(inspector: Inspector) -> None:
    found = {
        (table, *key["constrained_columns"], key["referred_table"], key["options"].get("ondelete"))
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
        if not table.startswith("procrastinate_")
    }
    wanted = {(*(seed.snake(each) for each in key[:3]), key[3]) for key in seed.FOREIGN_KEYS}
    original = {seed.snake(table) for table in (*seed.COLUMNS, *seed.IDENTITY_COLUMNS)}
    assert {key for key in found if key[0] in original} == wanted
    assert {key[3] for key in found - wanted} <= {"CASCADE", "SET NULL"}
    assert ("source_credentials", "sun_source_id", "sun_sources", "CASCADE") in found


def test_every_index_is_there_and_as_unique_as_it_must_be(inspector: Inspector) -> None:
    for table, columns, unique in seed.INDEXES:
        found = {
            tuple(each["column_names"]): each["unique"] for each in inspector.get_indexes(seed.snake(table))
        }
        assert found.get(tuple(seed.snake(each) for each in columns)) == unique, (table, columns)


def test_the_roles_are_there(engine: Engine) -> None:
    with engine.connect() as connection:
        roles = connection.execute(text("SELECT name, normalized_name FROM roles ORDER BY name")).all()
    assert roles == [("Admin", "ADMIN"), ("Overseer", "OVERSEER"), ("User", "USER")]


def test_the_schema_page_maps_every_column_of_the_original() -> None:
    page = (PROJECT / "docs" / "schema.md").read_text()
    mapped = dict(re.findall(r"^\| `(\w+\.\w+)` \| `([a-zA-Z_.\d]+)` \|", page, re.MULTILINE))
    wanted = {f"{table}.{name}": f"{seed.snake(table)}.{seed.snake(name)}" for table, (name, *_) in _columns()}
    renamed = {f"AspNet{key}" if key.split(".")[0] in seed.IDENTITY_COLUMNS.keys() - {"Users"} else key: value
               for key, value in wanted.items()}
    telemetry = {f"normalized_sun_source_data.{name}" for name, _ in seed.lines(seed.TELEMETRY)}
    assert mapped == renamed | {each: each for each in telemetry}


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the original's description is not beside the project")
def test_our_list_of_the_original_is_complete() -> None:
    described, table = {}, ""
    for line in ORIGINAL.read_text().splitlines():
        table = line.split(" ")[0] if line.split(" ")[0] in seed.COLUMNS else table
        if line.startswith(("MongoDB", "ASP.NET Identity Tables", "Setting Types")):
            table = ""
        cells = [cell.strip() for cell in line.split("|")]
        if table and len(cells) >= 5 and re.fullmatch(r"[A-Z]\w+", cells[0]) and cells[0] != "Column":
            described[table, cells[0]] = (SPELT_OUT.get(cells[1], cells[1]), cells[2] == "Yes")
    listed = {
        (table, words[0]): (words[1], words[2] == "null") for table, text in seed.COLUMNS.items()
        for words in seed.lines(text)
    }
    assert listed == described
