"""Units of messages and how they become the canonical ones of the vocabulary: W, kWh, V, A, Hz, Ah, VA, % and °C."""

from functools import lru_cache

from solar.vocabulary import FIELDS

#: canonical unit -> {spelling in lower case: (factor, offset)}
_SPELLINGS: dict[str, dict[str, tuple[float, float]]] = {
    "W": {"w": (1, 0), "watt": (1, 0), "watts": (1, 0), "kw": (1e3, 0), "kilowatt": (1e3, 0)},
    "kWh": {"wh": (1e-3, 0), "kwh": (1, 0), "mwh": (1e3, 0), "gwh": (1e6, 0)},
    "V": {"v": (1, 0), "volt": (1, 0), "volts": (1, 0), "mv": (1e-3, 0), "kv": (1e3, 0)},
    "A": {"a": (1, 0), "amp": (1, 0), "amps": (1, 0), "ampere": (1, 0), "ma": (1e-3, 0)},
    "Hz": {"hz": (1, 0), "hertz": (1, 0), "mhz": (1e-3, 0)},
    "Ah": {"ah": (1, 0), "mah": (1e-3, 0)},
    "VA": {"va": (1, 0), "kva": (1e3, 0)},
    "%": {"%": (1, 0), "pct": (1, 0), "percent": (1, 0)},
    "°C": {
        **dict.fromkeys(("c", "°c", "℃", "degc", "celsius"), (1.0, 0.0)),
        **dict.fromkeys(("f", "°f", "℉", "degf", "fahrenheit"), (5 / 9, -160 / 9)),
        **dict.fromkeys(("k", "kelvin"), (1.0, -273.15)),
    },
}
#: Spellings whose case decides: mega and milli differ by nine orders of magnitude.
_CASED: dict[str, dict[str, tuple[float, float]]] = {"W": {"MW": (1e6, 0), "mW": (1e-3, 0)}}

_KNOWN = {spelling for table in _SPELLINGS.values() for spelling in table}
_KNOWN_CASED = {spelling for table in _CASED.values() for spelling in table}

#: Suffixes of keys that name a unit, longest first; `_c` and `_f` are temperatures.
SUFFIXES: tuple[str, ...] = (
    *("percent", "watts", "volts", "kwh", "mwh", "kva", "pct", "amps"),
    *("kw", "wh", "mv", "ma", "va", "hz", "ah"),
    *("w", "v", "a", "c", "f"),
)


def _clean(unit: str) -> str:
    """A unit without blanks and without the sum sign of OpenEMS (`Wh_Σ`)."""
    return unit.strip().removesuffix("_Σ").removesuffix("_Σ").strip()


@lru_cache(maxsize=512)
def known_unit(unit: str) -> bool:
    """Whether this is a unit of any quantity in the vocabulary."""
    cleaned = _clean(unit)
    return cleaned in _KNOWN_CASED or cleaned.lower() in _KNOWN


@lru_cache(maxsize=4096)
def conversion(unit: str, field: str) -> tuple[float, float] | None:
    """(factor, offset) that turn a value in `unit` into the canonical unit of `field`; None where the unit does not
    fit.
    """
    canonical = FIELDS[field].unit
    cleaned = _clean(unit)
    if not cleaned or not canonical:
        return 1.0, 0.0
    cased = _CASED.get(canonical, {}).get(cleaned)
    return cased or _SPELLINGS[canonical].get(cleaned.lower())


def suffix_of(key: str, field: str) -> str | None:
    """The unit a key names behind its last separator (`x_kw`), where it fits `field`."""
    for separator in "_-. ":
        suffix = key.rpartition(separator)[2].lower()
        if suffix != key.lower() and suffix in SUFFIXES and FIELDS[field].unit and conversion(suffix, field):
            return suffix
    return None
