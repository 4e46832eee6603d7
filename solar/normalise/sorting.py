"""Sorts messages: a reading by itself, one value of a batch, or nothing (availability, discovery, old news)."""

from solar.normalise.bindings import rules_for
from solar.normalise.discovery import is_discovery, learn
from solar.normalise.items import Part, parts_of
from solar.normalise.keys import is_time_key, join, plain
from solar.normalise.memory import Notebook
from solar.normalise.model import Kind, Memory, Message, Source
from solar.normalise.profiles import PROFILES
from solar.normalise.profiles.base import Profile
from solar.normalise.times import to_instant

_AVAILABILITY = frozenset(("status", "online", "available", "availability", "connected", "reachable", "lwt"))
_PRESENCE = frozenset(("online", "offline", "connected", "disconnected", "true", "false"))
_SMALL = 10
_LONGEST_UNIT = 40
_UNIT_TOPICS = frozenset(("unit", "unitofmeasurement"))


def kind_of(message: Message, source: Source, memory: Memory) -> Kind:
    """How a message is to be treated.

    `single`: normalise it now. `batch`: gather it with what comes within 10 s of the first one. `nothing`: no reading
    and no dead letter, but hand it to `normalise` all the same, because discovery messages teach the memory.
    """
    if message.transport != "mqtt" or message.parsed.kind == "large":
        return "single"
    key = ("kind", source.profile, source.mapping_key, remembered(message, memory))
    kind = message.worked_out.get(key)
    if kind is None:
        kind = message.worked_out[key] = _kind_of(message, source, memory)
    return kind


def _kind_of(message: Message, source: Source, memory: Memory) -> Kind:
    if message.parsed.kind == "empty" or is_discovery(message) or is_availability(message):
        return "nothing"
    if (message.is_tree or message.retained) and not _has_own_time(message, source, memory):
        return "nothing" if message.retained else "batch"
    return "single"


def is_availability(message: Message) -> bool:
    """Whether a message only says that a device is there: by its topic and a bare word, boolean or small number."""
    if not message.is_tree or plain(message.path.rsplit("/", 1)[-1]) not in _AVAILABILITY:
        return False
    value = message.parsed.value
    if type(value) is dict and len(value) == 1:
        value = next(iter(value.values()))  # zigbee2mqtt: {"state": "online"}
    if type(value) is str:
        return value.strip().lower() in _PRESENCE
    return type(value) is bool or (type(value) in (int, float) and abs(value) < _SMALL)


def unit_told(message: Message) -> tuple[str, str] | None:
    """(path, unit) when the message is the unit of a sibling topic: `<x>/unit` or `<x>/unit_of_measurement`."""
    parent, _, last = message.path.rpartition("/")
    value = message.parsed.value
    if not parent or plain(last) not in _UNIT_TOPICS or type(value) is not str or len(value) > _LONGEST_UNIT:
        return None
    segments = parent.split("/")
    if len(segments) > 1 and segments[-1].lower() in ("state", "value"):
        segments.pop()
    return "/".join(segments), value


def remembered(message: Message, memory: Memory) -> Profile | None:
    """The family last recognised in the message's topic tree: devices that publish on change do not repeat their
    marks.
    """
    if not message.is_tree:
        return None
    profiles = memory.get("profiles")
    name = profiles.get(tree_of(message)) if isinstance(profiles, dict) else None
    return PROFILES.get(name) if isinstance(name, str) else None


def tree_of(message: Message) -> str:
    """What belongs to one device: bare values below one first segment, objects on one topic."""
    is_object = type(message.parsed.value) in (dict, list)
    return message.path if is_object else message.path.split("/", 1)[0]


def learnt(message: Message, memory: Memory) -> Memory:
    """The memory after a message that is no reading: discovery and units are remembered."""
    notebook = Notebook(memory)
    if is_discovery(message):
        discovered = learn(message, notebook.section("discovery"))
        if discovered is not None:
            notebook.write("discovery", discovered)
    elif (told := unit_told(message)) is not None:
        notebook.note("units", *told)
    return notebook.result()


def _has_own_time(message: Message, source: Source, memory: Memory) -> bool:
    kind, value = message.parsed
    if kind != "json" or type(value) not in (dict, list):
        return False
    return any(_is_timed(part, message, source) for part in parts_of(message, source, remembered(message, memory)))


def _is_timed(part: Part, message: Message, source: Source) -> bool:
    """Whether a part has a time that can be read, be it right or wrong."""
    if part.item.has_time:
        return part.item.time is not None
    if part.profile is None and not any(is_time_key(path) for path in part.leaves.paths):
        return False
    rules = rules_for(source, part.profile)
    for path, value in zip(part.leaves.paths, part.leaves.values, strict=True):
        binding = rules.bind(join(message.path, path)) if path else None
        if binding is None or not binding.is_time:
            continue
        if to_instant(value, source.time_zone, message.received_at) is not None:
            return True
    return False
