"""The public holidays of countries and regions, from the library `holidays`, for tariffs that treat them apart.

The library is imported where it is asked: it takes 8 MB of each process, and most tariffs know no holidays.
"""

from datetime import date
from functools import lru_cache

FIRST_YEAR = 1990


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Return the names of all countries with a calendar by their code (ISO 3166-1, two letters), by name."""
    import holidays
    from holidays.registry import COUNTRIES

    known = holidays.list_supported_countries(include_aliases=False)
    named = {entry[1]: name.replace("_", " ").title() for name, entry in COUNTRIES.items() if entry[1] in known}
    return dict(sorted(named.items(), key=lambda each: each[1]))


@lru_cache(maxsize=1)
def _regions() -> dict[str, list[str]]:
    import holidays

    return dict(holidays.list_supported_countries(include_aliases=False))


def regions(country: str | None) -> tuple[str, ...]:
    """Return the codes of the regions of a country that have days of their own; none for a country not known."""
    return tuple(_regions().get(country or "", ()))


def check(country: str | None, region: str | None) -> dict[str, str]:
    """Return a sentence for each of the two that is not known."""
    if country and country not in countries():
        return {"holidayCountry": "must be a two-letter country code such as DE"}
    if region and region not in regions(country):
        some = ", ".join(regions(country)[:5]) or "none"
        return {"holidayRegion": f"must be a region of the country (such as {some}), or empty"}
    return {}


@lru_cache(maxsize=256)
def dates_of(country: str | None, region: str | None, last_year: int) -> frozenset[date]:
    """Return the local dates of all public holidays from 1990 to a year; none without a country."""
    if not country:
        return frozenset()
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=region, years=range(FIRST_YEAR, last_year + 1)))
