"""Makes one reading out of values that a device sent one by one, each on a topic of its own."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from solar.normalise.bodies import MAX_BYTES
from solar.normalise.checks import limits_for
from solar.normalise.engine import (
    Moment,
    dead,
    finished,
    lost,
    moment,
    normalise_single,
    note_profile,
    one_an_instant,
    rules_of,
)
from solar.normalise.items import GENERIC_CHOICE, parts_of
from solar.normalise.leaves import MAX_LEAVES, Leaves
from solar.normalise.memory import Notebook
from solar.normalise.model import DeadLetter, Memory, Message, Outcome, Reading, Source
from solar.normalise.plans import read
from solar.normalise.profiles import PROFILES, recognise
from solar.normalise.profiles.base import Profile
from solar.normalise.renaming import below, rename_discovered
from solar.normalise.sorting import kind_of, learnt, remembered, unit_told
from solar.normalise.times import fault_of, to_instant, whole_milliseconds


def normalise_batch(messages: Sequence[Message], source: Source, memory: Memory) -> Outcome:
    """One reading out of a batch (in order of arrival), stamped with the first receipt or the time a topic gives.

    Messages that are no bare values are taken as what they are: readings of their own, or teaching the memory.
    """
    gathered: list[Message] = []
    readings: list[Reading] = []
    letters: list[DeadLetter] = []
    for message in messages:
        kind = kind_of(message, source, memory)
        if kind == "batch":
            gathered.append(message)
        elif kind == "nothing":
            memory = learnt(message, memory)
        else:
            outcome = normalise_single(message, source, memory)
            readings += outcome.readings
            letters += outcome.dead_letters
            memory = outcome.memory
    if gathered:
        outcome = _gathered(gathered, source, memory)
        readings = [*outcome.readings, *readings]
        letters += outcome.dead_letters
        memory = outcome.memory
    return Outcome(one_an_instant(readings, source), tuple(letters), memory)


def _gathered(messages: Sequence[Message], source: Source, memory: Memory) -> Outcome:
    notebook = Notebook(memory)
    leaves = Leaves([], [], {})
    for message in messages:
        if len(leaves.paths) < MAX_LEAVES:
            _collect(message, source, notebook, leaves)
    _learn_units(leaves, notebook)
    profile = _profile_of(messages, leaves, source, notebook)
    rules = rules_of(profile, leaves.paths, leaves.values, source, notebook)
    known = notebook.section("discovery")
    if known:
        rename_discovered(dict.fromkeys(message.path for message in messages), leaves, rules, known)
    sheet = read(leaves, "", rules, limits_for(source.installed_capacity_watts), notebook.shown)
    if profile is not None:
        for message in messages:
            note_profile(profile, message, _paths_in(message, source), notebook)
    if not sheet.fields:
        reason = lost(sheet, timed=False).reason
        is_understood = bool(sheet.times) or (not leaves.paths and bool(leaves.units))
        is_dead = reason is not None and not (is_understood and not sheet.rejected)
        return Outcome((), (dead(str(reason), messages[0]),) if is_dead else (), notebook.result())
    when = _newest(sheet.times, messages[0].received_at, source)
    reading = finished(sheet, when, profile, messages[0], _raw_of(messages), source)
    return Outcome((reading,), (), notebook.result())


def _collect(message: Message, source: Source, notebook: Notebook, leaves: Leaves) -> None:
    """Add the leaves of one message under its topic."""
    told = unit_told(message)
    if told is not None:
        leaves.units[told[0]] = told[1]
        notebook.note("units", *told)
        return
    kind, value = message.parsed
    if kind != "json" or type(value) not in (dict, list):
        leaves.paths.append(message.path)
        leaves.values.append(value)
        return
    for part in parts_of(message, source, remembered(message, notebook.result())):
        found = below(message.path, part.leaves)
        leaves.paths.extend(found.paths)
        leaves.values.extend(found.values)
        leaves.units.update(found.units)


def _paths_in(message: Message, source: Source) -> list[str]:
    """The paths of a message below its topic."""
    if type(message.parsed.value) not in (dict, list):
        return [""]
    return [path for part in parts_of(message, source) for path in part.leaves.paths]


def _raw_of(messages: Sequence[Message]) -> dict[str, Any]:
    """All payloads under their topics, those of a topic that came again beside, as far as one document has room."""
    raw: dict[str, Any] = {}
    times = Counter[str]()
    room = MAX_BYTES
    for message in messages:
        room -= len(message.body)
        if room >= 0:
            times[message.topic] += 1
            again = times[message.topic]
            raw[message.topic if again == 1 else f"{message.topic} ({again})"] = message.parsed.value
    return raw


def _profile_of(messages: Sequence[Message], leaves: Leaves, source: Source, notebook: Notebook) -> Profile | None:
    """The family of a batch: the owner's choice, else its marks, else what was last recognised in its topic tree.

    Values that only discovery explains are Home Assistant's.
    """
    if source.profile in PROFILES or source.profile == GENERIC_CHOICE:
        return PROFILES.get(str(source.profile))
    found = recognise("", leaves.paths) or _unfolded(messages, source)
    if found is not None:
        return found
    known = notebook.section("discovery")
    if any(message.path in known for message in messages):
        return PROFILES["homeassistant"]
    memory = notebook.result()
    return next((profile for message in messages if (profile := remembered(message, memory))), None)


def _unfolded(messages: Sequence[Message], source: Source) -> Profile | None:
    """The family by whose marks a message was unfolded; its leaves do not carry them any more."""
    for message in messages:
        if message.parsed.kind == "json" and type(message.parsed.value) in (dict, list):
            for part in parts_of(message, source):
                if part.profile is not None and part.profile.reshape is not None:
                    return part.profile
    return None


def _learn_units(leaves: Leaves, notebook: Notebook) -> None:
    """Units that their own topics told earlier hold until told anew."""
    known = notebook.section("units")
    if known:
        for path in leaves.paths:
            if path in known:
                leaves.units.setdefault(path, known[path])


def _newest(times: Sequence[Any], received_at: datetime, source: Source) -> Moment:
    """The newest of the times that topics of a batch gave; the first receipt where there is none."""
    instants = [to_instant(value, source.time_zone, received_at) for value in times]
    right = [instant for instant in instants if instant is not None and fault_of(instant, received_at) is None]
    return Moment(whole_milliseconds(max(right)), False) if right else moment(times, received_at, source)
