"""Finds what a path means when no profile knows it: names, unit suffixes, phases, strings, tariffs and numbered
devices.
"""

from typing import NamedTuple

from solar.normalise.keys import plain, segments_of, word_set, words_of
from solar.normalise.names import ALIASES, CANONICAL, SUMMABLE, Meaning, meaning_of
from solar.normalise.units import SUFFIXES, conversion
from solar.vocabulary import COUNTER_FIELDS, FIELDS, POWER_FIELDS


class Match(NamedTuple):
    """What a path means: field, channel, which part of a sum it is (empty: the whole), unit by suffix, canonical or
    alias.
    """

    field: str
    channel: str = ""
    part: tuple[str, ...] = ()
    unit: str | None = None
    canonical: bool = False


#: Known names never span more segments than this.
_LONGEST_TAIL = 8
#: Parents whose children measure something else than this installation, now.
_FOREIGN = word_set(
    "max min maximum minimum target vehicle vehicles car cars ev forecast prediction yesterday settings setting limits"
)
#: Parents whose state or mode is not that of the inverter.
_FOREIGN_TEXTS = word_set("wifi wlan mqtt network cloud ethernet update weather")
#: Parents that turn a bare `total_energy` or `energy_today` into somebody else's than the PV's.
_OTHER_SUBJECTS = word_set("battery bat batt bms storage grid meter mains load consumption consumer import export")
_BARE_ENERGIES = word_set("dailyenergy todayenergy energytoday etoday totalenergy lifetimeenergy etotal energytotal")
_PHASES = {
    **{name: f"L{number}" for number in (1, 2, 3) for name in (f"l{number}", f"phase{number}")},
    **{name: f"L{number}" for number, letter in enumerate("abc", 1) for name in (letter, f"phase{letter}")},
}
_STRINGS = word_set("pv string str mppt tracker")
_DEVICES = word_set(
    "inverter inv battery bat batt batterie akku pack module meter device unit wr wechselrichter speicher plant"
)
_PLURALS = {
    **{name: name[:-1] for name in ("inverters", "meters", "modules", "packs", "microinverters")},
    "batteries": "battery",
    "strings": "pv",
    "mppts": "pv",
    **dict.fromkeys(("devices", "units", "panels", "phases"), ""),
}
_TARIFFS = frozenset(("t1", "t2", "t3", "t4", "tariff1", "tariff2", "tariff3", "tariff4"))
_TOTALS = frozenset(("total", "sum"))


def match(path: str) -> Match | None:
    """What `path` means by itself; the longest known tail decides, the last segment alone comes last."""
    segments = segments_of(path)
    for start in range(max(0, len(segments) - _LONGEST_TAIL), len(segments)):
        found = _match_tail(segments[start:])
        if found is not None:
            return _below(segments[:start], segments[start:], found)
    return None


def _match_tail(tail: list[str]) -> Match | None:
    name = "".join(plain(segment) for segment in tail)
    if name in CANONICAL:
        return Match(CANONICAL[name].field, canonical=True)
    if name in ALIASES:
        return Match(*ALIASES[name])
    if len(tail) > 1 and tail[0].lower() in ("a", "b", "c"):
        return None  # a one-letter parent is a prefix; a phase letter stands in or behind the name it belongs to
    found = _by_suffix(name) or _by_words([word for segment in tail for word in words_of(segment)], name)
    return found or _in_container(tail)


def _in_container(tail: list[str]) -> Match | None:
    """`batteries/<serial>/voltage`: one of several, under its serial number or index."""
    single = _PLURALS.get(plain(tail[0])) if len(tail) > 2 else None
    found = _match_tail([single, *tail[2:]]) if single else None
    if found is None:
        return None
    part = (f"{plain(tail[0])}/{tail[1]}", *found.part)
    return _as_part(Meaning(found.field, found.channel), part, "", found.unit)


