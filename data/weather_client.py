"""The client of the weather service (Open-Meteo's interface): what is asked, how often, and how failures are met."""

import json
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol

from data import mongo, settings, weather_budget
from data.settings import Settings
from data.weather_breaker import Breaker

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

DAILY = (
    "weather_code", "temperature_2m_max", "temperature_2m_min", "sunrise", "sunset", "uv_index_max",
    "precipitation_sum", "shortwave_radiation_sum",
)
HOURLY = (
    "shortwave_radiation", "direct_normal_irradiance", "diffuse_radiation", "temperature_2m", "cloud_cover",
    "wind_speed_10m", "precipitation", "weather_code",
)
# The archive knows no UV index.
ARCHIVE_DAILY = tuple(name for name in DAILY if name != "uv_index_max")
LEAD_VARIABLES = ("shortwave_radiation", "direct_normal_irradiance", "diffuse_radiation", "temperature_2m")
LEADS = (1, 2, 3, 4, 5, 6, 7)
FORECAST_DAYS = 8

ATTEMPTS = 4
LONGEST_WAIT_SECONDS = 30.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 8.0
_TIMEOUT_SECONDS, _CONNECT_SECONDS = 20.0, 5.0
_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_OFFICIAL = "https://api.open-meteo.com"
_OFFICIAL_ARCHIVE = "https://archive-api.open-meteo.com"
_OFFICIAL_PREVIOUS_RUNS = "https://previous-runs-api.open-meteo.com"


class WeatherUnavailable(Exception):
    """No answer that can be used just now; `retry_after` is the number of seconds after which asking makes sense."""

    def __init__(self, sentence: str, retry_after: float = 60.0) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class WeatherRefused(Exception):
    """The service refuses this request for good; the message is its reason."""


class Located(Protocol):
    """A place to ask for: degrees and an IANA zone."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...
    @property
    def time_zone(self) -> str: ...


class Budget(Protocol):
    """What may be asked in a day."""

    def spend(self, cost: int, now: datetime) -> bool:
        """Count calls; False where they are too many."""

    def exhaust(self, now: datetime) -> None:
        """Leave nothing of the day."""


@dataclass(frozen=True, slots=True)
class SharedBudget:
    """The daily budget of all processes together, in MongoDB; of it no more than a `share` is spent here."""

    daily: int
    share: float = 1.0

    def spend(self, cost: int, now: datetime) -> bool:
        """Count calls; False where they are too many. Raises StorageUnavailable."""
        return weather_budget.spend(mongo.database(), cost, int(self.daily * self.share), now)

    def exhaust(self, now: datetime) -> None:
        """Leave nothing of the day. Raises StorageUnavailable."""
        weather_budget.exhaust(mongo.database(), self.daily, now)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The base URLs of the three services and the key of a paid account."""

    forecast: str
    archive: str
    previous_runs: str
    api_key: str = field(default="", repr=False)


def endpoints_of(given: Settings) -> Endpoints:
    """Return the endpoints that the settings name: another server than Open-Meteo's own answers everything itself."""
    base = given.weather_url
    is_official = base == _OFFICIAL
    return Endpoints(
        forecast=base,
        archive=given.weather_archive_url or (_OFFICIAL_ARCHIVE if is_official else base),
        previous_runs=given.weather_previous_runs_url or (_OFFICIAL_PREVIOUS_RUNS if is_official else base),
        api_key=given.weather_api_key,
    )


def utc_now() -> datetime:
    """Return the time of the system."""
    return datetime.now(UTC)


