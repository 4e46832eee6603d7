"""Gives values of discovered entities the path that their name means."""

from collections.abc import Iterable, Mapping
from typing import Any

from solar.normalise.bindings import Rules
from solar.normalise.discovery import entities_at, path_of
from solar.normalise.keys import join
from solar.normalise.leaves import Leaves
from solar.normalise.numbers import Absent, to_number


def rename_discovered(topics: Iterable[str], leaves: Leaves, rules: Rules, known: Mapping[str, Any]) -> None:
    """Rename leaves (whole paths) of discovered state topics in place, unless mapping or profile take them already."""
    for topic in topics:
        for entity in entities_at(topic, known):
            path = join(topic, entity.path)
            name = path_of(entity)
            if name is None or path not in leaves.paths or rules.takes(path):
                continue
            index = leaves.paths.index(path)
            leaves.paths[index] = name
            if entity.unit:
                leaves.units[name] = entity.unit
            number = to_number(leaves.values[index])
            if entity.factor != 1 and not isinstance(number, Absent):
                leaves.values[index] = number * entity.factor


def below(prefix: str, leaves: Leaves) -> Leaves:
    """The same leaves with whole paths."""
    return Leaves(
        [join(prefix, path) for path in leaves.paths],
        list(leaves.values),
        {join(prefix, path): unit for path, unit in leaves.units.items()},
    )
