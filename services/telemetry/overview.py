"""The sources of a person as Overview shows them: newest state, today's energy, last hours, alarms and ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from data import mongo, rollup_reads
from services.people.viewer import Viewer
from services.sources import cards as source_cards
from services.sources.cards import SourceCard
from solar import days
from solar.fault_words import words_of
from solar.kpis import Installation, key_figures
from solar.vocabulary import POWER_FIELDS

_FIELDS = (*POWER_FIELDS, "stateOfCharge", "faultCodes", "warningCodes")


@dataclass(frozen=True, slots=True)
class FleetSource:
    """One source: newest values by field, today's kWh by channel, how much of today is measured so far, and alarms.

    `newest` is when the newest reading was measured (aware UTC), None before the first. `curve` are (hours since local
    midnight, mean solar power in W) of today. `specific_yield` is in kWh/kWp, `rank` its place among all, from 1.
    """

    id: str
    name: str
    group: str | None
    time_zone: str
    capacity_watts: float | None
    newest: datetime | None
    received_at: datetime | None
    values: Mapping[str, Any]
    kwh: Mapping[str, float]
    covered_so_far: float | None
    faults: Sequence[str]
    warnings: Sequence[str]
    curve: Sequence[tuple[float, float]] = ()
    specific_yield: float | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """All sources a person may see, by name, and when they were read (aware UTC)."""

    sources: Sequence[FleetSource]
    read_at: datetime
    groups: Sequence[str] = field(default_factory=list)


def fleet_of(viewer: Viewer, now: datetime) -> Fleet:
    """Return the fleet of a viewer in two reads of each store, however many sources there are."""
    cards = source_cards.visible_sources(viewer)
    found = rollup_reads.fleet(mongo.database(), [str(card.id) for card in cards], _FIELDS)
    sources = [_source(card, found.get(str(card.id), {}), now) for card in cards]
    return Fleet(_ranked(sources), now, sorted({each.group for each in sources if each.group}))


def _source(card: SourceCard, found: Mapping[str, Any], now: datetime) -> FleetSource:
    today = days.local_date(now, card.time_zone)
    channels = (found.get("today") or {}).get("channels", {})
    if (found.get("today") or {}).get("date") != today.isoformat():
        channels = {}
    values = found.get("values", {})
    kwh = {name: float(row["kwh"]) for name, row in channels.items()}
    return FleetSource(
        str(card.id), card.name, card.group, card.time_zone, card.installed_capacity_watts, found.get("timestamp"),
        found.get("receivedAt"), values, kwh,
        _covered(channels.get("produced"), today, card.time_zone, now),
        [_alarm(code) for code in values.get("faultCodes", ())],
        [_alarm(code, warning=True) for code in values.get("warningCodes", ())],
        _curve(found.get("hours") or {}, days.start_of_day(today, card.time_zone)),
        _specific_yield(kwh, card),
    )


def _covered(row: Mapping[str, Any] | None, today: date, time_zone: str, now: datetime) -> float | None:
    """The covered share of that part of today which has passed, from the share of the whole day."""
    if row is None:
        return None
    passed = (now - days.start_of_day(today, time_zone)) / days.length_of_day(today, time_zone)
    return min(float(row.get("coverage", 0.0)) / passed, 1.0) if passed > 0 else None


def _alarm(code: str, *, warning: bool = False) -> str:
    words = words_of(code, warning=warning)
    return f"{words.title} · {code}" if words else f"Code {code}"


def _curve(hours: Mapping[str, Any], midnight: datetime) -> list[tuple[float, float]]:
    """The middle of each hour of today and its mean power."""
    if not hours:
        return []
    first = (hours["from"] - midnight).total_seconds() / 3600
    return [
        (round(first + number + 0.5, 2), float(watts))
        for number, watts in enumerate(hours["solarPower"])
        if first + number >= 0 and watts is not None
    ]


def _specific_yield(kwh: Mapping[str, float], card: SourceCard) -> float | None:
    if "produced" not in kwh or not card.installed_capacity_watts:
        return None
    return kwh["produced"] * 1000 / card.installed_capacity_watts


def _ranked(sources: Sequence[FleetSource]) -> list[FleetSource]:
    """The sources with their rank by yield; equal yields share a rank."""
    yields = sorted((each.specific_yield for each in sources if each.specific_yield is not None), reverse=True)
    places = {value: yields.index(value) + 1 for value in set(yields)}
    return [
        each if each.specific_yield is None else replace(each, rank=places[each.specific_yield]) for each in sources
    ]


def self_sufficiency(sources: Sequence[FleetSource], now: datetime) -> float | None:
    """Return the self-sufficiency of today of those sources together that know what they used and imported."""
    both = [each for each in sources if {"consumed", "imported"} <= each.kwh.keys()]
    sums: dict[str, float | None] = {
        name: sum(each.kwh[name] for each in both) for name in ("consumed", "imported")
    }
    day = now.date()
    found = key_figures({day: sums} if both else {}, Installation("UTC"), first=day, last=day)
    return found.values["selfSufficiency"]
