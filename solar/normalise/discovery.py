"""Reads Home Assistant discovery: which topic carries which entity, under what name, in which unit, by which
template.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from solar.normalise.generic import match
from solar.normalise.keys import plain, segments_of, word_set, words_of
from solar.normalise.model import Message

_MOST_ENTITIES = 500
_LONGEST = 300
_TEMPLATE = re.compile(
    r"\{\{-?\s*(?P<root>value_json|value)(?P<path>(?:\.\w+|\[\s*(?:'[^'\]]*'|\"[^\"\]]*\"|[0-9]+)\s*\])*)"
    r"(?:\s*\|\s*(?:float|int|round|default)(?:\([^)]*\))?)*(?:\s*(?P<sign>[*/])\s*(?P<by>[0-9.]+))?"
    r"(?:\s*\|\s*(?:float|int|round|default)(?:\([^)]*\))?)*\s*-?\}\}"
)
_STEP = re.compile(r"\.(\w+)|\[\s*(?:'([^']*)'|\"([^\"]*)\"|([0-9]+))\s*\]")
#: Words in front of a known name that make it somebody else's, or no measurement.
_OTHERS = word_set(
    "phone iphone ipad tablet watch car vehicle ev laptop macbook remote button door window lock motion "
    "vacuum mower forecast predicted expected estimated estimate max maximum min minimum target limit "
    "average avg setpoint set reserve backup yesterday month monthly year yearly week weekly"
)


#: Keys that only descriptions of entities have; buttons and the like have no state.
_DESCRIPTIONS = word_set(
    "state_topic stat_t components cmps command_topic cmd_t unique_id uniq_id object_id obj_id availability_topic "
    "avty_t"
)


class Entity(NamedTuple):
    """One discovered value: topic and path in its JSON, names to look its field up by, unit, factor of the template."""

    topic: str
    path: str
    names: tuple[str, ...]
    unit: str
    factor: float


def is_discovery(message: Message) -> bool:
    """Whether this is a discovery message: `.../config` with a description of states, or empty to withdraw it."""
    if message.transport != "mqtt" or not message.topic.rstrip("/").endswith("/config"):
        return False
    kind, value = message.parsed
    if kind == "empty" or message.topic.lstrip("/").startswith("homeassistant/"):
        return True
    return kind == "json" and isinstance(value, dict) and not _DESCRIPTIONS.isdisjoint(value)


def learn(message: Message, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is known of discovered entities after this message, by the path of their states; None when nothing
    changed.
    """
    config = message.topic.strip("/")
    kind, value = message.parsed
    found = _entities(config, value) if kind == "json" and isinstance(value, dict) else []
    if len(config) > _LONGEST or (found and len(known) >= _MOST_ENTITIES):
        return None
    others = {
        topic: kept for topic, entries in known.items() if (kept := [entry for entry in entries if entry[0] != config])
    }
    for entity in found:
        others[entity.topic] = [
            *others.get(entity.topic, []),
            [config, entity.path, [*entity.names], entity.unit, entity.factor],
        ]
    return others if others != known else None


def entities_at(path: str, known: Mapping[str, Any]) -> list[Entity]:
    """The discovered entities whose state is published under this path."""
    return [Entity(path, inner, tuple(names), unit, factor) for _, inner, names, unit, factor in known.get(path, ())]


def path_of(entity: Entity) -> str | None:
    """A path whose generic meaning is the entity's field: its name if that is known, else its object id."""
    return next((path for name in entity.names if (path := known_tail(name)) is not None), None)


@lru_cache(maxsize=5000)
def known_tail(name: str) -> str | None:
    """The longest known end of an entity's name (`solis_battery_soc` -> `battery_soc`), unless its beginning denies
    it.
    """
    if match(name) is not None:
        return name
    words = words_of(name)
    for start in range(1, len(words) - 1):
        if any(word in _OTHERS for word in words[:start]):
            return None
        tail = "_".join(words[start:])
        if match(tail) is not None:
            return tail
    return None


def _components(value: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    components = value.get("components", value.get("cmps"))
    if not isinstance(components, dict):
        return []
    return [(name, part) for name, part in components.items() if isinstance(part, dict)]


def _state_topic(value: Mapping[str, Any]) -> str | None:
    topic = value.get("state_topic", value.get("stat_t"))
    return topic if isinstance(topic, str) and topic else None


def _entities(topic: str, value: dict[str, Any]) -> list[Entity]:
    """The entities of one discovery message: one, or the components of a device."""
    segments = topic.split("/")
    parts = _components(value)
    if not parts:
        entity = _entity(value, value, segments[-2] if len(segments) > 1 else "")
        return [entity] if entity else []
    return [entity for name, part in parts[:_MOST_ENTITIES] if (entity := _entity(part, value, name))]


def _entity(part: Mapping[str, Any], device: Mapping[str, Any], object_id: str) -> Entity | None:
    topic = _state_topic(part) or _state_topic(device)
    template = part.get("value_template", part.get("val_tpl"))
    found = _read_template(template) if template else ("", 1.0)
    if topic is None or found is None or len(topic) > _LONGEST:
        return None
    base = part.get("~", device.get("~"))
    if isinstance(base, str):
        topic = base + topic[1:] if topic.startswith("~") else topic[:-1] + base if topic.endswith("~") else topic
    names = (part.get("name"), part.get("object_id", part.get("obj_id")), object_id)
    unit = part.get("unit_of_measurement", part.get("unit_of_meas"))
    return Entity(
        _relative(topic),
        found[0],
        tuple(name[:_LONGEST] for name in names if isinstance(name, str) and name),
        unit if isinstance(unit, str) else "",
        found[1],
    )


def _relative(topic: str) -> str:
    """A state topic as its messages' path: below `ampra/sources/{id}/`, without a closing `state` or `value`."""
    segments = segments_of(topic)
    if segments[:2] == ["ampra", "sources"]:
        segments = segments[3:]
    if len(segments) > 1 and plain(segments[-1]) in ("state", "value"):
        segments.pop()
    return "/".join(segments)


def _read_template(template: Any) -> tuple[str, float] | None:
    """(path in the JSON, factor) of `{{ value_json.a.b }}`; None for what only Home Assistant could work out."""
    found = _TEMPLATE.fullmatch(template.strip()) if isinstance(template, str) and len(template) <= _LONGEST else None
    if found is None or (found["root"] == "value" and found["path"]):
        return None
    path = "/".join(next(step for step in groups if step) for groups in _STEP.findall(found["path"]) if any(groups))
    try:
        by = float(found["by"]) if found["by"] else 1.0
        return path, by if found["sign"] != "/" else 1.0 / by
    except (ValueError, ZeroDivisionError):
        return None
