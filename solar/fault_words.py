"""What fault and warning codes mean in plain words, with what to do; numbers mean something only with their maker."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A fault in plain words: what it is, and what helps (empty where nobody can tell)."""

    title: str
    advice: str = ""


_ISOLATION = Words(
    "Insulation of the panels is low",
    "Often moisture in plugs or a damaged cable. If it comes back on dry days, have the strings measured.",
)
_GRID_HIGH = Words(
    "Grid voltage too high", "The inverter pauses feeding in. If it happens often, ask the grid operator."
)
_GRID_LOW = Words("Grid voltage too low", "The inverter waits for the grid. If it lasts, look at fuses and switches.")
_FREQUENCY = Words("Grid frequency outside its limits", "The inverter waits for the grid. It returns by itself.")
_NO_GRID = Words("No grid", "Look at fuses and main switch; otherwise it is an outage of the grid.")
_HOT = Words("Too warm", "It reduces its power until it has cooled down. Check that the air vents are free.")
_OVERLOAD = Words("Overload", "The house asks for more than the inverter can give. Switch something off.")
_BATTERY_LOW = Words("Battery nearly empty", "It charges again with the next sun, or from the grid if allowed.")
_BATTERY_HIGH = Words("Battery voltage too high", "Have the inverter's charge settings compared with the battery's.")
_BATTERY_GONE = Words("Battery not connected or not answering", "Look at its switch and its data cable.")
_FAN = Words("Fan blocked or broken", "Clean the fan; without it the inverter gets too warm and reduces its power.")
_PV_HIGH = Words("Panel voltage too high", "Too many panels in one string for this inverter: have it checked.")
_LEAKAGE = Words("Leakage current too high", "Have the installation checked by an electrician if it comes back.")
_ARC = Words("Arc detected in the panel cables", "Switch the panels off and have them checked before using them again.")
_STRING = Words("A string of panels gives too little", "Look for shade, a loose plug or a blown string fuse.")
_TALK = Words("Parts of the system do not hear each other", "Look at the data cables of inverter, meter and battery.")
_SHORT = Words("Short circuit at the output", "Switch off what is connected, then start again one by one.")
_START = Words("The inverter could not start", "Usually it tries again by itself; call the installer if it lasts.")

