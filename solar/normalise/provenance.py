"""Which leaf of a message went where: the path, its value, and the field it feeds, for people who look into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from solar.normalise.bindings import MAPPING, Binding
from solar.normalise.engine import rules_of
from solar.normalise.items import parts_of
from solar.normalise.keys import join
from solar.normalise.memory import Notebook
from solar.normalise.model import Memory, Message, Source
from solar.normalise.sorting import kind_of, remembered, unit_told

Fate = Literal["field", "time", "left out", "unmapped"]
_MOST = 500


@dataclass(frozen=True, slots=True)
class Origin:
    """A leaf: its path as a mapping names it, the value sent, the unit said or assumed, and what becomes of it.

    `field` is None unless the fate is `field`; `scale` turns the value into the field's canonical unit and sign; `own`
    says that the owner's mapping decided.
    """

    path: str
    value: Any
    unit: str | None
    fate: Fate
    field: str | None = None
    scale: float = 1.0
    own: bool = False


def origins(messages: Sequence[Message], source: Source, memory: Memory) -> list[Origin]:
    """Return the leaves of some messages of one reading, in the order sent."""
    found: list[Origin] = []
    for message in messages:
        if len(found) < _MOST and unit_told(message) is None:
            found += _of_message(message, source, memory)
    return found[:_MOST]


def _of_message(message: Message, source: Source, memory: Memory) -> list[Origin]:
    kind, value = message.parsed
    if type(value) not in (dict, list):
        is_value = kind == "json" and kind_of(message, source, memory) == "batch"
        return [_of_bare(message, source, memory)] if is_value and message.path else []
    found = []
    for leaves, _, profile in parts_of(message, source, remembered(message, memory)):
        rules = rules_of(profile, leaves.paths, leaves.values, source, Notebook(memory))
        for path, leaf in zip(leaves.paths, leaves.values, strict=True):
            said = leaves.units.get(path)
            binding = rules.bind(join(message.path, path))
            bound = binding.in_unit(said) if binding is not None and said is not None else binding
            found.append(_origin(join(message.path, path) or "value", leaf, said, bound))
    return found


def _of_bare(message: Message, source: Source, memory: Memory) -> Origin:
    rules = rules_of(remembered(message, memory), [message.path], [message.parsed.value], source, Notebook(memory))
    return _origin(message.path, message.parsed.value, None, rules.bind(message.path))


def _origin(path: str, value: Any, said: str | None, binding: Binding | None) -> Origin:
    if binding is None:
        return Origin(path, value, said, "unmapped")
    own = binding.order[0] == MAPPING
    if binding.is_time:
        return Origin(path, value, said, "time")
    if binding.field is None:
        return Origin(path, value, said, "left out", own=own)
    scale = binding.scale * (-1.0 if binding.inverted else 1.0)
    return Origin(path, value, said or binding.unit, "field", binding.field, scale, own)
