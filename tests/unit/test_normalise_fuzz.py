"""No bytes, no JSON, no topic and no mapping make the normaliser raise, and whatever comes out is canonical.

`AMPRA_FUZZ_EXAMPLES` sets how many examples each of the four statements is tried on.
"""

import json
import math
import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solar.normalise import PROFILES, Memory, Message, Reading, Source, kind_of, merge, normalise, normalise_batch
from solar.normalise.checks import limits_for
from solar.normalise.names import ALIASES, CANONICAL
from solar.vocabulary import FIELDS
from tests.unit.normalising import NOON

STATEMENT = settings(
    max_examples=int(os.environ.get("AMPRA_FUZZ_EXAMPLES", "400")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def _filled(pattern: str) -> str:
    filled = (
        pattern.replace("<n>", "1").replace("<id>", "dev").replace("<serial>", "116180400144").replace("<abc>", "b")
    )
    return filled.replace("*", "x").strip("/")


FAMILY_PATHS = sorted(
    {
        _filled(pattern)
        for profile in PROFILES.values()
        for pattern in (
            *profile.keys,
            *profile.unmapped,
            *profile.foreign,
            *(m for marks in profile.marks for m in marks),
        )
    }
)
OTHER_KEYS = [
    "value",
    "unit",
    "ts",
    "time",
    "Time",
    "values",
    "entity_id",
    "state",
    "attributes",
    "last_updated",
    "name",
    "key",
]
KEYS = st.one_of(
    st.sampled_from(FAMILY_PATHS),
    st.sampled_from([path.rsplit("/", 1)[-1] for path in FAMILY_PATHS]),
    st.sampled_from([*sorted(CANONICAL), *sorted(ALIASES), *OTHER_KEYS]),
    st.text(max_size=12),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["3,2 kW", "unavailable", "2026-06-21T12:00:00", "1782036000", 1782036000000, "-1", "50 %", "kWh", 2**70]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
)
FORMS = st.dictionaries(
    st.sampled_from(
        ["d", "t", "v1", "v2", "v3", "c1", "n", "data", "fulljson", "json", "csv", "time", "node", "sentat", "apikey"]
    ),
    st.sampled_from(
        ["1", "20260621", "12:00", "[[1,2,3]]", '[[1,"a",{"soc":4}],[],5]', "{a:1,b}", "20260621,12:00,5,;x", ""]
    ),
).map(lambda pairs: "&".join(f"{key}={value}" for key, value in pairs.items()).encode())
BODIES = st.one_of(
    VALUES.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
    FORMS,
    st.binary(max_size=60),
    SCALARS.map(lambda value: str(value).encode("utf-8", "surrogatepass")),
)
TOPICS = st.one_of(
    st.sampled_from(["data", "", "/", "config", "/config", "status"]),
    st.sampled_from(FAMILY_PATHS),
    st.tuples(
        st.sampled_from(FAMILY_PATHS), st.sampled_from(["state", "value", "unit", "config", "status", "last_update"])
    ).map("/".join),
    st.text(max_size=30),
)
MAPPINGS = st.one_of(
    st.none(),
    VALUES,
    st.fixed_dictionaries(
        {},
        optional={
            "role": st.sampled_from(["solar", "grid", "load", "roof"]),
            "invert": st.lists(st.sampled_from([*FIELDS, "nope"])),
            "fields": st.dictionaries(
                KEYS,
                st.none()
                | st.fixed_dictionaries(
                    {"field": st.sampled_from([*FIELDS, "nope"])},
                    optional={"unit": st.sampled_from(["kW", "mV", "x"]), "factor": st.floats()},
                ),
            ),
        },
    ),
)
SOURCES = st.builds(
    Source,
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Nowhere/Else", ""]),
    st.none() | st.floats(),
    MAPPINGS,
    st.sampled_from([None, None, None, "generic", "no-such-profile", *PROFILES]),
    st.sampled_from([None, True, False]),
)
MESSAGES = st.builds(
    Message,
    st.sampled_from(["mqtt", "mqtt", "webhook", "import", "api"]),
    TOPICS,
    BODIES,
    st.integers(0, 30).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    st.sampled_from([None, "application/json", "application/x-www-form-urlencoded"]),
    st.booleans(),
)


def assert_canonical(reading: Reading, source: Source) -> None:
    """Known fields, finite doubles within their limits, never null; times in whole milliseconds."""
    limits = limits_for(source.installed_capacity_watts).by_field
    for name, value in reading.fields.items():
        kind = FIELDS[name].kind
        if kind == "number":
            assert type(value) is float
            assert math.isfinite(value)
            assert limits[name][0] <= value <= limits[name][1]
            assert value >= 0 or name not in ("solarPower", "loadPower")
        elif kind == "text":
            assert type(value) is str
            assert value
        else:
            assert type(value) is list
            assert all(type(code) is str for code in value)
    assert reading.timestamp.microsecond % 1000 == 0
    assert reading.timestamp.utcoffset() == timedelta(0)
    assert set(reading.metadata["derived"]) <= {"timestamp", *reading.fields}
    json.dumps(reading.raw).encode()


@STATEMENT
@given(st.lists(MESSAGES, min_size=1, max_size=5), SOURCES)
def test_nothing_raises_and_everything_is_canonical(messages: list[Message], source: Source) -> None:
    memory: Memory = {}
    readings: list[Reading] = []
    for message in messages:
        kind = kind_of(message, source, memory)
        outcome = normalise(message, source, memory)
        memory = outcome.memory
        readings += outcome.readings
        assert kind != "nothing" or (outcome.readings, outcome.dead_letters) == ((), ())
        assert len(outcome.dead_letters) <= 1
    outcome = normalise_batch(messages, source, memory)
    assert json.loads(json.dumps(outcome.memory)) == outcome.memory
    for reading in (*readings, *outcome.readings):
        assert_canonical(reading, source)
        assert_canonical(merge(readings[0] if readings else reading, reading, source), source)


@STATEMENT
@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), SCALARS, min_size=1, max_size=12))
def test_what_was_not_reported_is_absent_and_never_0(sent: dict[str, Any]) -> None:
    outcome = normalise(Message("mqtt", "data", json.dumps(sent).encode(), NOON), Source("UTC", 8000.0), {})
    for reading in outcome.readings:
        derived = reading.metadata["derived"]
        for name in reading.fields:
            assert name in sent or name in derived or reading.fields[name] == []
            if FIELDS[name].kind == "number" and name not in derived:
                assert sent[name] is not None
                assert not isinstance(sent[name], bool)


@STATEMENT
@given(st.binary(max_size=400), TOPICS, st.sampled_from(["mqtt", "webhook"]))
def test_bytes_of_any_kind(body: bytes, topic: str, transport: Any) -> None:
    message = Message(transport, topic, body, NOON)
    kind_of(message, Source("UTC"), {})
    normalise(message, Source("UTC"), {})
    normalise_batch([message, message], Source("UTC"), {})


@STATEMENT
@given(st.lists(MESSAGES, min_size=2, max_size=3))
def test_the_same_message_twice_changes_nothing(messages: list[Message]) -> None:
    source = Source("Europe/Berlin", 8000.0)
    for message in messages:
        first = normalise(message, source, {})
        again = normalise(message, source, first.memory)
        for earlier, later in zip(first.readings, again.readings, strict=False):
            assert merge(earlier, later, source).fields == earlier.fields