# Voltronic and its many names (Axpert, MPP Solar, InfiniSolar): published in their manuals, faults and warnings apart.
_VOLTRONIC_FAULTS: Mapping[int, Words] = {
    1: _FAN, 2: _HOT, 3: _BATTERY_HIGH, 4: _BATTERY_LOW, 5: _SHORT,
    6: Words("Output voltage too high", "Have the inverter checked if it comes back."), 7: _OVERLOAD,
    8: Words("Internal voltage too high", "Have the inverter checked if it comes back."),
    9: Words("Internal voltage did not start", "Switch off and on; call the installer if it lasts."),
    51: Words("Current too high or surge", "Switch off and on; call the installer if it lasts."),
    52: Words("Internal voltage too low", "Switch off and on; call the installer if it lasts."),
    53: Words("The inverter could not start softly", "Switch off and on; call the installer if it lasts."),
    55: Words("Direct current in the output", "Have the inverter checked."), 56: _BATTERY_GONE,
    57: Words("Current sensor failed", "Have the inverter checked."),
    58: Words("Output voltage too low", "Reduce what is connected."),
}
_VOLTRONIC_WARNINGS: Mapping[int, Words] = {
    1: _FAN, 2: _HOT, 3: Words("Battery overcharged", "Have the charge settings compared with the battery's."),
    4: _BATTERY_LOW, 7: _OVERLOAD, 10: Words("Output reduced", "It is too warm or the panels' voltage is low."),
    15: Words("Little sun", "Not enough power from the panels. Nothing needs to be done."),
    16: _GRID_HIGH, 32: _TALK,
}
# Fronius: state codes of the service manuals.
_FRONIUS: Mapping[int, Words] = {
    102: _GRID_HIGH, 103: _GRID_LOW, 105: _FREQUENCY, 106: _FREQUENCY, 107: _NO_GRID,
    108: Words("Island operation detected", "The grid went away; the inverter returns with it."), 112: _LEAKAGE,
    301: Words("Current too high on the grid side", "It starts again by itself."),
    302: Words("Current too high on the panel side", "It starts again by itself."), 303: _HOT, 304: _HOT,
    306: Words("Too little sun to feed in", "Nothing needs to be done."),
    307: Words("Panel voltage too low to feed in", "Nothing needs to be done."), 309: _PV_HIGH, 475: _ISOLATION,
    502: _ISOLATION, 509: Words("Nothing fed in for 24 hours", "Look for snow on the panels or a switched-off string."),
    567: _GRID_HIGH,
}
# Victron MPPT chargers: VE.Direct protocol, field ERR.
_VICTRON: Mapping[int, Words] = {
    2: _BATTERY_HIGH, 17: _HOT, 18: Words("Charge current too high", "Have the charger checked if it comes back."),
    19: Words("Current flows backwards", "Have the charger checked."),
    20: Words("Longest bulk time reached", "The battery did not get full in ten hours; check its settings."),
    21: Words("Current sensor failed", "Have the charger checked."),
    26: Words("Terminals too hot", "Tighten the cables' screws, switched off."),
    28: Words("Power stage failed", "Have the charger checked."), 33: _PV_HIGH,
    34: Words("Panel current too high", "Have the strings checked."),
    38: Words("Panels switched off to protect the battery", _BATTERY_HIGH.advice),
    39: Words("Panels give current although switched off", "Have the charger checked."), 65: _TALK, 67: _TALK,
    66: Words("Chargers of one system are set up differently", "Give all chargers the same settings."),
    116: Words("Factory settings lost", "Have the charger checked."),
    119: Words("Settings lost", "Reset the charger and set it up anew."),
}
_MAKERS: Mapping[str, tuple[Mapping[int, Words], Mapping[int, Words]]] = {
    "voltronic": (_VOLTRONIC_FAULTS, _VOLTRONIC_WARNINGS), "mppsolar": (_VOLTRONIC_FAULTS, _VOLTRONIC_WARNINGS),
    "fronius": (_FRONIUS, _FRONIUS), "victron": (_VICTRON, _VICTRON),
}
# Devices that send words instead of numbers; the first rule that fits counts.
_BY_WORDS: tuple[tuple[str, Words], ...] = (
    (r"insulation|isolation|riso|\biso\b", _ISOLATION),
    (r"\barc|afci", _ARC),
    (r"leakage|residual|gfci|\brcd\b|ground.?fault|earth", _LEAKAGE),
    (r"no.?(grid|utility|mains)|(grid|utility|mains).?(lost|loss|fail|absent)|island", _NO_GRID),
    (r"freq", _FREQUENCY),
    (r"batter\w*.*(disconnect|not.?found|lost|missing|open)|no.?batter", _BATTERY_GONE),
    (r"batter\w*.*(low|under|empty)|low.?batter", _BATTERY_LOW),
    (r"batter\w*.*(high|over)", _BATTERY_HIGH),
    (r"(pv|dc|string|panel|solar).*(over.?volt|voltage.?high|high.?volt)", _PV_HIGH),
    (r"string|pv.*(low|lost|open)", _STRING),
    (r"(grid|ac|utility|mains)?.*(over.?volt|voltage.?high|high.?volt)", _GRID_HIGH),
    (r"(grid|ac|utility|mains)?.*(under.?volt|voltage.?low|low.?volt)", _GRID_LOW),
    (r"over.?temp|temp\w*.*(high|over)|too.?(hot|warm)|overheat", _HOT),
    (r"fan", _FAN),
    (r"overload|over.?load|over.?power", _OVERLOAD),
    (r"short", _SHORT),
    (r"comm|can.?bus|modbus|rs485|link", _TALK),
    (r"start", _START),
)
_NUMBER = re.compile(r"^[A-Za-z]{0,3}[ _-]?0*(\d{1,4})$")


def words_of(code: str, *, profile: str = "", warning: bool = False) -> Words | None:
    """Return what a code means, or None where nobody told us.

    `profile` is the recognised maker or program (`metadata.profile` of a reading). Numbers mean something only with it;
    words are understood anywhere.
    """
    number = _NUMBER.match(code.strip())
    known = _MAKERS.get(profile)
    if number and known:
        return known[1 if warning else 0].get(int(number[1]))
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code).replace("_", " ").lower()
    return next((words for pattern, words in _BY_WORDS if re.search(pattern, text)), None)