def _by_suffix(name: str) -> Match | None:
    """A name whose end is a unit that fits what the rest means."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            meaning = meaning_of(name[: -len(suffix)])
            if meaning is not None and _is_number(meaning.field) and conversion(suffix, meaning.field):
                return Match(meaning.field, meaning.channel, (), suffix)
    return None


def _by_words(words: list[str], name: str) -> Match | None:
    """A name that is known once the words for a phase, a number, a tariff or a total are taken out."""
    if len(words) < 2 and name.isalpha():
        return None
    whole = _reduced(words, ())
    if whole is not None:
        return whole
    if words and words[-1] in SUFFIXES:
        found = _reduced(words[:-1], ())
        if found is not None and conversion(words[-1], found.field):
            return found._replace(unit=words[-1])
    return None


def _reduced(words: list[str], part: tuple[str, ...]) -> Match | None:
    """Try the words without each one that can be a part's name; two such words at most."""
    for index, word in enumerate(words):
        for rest, name in _without(words, index, word):
            meaning = meaning_of("".join(rest))
            found = _as_part(meaning, (*part, name) if name else part, word)
            if found is None and len(part) < 1:
                found = _reduced(rest, (*part, name) if name else part) if name else None
            if found is not None:
                return found
    return None


def _without(words: list[str], index: int, word: str) -> list[tuple[list[str], str]]:
    """(the other words, name of the part) for each way in which `words[index]` can name a part."""
    before, after = words[:index], words[index + 1 :]
    if word in _PHASES:
        return [(before + after, _PHASES[word])]
    if word in _TARIFFS:
        return [(before + after, word[-2:].lstrip("f").replace("t", "") or word)]
    if word in _TOTALS:
        return [(before + after, "")]
    letters = word.rstrip("0123456789")
    digits = word[len(letters) :]
    if not digits or len(digits) > 2:
        return []
    if not letters:
        if not before:
            return []
        letters, before = before[-1], before[:-1]
        if letters not in _STRINGS | _DEVICES | {"phase", "phases", "tariff"}:
            return [([*before, letters, *after], digits)]
    if letters in ("phase", "phases"):
        number = int(digits) + (letters == "phases")
        return [(before + after, f"L{number}")]
    if letters in _STRINGS:
        return [([*before, "pv", *after], digits), (before + after, digits)]
    if letters in _DEVICES:
        return [([*before, letters, *after], digits), (before + after, letters + digits)]
    if letters == "tariff":
        return [(before + after, digits)]
    return [([*before, letters, *after], digits)] if meaning_of("".join([*before, letters, *after])) else []


def _as_part(meaning: Meaning | None, part: tuple[str, ...], word: str, unit: str | None = None) -> Match | None:
    """A part's match, where parts of that field say something: sums, the first phase's volts, one battery's charge."""
    if meaning is None or not _is_number(meaning.field):
        return None
    field = meaning.field
    if word in _TOTALS and field not in POWER_FIELDS:
        return None
    if field in SUMMABLE:
        is_tariff = word in _TARIFFS or word == "tariff"
        return None if is_tariff and field not in COUNTER_FIELDS else Match(field, meaning.channel, part, unit)
    if part and part[-1] == "L1" and FIELDS[field].unit in ("V", "Hz"):
        return Match(field, meaning.channel)
    if part and (FIELDS[field].group == "battery" or field == "inverterTemperature") and not part[-1].startswith("L"):
        return Match(field, meaning.channel, part, unit)
    return None


def _below(parents: list[str], tail: list[str], found: Match) -> Match | None:
    """The match under its parents: foreign ones take it away, numbered devices make it a part."""
    names = [plain(parent) for parent in parents]
    if any(name in _FOREIGN for name in names):
        return None
    if not _is_number(found.field) and any(name in _FOREIGN_TEXTS for name in names):
        return None
    if "".join(plain(segment) for segment in tail) in _BARE_ENERGIES and names and names[-1] in _OTHER_SUBJECTS:
        return None
    devices = _devices(parents)
    return found._replace(part=(*devices, *found.part)) if devices and _is_number(found.field) else found


def _devices(parents: list[str]) -> tuple[str, ...]:
    """The numbered devices among the parents: `inverter_1`, `inverter/1`, `inverters/<serial>`."""
    devices = []
    for index, parent in enumerate(parents):
        name = plain(parent)
        letters = name.rstrip("0123456789")
        before = plain(parents[index - 1]) if index else ""
        if name != letters and letters in _DEVICES | _STRINGS:
            devices.append(name)
        elif before in _PLURALS or (name.isdigit() and before in _DEVICES | _STRINGS):
            devices.append(f"{before}/{parent}")
    return tuple(devices)


def _is_number(field: str) -> bool:
    return FIELDS[field].kind == "number"
