"""The weather client over real HTTP: answers of any place, every fault, the shared budget, and the circuit breaker."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from pvlib import solarposition

from data import mongo, settings, weather_budget
from data.settings import load
from data.weather_breaker import FAILURES_ALLOWED, FIRST_PAUSE_SECONDS, Breaker
from data.weather_client import (
    ATTEMPTS,
    Endpoints,
    SharedBudget,
    WeatherClient,
    WeatherRefused,
    WeatherUnavailable,
    call_weight,
    endpoints_of,
)
from deploy.local.ports import free_port
from deploy.local.weather import WeatherServer
from solar.days import end_of_day, start_of_day
from solar.simulation import hourly_weather
from solar.weather import Place, WeatherFormatError, parse, parse_leads

NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
HOME = Place(49.79, 9.95, "Europe/Berlin")
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "openmeteo"
COST = call_weight(16, 8)


class Running:
    """A server on a free port, a client of it, and the pauses that the client made."""

    def __init__(self, server: WeatherServer, daily: int = 9000) -> None:
        self.server, self.pauses, self.seconds = server, list[float](), 0.0
        endpoints = Endpoints(server.url, server.url, server.url, api_key="secret-key")
        self.client = WeatherClient(
            endpoints, SharedBudget(daily), httpx.Client(timeout=httpx.Timeout(10.0)), clock=lambda: NOW,
            sleep=self.pauses.append, breaker=Breaker(lambda: self.seconds),
        )

    def faults(self, *faults: dict[str, Any]) -> None:
        self.server.troubles.set(list(faults))

    @property
    def asked(self) -> int:
        return len(self.server.troubles.asked)


@pytest.fixture
def running(stores: dict[str, str]) -> Iterator[Running]:
    server = WeatherServer(recorded=RECORDED, clock=lambda: NOW, takes_faults=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    made = Running(server)
    yield made
    made.client.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_forecast_has_eight_days_and_their_hours(running: Running) -> None:
    answer = parse(running.client.forecast(HOME), HOME.time_zone)
    assert list(answer.daily.index) == [date(2026, 6, 10) + timedelta(days=each) for each in range(8)]
    assert answer.daily.notna().all().all() and answer.hourly.notna().all().all()
    assert answer.hourly.index[0] == start_of_day(date(2026, 6, 10), HOME.time_zone)
    assert len(answer.hourly) == 192 and running.asked == 1


def test_forecast_is_the_weather_of_the_simulated_installation(running: Running) -> None:
    answer = parse(running.client.forecast(HOME, past_days=2), HOME.time_zone)
    truth = hourly_weather(HOME.latitude, HOME.longitude, NOW - timedelta(days=2), NOW - timedelta(hours=1))
    told = answer.hourly.reindex(truth.index)
    assert len(truth) > 40 and (told["shortwave_radiation"] - truth["shortwave_radiation"]).abs().max() < 1e-6


def test_archive_tells_past_days_and_null_where_it_is_not_yet_filled(running: Running) -> None:
    answer = parse(running.client.archive(HOME, date(2025, 6, 1), date(2025, 6, 30)), HOME.time_zone)
    assert len(answer.daily) == 30 and answer.daily["shortwave_radiation_sum"].notna().all()
    assert answer.daily["uv_index_max"].isna().all()
    newest = parse(running.client.archive(HOME, date(2026, 6, 1), date(2026, 6, 10)), HOME.time_zone)
    assert newest.daily["shortwave_radiation_sum"].iloc[-1:].isna().all() and newest.daily["sunrise"].notna().all()
    assert newest.daily["shortwave_radiation_sum"].iloc[:6].notna().all()


def test_previous_runs_tell_what_was_forecast(running: Running) -> None:
    first, last = date(2026, 5, 1), date(2026, 5, 10)
    leads = parse_leads(running.client.previous_runs(HOME, first, last), HOME.time_zone)
    truth = parse(running.client.archive(HOME, first, last), HOME.time_zone).hourly["shortwave_radiation"]
    assert sorted(leads) == list(range(1, 8))
    errors = {lead: (frame["shortwave_radiation"] - truth).abs().mean() for lead, frame in leads.items()}
    assert 0 < errors[1] < errors[7]


def test_requests_name_the_place_its_zone_and_metric_units(running: Running) -> None:
    running.client.forecast(Place(-36.85, 174.76, "Pacific/Auckland"))
    query = httpx.URL(running.server.troubles.asked[0]).params
    assert (query["latitude"], query["longitude"], query["timezone"]) == ("-36.8500", "174.7600", "Pacific/Auckland")
    assert (query["temperature_unit"], query["wind_speed_unit"], query["precipitation_unit"]) == ("celsius", "ms", "mm")
    assert query["timeformat"] == "unixtime" and query["forecast_days"] == "8" and query["apikey"] == "secret-key"


@pytest.mark.parametrize(
    ("place", "first"),
    [
        (Place(34.05, -118.24, "America/Los_Angeles"), date(2026, 6, 10)),
        (Place(27.72, 85.32, "Asia/Kathmandu"), date(2026, 6, 10)),
        (Place(-36.85, 174.76, "Pacific/Auckland"), date(2026, 6, 10)),
    ],
)
def test_days_are_the_places_own_and_hold_their_sunrise_and_sunset(running: Running, place: Place, first: date) -> None:
    answer = parse(running.client.forecast(place), place.time_zone)
    assert answer.daily.index[0] == first
    assert answer.hourly.index[0] >= start_of_day(first, place.time_zone)
    dates = pd.date_range(NOW.date() - timedelta(days=2), periods=14, freq="D", tz="UTC")
    found = solarposition.sun_rise_set_transit_spa(dates, place.latitude, place.longitude)
    for day, row in answer.daily.iterrows():
        start, end = start_of_day(day, place.time_zone), end_of_day(day, place.time_zone)
        assert start < row["sunrise"] < row["sunset"] < end
        for name in ("sunrise", "sunset"):
            assert (found[name] - row[name]).abs().min() <= pd.Timedelta(minutes=3)


def test_archive_over_a_change_of_clocks_keeps_every_hour_once(running: Running) -> None:
    answer = parse(running.client.archive(HOME, date(2025, 10, 25), date(2025, 10, 27)), HOME.time_zone)
    assert len(answer.hourly) == 72 and answer.hourly.index.is_monotonic_increasing
    assert (answer.hourly.index[1:] - answer.hourly.index[:-1] == pd.Timedelta(hours=1)).all()
    assert list(answer.daily.index) == [date(2025, 10, 25), date(2025, 10, 26), date(2025, 10, 27)]


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 500}, {"kind": "status", "status": 503}, {"kind": "status", "status": 429},
     {"kind": "truncated"}, {"kind": "page"}, {"kind": "slow", "seconds": 6}],
)
def test_a_passing_fault_is_asked_again(running: Running, fault: dict[str, Any]) -> None:
    running.faults(fault)
    if fault["kind"] == "slow":
        running.client.http.timeout = httpx.Timeout(fault["seconds"] / 2)
    assert len(parse(running.client.forecast(HOME), HOME.time_zone).daily) == 8
    assert running.asked == 2 and len(running.pauses) == 1 and 0 <= running.pauses[0] <= 0.5
    assert weather_budget.used_on(mongo.database(), NOW) == 2 * COST


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "truncated"}])
def test_a_lasting_fault_ends_after_some_attempts(running: Running, fault: dict[str, Any]) -> None:
    running.faults(*[fault] * 10)
    with pytest.raises(WeatherUnavailable) as raised:
        running.client.forecast(HOME)
    assert running.asked == ATTEMPTS and raised.value.retry_after > 0
    bounds = [0.5 * 2**attempt for attempt in range(ATTEMPTS - 1)]
    assert all(0 <= pause <= bound for pause, bound in zip(running.pauses, bounds, strict=True))


def test_retry_after_is_kept_to(running: Running) -> None:
    running.faults({"kind": "status", "status": 429, "retry_after": 7})
    running.client.forecast(HOME)
    assert running.pauses == [7]
    running.faults({"kind": "status", "status": 503, "retry_after": "Wed, 10 Jun 2026 09:30:12 GMT"})
    running.client.forecast(HOME)
    assert running.pauses == [7, 12]


def test_a_long_retry_after_is_left_to_the_caller(running: Running) -> None:
    running.faults({"kind": "status", "status": 503, "retry_after": 600})
    with pytest.raises(WeatherUnavailable, match="503") as raised:
        running.client.forecast(HOME)
    assert raised.value.retry_after == 600 and running.asked == 1 and running.pauses == []


@pytest.mark.parametrize(
    ("reason", "seconds"),
    [("Minutely API request limit exceeded. Please try again in one minute.", 60),
     ("Hourly API request limit exceeded. Please try again in the next hour.", 1800),
     ("Daily API request limit exceeded. Please try again tomorrow.", 14.5 * 3600 + 60)],
)
def test_the_services_own_limits_are_waited_for(running: Running, reason: str, seconds: float) -> None:
    running.faults({"kind": "status", "status": 429, "reason": reason})
    with pytest.raises(WeatherUnavailable, match="429") as raised:
        running.client.forecast(HOME)
    assert raised.value.retry_after == seconds and running.asked == 1


def test_a_spent_day_is_spent_for_everybody(running: Running) -> None:
    running.faults({"kind": "status", "status": 429, "reason": "Daily API request limit exceeded."})
    other = Running(running.server)
    for client in (running.client, other.client):
        with pytest.raises(WeatherUnavailable):
            client.forecast(HOME)
    assert running.asked == 1
    other.client.close()


def test_a_refusal_is_not_asked_again(running: Running) -> None:
    with pytest.raises(WeatherRefused, match="Invalid timezone"):
        running.client.forecast(Place(49.79, 9.95, "Middle/Earth"))
    with pytest.raises(WeatherRefused, match="latitude"):
        running.client.forecast(Place(95.0, 9.95, "Europe/Berlin"))
    assert running.asked == 2 and running.pauses == []


@pytest.mark.parametrize(
    ("fault", "field"), [({"kind": "units"}, "units"), ({"kind": "ragged"}, "values for")]
)
def test_wrong_content_is_refused_by_name(running: Running, fault: dict[str, Any], field: str) -> None:
    running.faults(fault)
    with pytest.raises(WeatherFormatError, match=field if field != "units" else "only °C"):
        parse(running.client.forecast(HOME), HOME.time_zone)


def test_nulls_are_absent_values(running: Running) -> None:
    running.faults({"kind": "nulls"})
    answer = parse(running.client.forecast(HOME), HOME.time_zone)
    assert answer.hourly.isna().all().all() and answer.daily.drop(columns=["sunrise", "sunset"]).isna().all().all()
    assert answer.daily["sunrise"].notna().all()


def test_recorded_answers_come_through_the_client(running: Running) -> None:
    if not RECORDED.is_dir():
        pytest.skip("../shared/data/openmeteo is not here")
    names = sorted(each.name for each in RECORDED.glob("*.json"))
    running.faults(*({"kind": "replay", "file": name} for name in names))
    read = {}
    for name in names:
        try:
            answer = parse(running.client.forecast(HOME))
            read[name] = f"{len(answer.daily)} days, {len(answer.hourly)} hours"
        except WeatherFormatError as error:
            read[name] = error.field
    assert read == {
        "archive_daily_nyc_2016-2026.json": "daily_units.temperature_2m_max",
        "forecast_daily_idaho_2025-07_subset.json": "daily_units.temperature_2m_max",
        "forecast_hourly_de_2026-03.json": "0 days, 72 hours",
        "forecast_minutely15_alps_2025-02.json": "0 days, 0 hours",
        "forecast_toronto_2026-03.json": "daily_units.temperature_2m_max",
    }


def test_budget_is_shared_and_new_every_utc_day(running: Running) -> None:
    one, other = Running(running.server, daily=3 * COST), Running(running.server, daily=3 * COST)
    for client in (one.client, other.client, one.client):
        client.forecast(HOME)
    for client in (one.client, other.client):
        with pytest.raises(WeatherUnavailable, match="budget") as raised:
            client.forecast(HOME)
        assert raised.value.retry_after == 14.5 * 3600 + 60
    assert running.asked == 3
    one.client.clock = lambda: NOW + timedelta(days=1)
    assert one.client.forecast(HOME)["latitude"]
    assert weather_budget.used_on(mongo.database(), NOW + timedelta(days=1)) == COST
    one.client.close()
    other.client.close()


def test_budget_is_never_overspent_by_many_at_once(stores: dict[str, str]) -> None:
    database, granted = mongo.database(), list[bool]()
    def spend() -> None:
        granted.extend(weather_budget.spend(database, 3, 40, NOW) for _ in range(5))

    threads = [threading.Thread(target=spend) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(granted) == 30 and granted.count(True) == 13
    assert weather_budget.used_on(database, NOW) == 39


def test_breaker_leaves_a_broken_service_alone_and_tries_again(running: Running) -> None:
    running.faults(*[{"kind": "status", "status": 500}] * 50)
    for _ in range(3):
        with pytest.raises(WeatherUnavailable):
            running.client.forecast(HOME)
    assert running.asked == FAILURES_ALLOWED
    running.seconds = FIRST_PAUSE_SECONDS + 1
    with pytest.raises(WeatherUnavailable):
        running.client.forecast(HOME)
    assert running.asked == FAILURES_ALLOWED + 1
    running.seconds = 3 * FIRST_PAUSE_SECONDS
    with pytest.raises(WeatherUnavailable, match="left alone") as raised:
        running.client.forecast(HOME)
    assert raised.value.retry_after == pytest.approx(1 + FIRST_PAUSE_SECONDS * 0, abs=2)
    running.faults()
    running.seconds = 4 * FIRST_PAUSE_SECONDS
    for _ in range(2):
        running.client.forecast(HOME)
    assert running.asked == FAILURES_ALLOWED + 3


def test_a_service_that_is_away_is_told_without_the_key(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    nowhere = f"http://127.0.0.1:{free_port()}"
    running.client.endpoints = Endpoints(nowhere, nowhere, nowhere, api_key="secret-key")
    with pytest.raises(WeatherUnavailable, match="cannot be reached") as raised:
        running.client.forecast(HOME)
    assert "secret-key" not in str(raised.value) and "secret-key" not in repr(running.client)
    assert "secret-key" not in caplog.text


def test_endpoints_follow_the_settings(stores: dict[str, str]) -> None:
    official = endpoints_of(load(stores))
    assert official.forecast == "https://api.open-meteo.com"
    assert official.archive == "https://archive-api.open-meteo.com"
    assert official.previous_runs == "https://previous-runs-api.open-meteo.com"
    local = endpoints_of(load({**stores, "AMPRA_WEATHER_URL": "http://127.0.0.1:8052/"}))
    assert {local.forecast, local.archive, local.previous_runs} == {"http://127.0.0.1:8052"}
    apart = endpoints_of(load({**stores, "AMPRA_WEATHER_ARCHIVE_URL": "https://a.example"}))
    assert apart.archive == "https://a.example"
    assert settings.get().weather_daily_budget == 9000


@pytest.mark.parametrize(
    ("variables", "days", "calls"), [(8, 8, 1), (16, 8, 2), (15, 730, 79), (28, 14, 3), (1, 1, 1)]
)
def test_calls_are_weighed_as_the_service_weighs_them(variables: int, days: int, calls: int) -> None:
    assert call_weight(variables, days) == calls
