"""What the accounting must remember at an instant so that it can go on from there as if it had seen everything before.

A state is plain numbers and texts: it goes through JSON and MongoDB unchanged. Times are microseconds since 1970, UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_OF_COUNTER = ("level", "level_at", "accepted_at", "seen_above_zero", "skip_before")
_OF_POWER = ("at", "watts")


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One counter (formulas 1.2): level kWh, when it was reached, and the last accepted reading.

    `skip_before` is set inside an excursion: readings before it are already known to be dropped.
    """

    level: float
    level_at: int
    accepted_at: int
    seen_above_zero: bool
    skip_before: int | None = None

    def at(self, instant: int, seen_above_zero: bool, skip_before: int | None = None) -> "ChannelState":
        """The same level seen from a later `instant`; an excursion known of old is kept while it lasts."""
        if skip_before is None and self.skip_before is not None and self.skip_before > instant:
            skip_before = self.skip_before
        return replace(self, seen_above_zero=seen_above_zero, skip_before=skip_before)


@dataclass(frozen=True, slots=True)
class PowerState:
    """The last reading of one power field: when, and W."""

    at: int
    watts: float


@dataclass(frozen=True, slots=True)
class State:
    """Everything remembered at one instant, by field; `battery_seen`: a battery field occurred before it."""

    counters: Mapping[str, ChannelState] = field(default_factory=dict)
    powers: Mapping[str, PowerState] = field(default_factory=dict)
    battery_seen: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain dictionaries, the other way round of `from_json`."""
        return {
            "counters": {name: _plain(state, _OF_COUNTER) for name, state in self.counters.items()},
            "powers": {name: _plain(state, _OF_POWER) for name, state in self.powers.items()},
            "batterySeen": self.battery_seen,
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "State":
        """The state of `as_json`; raises KeyError or TypeError for a document that is none."""
        return State(
            {name: ChannelState(**state) for name, state in document["counters"].items()},
            {name: PowerState(**state) for name, state in document["powers"].items()},
            document["batterySeen"],
        )


def _plain(state: ChannelState | PowerState, names: tuple[str, ...]) -> dict[str, Any]:
    # Several times as fast as `asdict`, and made for every source every five minutes.
    return {name: getattr(state, name) for name in names}


START = State()
"""The state before the first reading of a source."""
