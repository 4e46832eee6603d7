"""Turns what was read off a message into readings: the time, what follows from the values, the notes beside them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from solar.normalise.bindings import Rules, rules_for
from solar.normalise.checks import limits_for
from solar.normalise.derive import derive
from solar.normalise.items import Part, parts_of
from solar.normalise.memory import Notebook
from solar.normalise.merging import GENERIC, merge
from solar.normalise.model import DeadLetter, Memory, Message, Outcome, Reading, Source
from solar.normalise.plans import Sheet, read
from solar.normalise.profiles import is_marked
from solar.normalise.profiles.base import Profile
from solar.normalise.redaction import kept, without_secrets
from solar.normalise.renaming import below, rename_discovered
from solar.normalise.sorting import remembered, tree_of
from solar.normalise.times import fault_of, says_nothing, to_instant, whole_milliseconds

NO_KNOWN_FIELD = "no known field"
_LONGEST_REASON = 500


class Moment(NamedTuple):
    """The time of a reading; `derived` when it is that of receipt, `fault` when the one sent cannot be right."""

    timestamp: datetime
    derived: bool
    fault: str | None = None


class Lost(NamedTuple):
    """Why a part became no reading; `reason` None where it merely says nothing, `timed` when it had a time of its
    own.
    """

    reason: str | None
    timed: bool = False


def normalise_single(message: Message, source: Source, memory: Memory) -> Outcome:
    """The outcome of a message that is a reading, or several, by itself."""
    problem = _problem(message)
    if problem is not None:
        return Outcome((), (dead(problem, message),), memory)
    notebook = Notebook(memory)
    parts = parts_of(message, source, remembered(message, memory))
    results = [_from_part(part, message, source, notebook) for part in parts]
    readings = one_an_instant([result for result in results if isinstance(result, Reading)], source)
    lost = [result for result in results if isinstance(result, Lost) and result.reason]
    reason = next((loss.reason for loss in lost if loss.timed or not readings), None if parts else NO_KNOWN_FIELD)
    return Outcome(readings, (dead(reason, message),) if reason else (), notebook.result())


def _problem(message: Message) -> str | None:
    """Why a message cannot be read at all."""
    kind, value = message.parsed
    if kind == "large":
        return "larger than 1 MiB"
    if kind == "empty":
        return "empty body"
    if kind == "text":
        return "not JSON"
    return None if type(value) in (dict, list) else "a bare value without a name"


def dead(reason: str, message: Message) -> DeadLetter:
    """A dead letter without secrets."""
    return DeadLetter(reason[:_LONGEST_REASON], without_secrets(message))


def _from_part(part: Part, message: Message, source: Source, notebook: Notebook) -> Reading | Lost:
    leaves, item, profile = part
    rules = rules_of(profile, leaves.paths, leaves.values, source, notebook)
    prefix = message.path
    known = notebook.section("discovery")
    if prefix and prefix in known:
        leaves, prefix = below(prefix, leaves), ""
        rename_discovered([message.path], leaves, rules, known)
    sheet = read(leaves, prefix, rules, limits_for(source.installed_capacity_watts), notebook.shown)
    times = [item.time] if item.has_time else sheet.times
    if profile is not None and message.is_tree:
        note_profile(profile, message, part.leaves.paths, notebook)
    if not sheet.fields:
        return lost(sheet, timed=any(not says_nothing(time) for time in times))
    return finished(sheet, moment(times, message.received_at, source), profile, message, item.raw, source)


def note_profile(profile: Profile, message: Message, paths: Sequence[str], notebook: Notebook) -> None:
    """Remember which family speaks in the message's topic tree."""
    tree = tree_of(message)
    if notebook.section("profiles").get(tree) != profile.name and is_marked(profile, message.path, paths):
        notebook.note("profiles", tree, profile.name)


def rules_of(
    profile: Profile | None, paths: Sequence[str], values: Sequence[Any], source: Source, notebook: Notebook
) -> Rules:
    """The rules for these leaves, under the profile's conditions now and, where they last, ever seen."""
    flags = frozenset(profile.flags(paths, values)) if profile else frozenset()
    if profile is not None and profile.keeps_flags:
        known = notebook.section("flags").get(profile.name, ())
        if not flags.issubset(known):
            notebook.note("flags", profile.name, sorted(flags.union(known))[:50])
        flags = flags.union(known)
    return rules_for(source, profile, flags)


def moment(times: Sequence[Any], received_at: datetime, source: Source) -> Moment:
    """The time of a reading out of what was sent for it, most likely first; the time of receipt where none is right."""
    fault = None
    for value in times:
        if says_nothing(value):
            continue
        given = whole_milliseconds(value) if isinstance(value, datetime) else None
        instant = given or to_instant(value, source.time_zone, received_at)
        if instant is None:
            fault = fault or f"{str(value)[:60]!r} is no time"
            continue
        wrong = fault_of(instant, received_at)
        if wrong is None:
            return Moment(instant, False)
        return Moment(whole_milliseconds(received_at), True, f"{str(value)[:60]} {wrong}")
    return Moment(whole_milliseconds(received_at), True, fault)


def finished(
    sheet: Sheet, when: Moment, profile: Profile | None, message: Message, raw: Any, source: Source
) -> Reading:
    """The reading of a sheet that has fields: derived values added, code lists always there, notes beside."""
    fields, rejected = sheet.fields, sheet.rejected
    derived = derive(
        fields,
        rejected,
        limits_for(source.installed_capacity_watts),
        has_battery=source.has_battery,
        feeds_in=profile is None or profile.feeds_in,
    )
    if when.derived:
        derived.insert(0, "timestamp")
        if when.fault is not None:
            rejected["timestamp"] = when.fault
    fields.setdefault("faultCodes", [])
    fields.setdefault("warningCodes", [])
    metadata = {
        "transport": message.transport,
        "receivedAt": message.received_at,
        "topic": message.topic if message.transport == "mqtt" else message.topic.partition("?")[0],
        "profile": profile.name if profile else GENERIC,
        "derived": derived,
        "rejected": rejected,
        "unmapped": list(sheet.unmapped),
    }
    return Reading(when.timestamp, fields, metadata, kept(raw))


def lost(sheet: Sheet, *, timed: bool) -> Lost:
    """Why a sheet without fields is no reading."""
    if sheet.rejected:
        named = "; ".join(f"{field}: {reason}" for field, reason in sheet.rejected.items())
        return Lost(f"every known value rejected: {named}", timed)
    return Lost(None if sheet.known else NO_KNOWN_FIELD, timed)


def one_an_instant(readings: Sequence[Reading], source: Source) -> tuple[Reading, ...]:
    """Readings in time order, those of one instant joined in the order sent."""
    found: dict[datetime, Reading] = {}
    for reading in readings:
        earlier = found.get(reading.timestamp)
        found[reading.timestamp] = merge(earlier, reading, source) if earlier else reading
    return tuple(found[timestamp] for timestamp in sorted(found)) if len(found) > 1 else tuple(found.values())