@dataclass(slots=True)
class WeatherClient:
    """Asks the service one place at a time and gives its answers as they are: `solar.weather` reads them.

    Every method raises WeatherUnavailable where there is no usable answer now (no connection, overload, budget spent,
    circuit open), WeatherRefused where there will be none for this question, and StorageUnavailable.
    """

    endpoints: Endpoints
    budget: Budget
    http: "httpx.Client" = field(default_factory=lambda: _connections())
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    breaker: Breaker = field(default_factory=lambda: Breaker(time.monotonic))

    def __post_init__(self) -> None:
        # It writes whole addresses, and with them the key, into the log.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    def forecast(self, place: Located, days: int = FORECAST_DAYS, past_days: int = 0) -> Mapping[str, Any]:
        """Return the forecast of `days` from today on, daily and hourly, and `past_days` before today."""
        asked = {"daily": DAILY, "hourly": HOURLY, "forecast_days": days, "past_days": past_days}
        return self._ask(f"{self.endpoints.forecast}/v1/forecast", place, asked, days + past_days)

    def archive(self, place: Located, first: date, last: date) -> Mapping[str, Any]:
        """Return the weather of past local days, both included, daily and hourly."""
        asked = {"daily": ARCHIVE_DAILY, "hourly": HOURLY, "start_date": first, "end_date": last}
        return self._ask(f"{self.endpoints.archive}/v1/archive", place, asked, _days(first, last))

    def previous_runs(
        self, place: Located, first: date, last: date, leads: Sequence[int] = LEADS
    ) -> Mapping[str, Any]:
        """Return what was forecast for past hours one to seven days before, as `<variable>_previous_day<lead>`."""
        names = tuple(f"{name}_previous_day{lead}" for lead in leads for name in LEAD_VARIABLES)
        asked = {"hourly": names, "start_date": first, "end_date": last}
        return self._ask(f"{self.endpoints.previous_runs}/v1/forecast", place, asked, _days(first, last))

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _ask(self, url: str, place: Located, asked: Mapping[str, Any], days: int) -> Mapping[str, Any]:
        variables = sum(len(value) for value in asked.values() if isinstance(value, tuple))
        parameters = _parameters(place, asked, self.endpoints.api_key)
        failure = WeatherUnavailable("the weather service was not asked")
        for attempt in range(ATTEMPTS):
            self._require_permission(call_weight(variables, days))
            try:
                answer = self._attempt(url, parameters)
            except WeatherUnavailable as error:
                self.breaker.note(is_well=False)
                failure = error
                if error.retry_after > LONGEST_WAIT_SECONDS or attempt == ATTEMPTS - 1:
                    break
                self.sleep(max(error.retry_after, _pause(attempt)))
            else:
                self.breaker.note(is_well=True)
                return answer
        raise WeatherUnavailable(str(failure), failure.retry_after or LONGEST_WAIT_SECONDS)

    def _require_permission(self, cost: int) -> None:
        wait = self.breaker.seconds_to_wait()
        if wait:
            raise WeatherUnavailable("the weather service failed several times in a row and is left alone", wait)
        now = self.clock()
        if not self.budget.spend(cost, now):
            raise WeatherUnavailable("today's budget of calls to the weather service is spent", _until_midnight(now))

    def _attempt(self, url: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        import httpx

        try:
            answer = self.http.get(url, params=parameters)
        except httpx.HTTPError as error:
            # Its text may hold the address, and with it the key.
            raise WeatherUnavailable(f"the weather service cannot be reached ({type(error).__name__})", 0) from None
        if answer.status_code == 200:
            return _decoded(answer)
        reason = _reason(answer)
        if answer.status_code in _PASSING_STATUSES:
            raise WeatherUnavailable(
                f"the weather service answered {answer.status_code} ({reason})", self._wait_of(answer, reason)
            )
        # An answer in good order: the service is well, the question is not.
        self.breaker.note(is_well=True)
        raise WeatherRefused(f"the weather service answered {answer.status_code} ({reason})")

    def _wait_of(self, answer: "httpx.Response", reason: str) -> float:
        """Return the seconds to wait: as `Retry-After` says, or until the limit that the service names is renewed."""
        now = self.clock()
        told = _retry_after(answer.headers.get("retry-after", ""), now)
        if answer.status_code == 429 and reason.startswith("Daily"):
            self.budget.exhaust(now)
            return told or _until_midnight(now)
        if answer.status_code == 429 and reason.startswith("Hourly"):
            return told or 3600.0 - now.minute * 60 - now.second
        if answer.status_code == 429 and reason.startswith("Minutely"):
            return told or 60.0
        return told


def _connections() -> "httpx.Client":
    # Only where the service is asked, which is the worker's task: the web shows weather without it, and saves 16 MB.
    import httpx

    return httpx.Client(timeout=httpx.Timeout(_TIMEOUT_SECONDS, connect=_CONNECT_SECONDS), follow_redirects=True)


@lru_cache(maxsize=2)
def from_settings(share: float = 1.0) -> WeatherClient:
    """Return this process's client as the settings say, which spends no more than a share of the common budget."""
    given = settings.get()
    return WeatherClient(endpoints_of(given), SharedBudget(given.weather_daily_budget, share))


def call_weight(variables: int, days: int) -> int:
    """Return how many calls a request counts for: the service weighs more than 10 variables and more than 14 days."""
    return ceil(max(1.0, variables / 10) * max(1.0, days / 14))


def _parameters(place: Located, asked: Mapping[str, Any], api_key: str) -> dict[str, Any]:
    texts = {name: ",".join(value) if isinstance(value, tuple) else str(value) for name, value in asked.items()}
    return {
        # Epoch times: local ones have one offset for a whole answer and are an hour off beyond a change of clocks.
        "latitude": f"{place.latitude:.4f}", "longitude": f"{place.longitude:.4f}", "timezone": place.time_zone,
        "timeformat": "unixtime", "temperature_unit": "celsius", "wind_speed_unit": "ms", "precipitation_unit": "mm",
        **texts, **({"apikey": api_key} if api_key else {}),
    }


def _decoded(answer: "httpx.Response") -> Mapping[str, Any]:
    try:
        found = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise WeatherUnavailable("the weather service sent an answer that is not whole", 0) from None
    if not isinstance(found, dict):
        raise WeatherUnavailable("the weather service sent something else than one answer", 0)
    return found


def _reason(answer: "httpx.Response") -> str:
    try:
        found = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return "no reason given"
    reason = found.get("reason") if isinstance(found, dict) else None
    return str(reason)[:200] if reason else "no reason given"


def _retry_after(text: str, now: datetime) -> float:
    """Return the seconds that a Retry-After header asks for, 0 where there is none (RFC 9110, 10.2.3)."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def _pause(attempt: int) -> float:
    """Return a random pause up to a bound that doubles with each attempt, so that many clients do not come at once."""
    return random.uniform(0, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0**attempt))


def _until_midnight(now: datetime) -> float:
    """Return the seconds until the next UTC day, when the service renews its daily limit."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=1, minutes=1) - now).total_seconds()


def _days(first: date, last: date) -> int:
    if last < first:
        raise ValueError("last must not be before first")
    return (last - first).days + 1
