"""Binds paths to fields: the source's mapping first, then its profile, then canonical names, then generic aliases."""

from dataclasses import dataclass, replace

from solar.normalise.generic import match
from solar.normalise.keys import is_time_key, plain, segments_of
from solar.normalise.mapping import OwnMapping, read_mapping
from solar.normalise.model import Source
from solar.normalise.profiles.base import Key, Profile
from solar.normalise.units import conversion, suffix_of
from solar.vocabulary import FIELDS

#: Where a binding came from; lower wins.
MAPPING, PROFILE, CANONICAL, ALIAS = range(4)

_LONGEST_PATH = 2000
_MOST_PATHS = 5000

#: What a meter's keys become, by what its owner says it measures.
ROLE_FIELDS: dict[str, dict[str, str]] = {
    "solar": {"power": "solarPower", "forward": "totalEnergyProduced", "today": "dailyEnergyProduced"},
    "load": {"power": "loadPower", "forward": "totalEnergyConsumed", "today": "dailyEnergyConsumed"},
    "grid": {"power": "gridPower", "forward": "totalEnergyImported", "reverse": "totalEnergyExported"},
}
_BARE_POWERS = frozenset(("power", "activepower", "apower", "actpower"))


@dataclass(frozen=True, slots=True)
class Binding:
    """What becomes of one path.

    `field` None: understood and not wanted. `order`: (origin, rank), lower wins. `unit`: the unit assumed; where
    `unit_fixed`, a unit in the message does not change it. `scale`, `offset`: from there to the canonical unit and
    sign. `group`: under which name the parts of its sum are remembered.
    """

    path: str
    field: str | None = None
    kind: str = "number"
    order: tuple[int, int] = (ALIAS, 0)
    depth: int = 0
    channel: str = ""
    part: tuple[str, ...] = ()
    extra: bool = False
    magnitude: bool = False
    factor: float = 1.0
    unit: str | None = None
    unit_fixed: bool = False
    scale: float = 1.0
    offset: float = 0.0
    fault: str | None = None
    group: str = ""
    is_time: bool = False
    inverted: bool = False

    def in_unit(self, unit: str) -> "Binding":
        """The same binding for a message that says its unit."""
        if self.unit_fixed or self.field is None or self.kind != "number":
            return self
        return _scaled(replace(self, unit=unit))


def _scaled(binding: Binding) -> Binding:
    """Scale and offset worked out of unit and factor."""
    if binding.field is None or binding.kind != "number":
        return binding
    found = conversion(binding.unit, binding.field) if binding.unit else (1.0, 0.0)
    if found is None:
        return replace(binding, fault=f"unit {binding.unit} does not fit {FIELDS[binding.field].unit or 'this field'}")
    return replace(binding, scale=found[0] * binding.factor, offset=found[1] * binding.factor, fault=None)


class Rules:
    """All bindings of one combination of mapping, profile and profile flags; worked out once a path."""

    def __init__(self, mapping: OwnMapping, profile: Profile | None, flags: frozenset[str]) -> None:
        self.mapping = mapping
        self.profile = profile
        self.flags = flags
        self._prefix = f"{profile.name if profile else 'generic'}{''.join(':' + flag for flag in sorted(flags))}"
        self._known: dict[str, Binding | None] = {}

    def bind(self, path: str) -> Binding | None:
        """What becomes of `path`; None when no rule takes it."""
        try:
            return self._known[path]
        except KeyError:
            binding = self._bind(path) if len(path) <= _LONGEST_PATH else self._bind(path[-_LONGEST_PATH:])
            if len(self._known) >= _MOST_PATHS:
                self._known.clear()
            if len(path) <= _LONGEST_PATH:
                self._known[path] = binding
            return binding

    def takes(self, path: str) -> bool:
        """Whether the source's own mapping or its profile knows `path`."""
        binding = self.bind(path)
        return binding is not None and binding.order[0] <= PROFILE

    def _bind(self, path: str) -> Binding | None:
        segments = segments_of(path)
        if not segments:
            return None
        binding = self._own(path, segments) or self._of_profile(path, segments)
        if binding is None and self._is_time(path):
            return Binding(path, is_time=True, depth=len(segments))
        return binding or self._generic(path, segments)

    def _is_time(self, path: str) -> bool:
        if self.profile is not None and not self.profile.has_time:
            return False
        return is_time_key(path) or (self.profile is not None and self.profile.is_time(path))

    def _own(self, path: str, segments: list[str]) -> Binding | None:
        rule = self.mapping.rule_for([plain(segment) for segment in segments])
        if rule is None:
            return None
        if rule.field is None:
            return Binding(path, order=(MAPPING, 0), depth=len(segments))
        return _scaled(
            Binding(
                path,
                rule.field,
                FIELDS[rule.field].kind,
                (MAPPING, 0),
                len(segments),
                part=(rule.path,),
                factor=rule.factor,
                unit=rule.unit or suffix_of(segments[-1], rule.field),
                unit_fixed=rule.unit is not None,
                group=f"own:{rule.field}",
            )
        )

    def _of_profile(self, path: str, segments: list[str]) -> Binding | None:
        found = self.profile.look_up(path, self.flags) if self.profile else None
        if found is None:
            return None
        key, part = found
        field = self._role_field(key) if key else None
        if key is None or field is None:
            return Binding(path, order=(PROFILE, 0), depth=len(segments))
        return self._finished(
            Binding(
                path,
                field,
                FIELDS[field].kind,
                (PROFILE, key.rank),
                len(segments),
                key.channel,
                part,
                key.extra,
                key.magnitude,
                key.factor,
                key.unit,
                key.unit is not None and not key.unit_may_differ,
                group=f"{self._prefix}:{field}{key.channel}{key.rank or ''}",
            )
        )

    def _role_field(self, key: Key) -> str | None:
        if not key.role:
            return key.field
        return ROLE_FIELDS[self.mapping.role or key.role].get(key.field)

    def _generic(self, path: str, segments: list[str]) -> Binding | None:
        found = match(path)
        if found is None:
            role = self.mapping.role
            if role is None or plain(segments[-1]) not in _BARE_POWERS:
                return None
            return self._finished(Binding(path, ROLE_FIELDS[role]["power"], depth=len(segments)))
        field = FIELDS[found.field]
        origin = CANONICAL if found.canonical else ALIAS
        return self._finished(
            Binding(
                path,
                field.name,
                field.kind,
                (origin, 0),
                len(segments),
                found.channel,
                found.part,
                unit=found.unit,
                group=f"generic:{field.name}{found.channel}",
            )
        )

    def _finished(self, binding: Binding) -> Binding:
        """With the sign turned where the owner says that profile or alias have it wrong."""
        if binding.field in self.mapping.inverted:
            binding = replace(binding, inverted=True)
        return _scaled(binding)


_RULES: dict[tuple[str, Profile | None, frozenset[str]], Rules] = {}
_MOST_RULES = 512


def rules_for(source: Source, profile: Profile | None, flags: frozenset[str] = frozenset()) -> Rules:
    """The rules for messages of `source` that `profile` describes."""
    key = (source.mapping_key, profile, flags)
    rules = _RULES.get(key)
    if rules is None:
        if len(_RULES) >= _MOST_RULES:
            _RULES.clear()
        rules = _RULES[key] = Rules(read_mapping(source.mapping), profile, flags)
    return rules
