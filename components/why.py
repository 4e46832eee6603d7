"""Why this number: the button beside a figure, and the words behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from components.amounts import full_date, stretch_words
from components.figure_tiles import LABELS, why_not, written
from components.icons import icon
from components.quantities import clock, energy, percent, power
from components.tables import table
from solar.periods import Period

BUTTON = "monitor-why-button"
_FORMULAS: Mapping[str, str] = {
    "produced": "Sum of the energy that the sun delivered on each day.",
    "consumed": "Sum of the energy that the house used on each day. Where no meter counts it, it is produced + "
    "imported + from battery − exported − to battery; losses of inverter and battery are then part of it.",
    "exported": "Sum of the energy that went into the grid on each day.",
    "imported": "Sum of the energy that came from the grid on each day.",
    "charged": "Sum of the energy that went into the battery on each day.",
    "discharged": "Sum of the energy that came out of the battery on each day.",
    "selfConsumption": "(produced − exported) ÷ produced, on the days that know both.",
    "selfSufficiency": "1 − imported ÷ used, on the days that know both.",
    "specificYield": "produced ÷ installed capacity.",
    "performanceRatio": "(produced ÷ capacity) ÷ radiation on the horizontal. Above 100 % is possible in winter, "
    "because a tilted roof then gets more sun than the horizontal.",
    "batteryFullCycles": "from battery ÷ usable capacity of the battery.",
    "co2AvoidedKg": "produced × the CO₂ factor of the grid that you entered. Exported energy counts too; making the "
    "installation does not.",
    "peak": "The highest reading of solar power. The time is that of its 5 minutes.",
}
_METHODS: Mapping[str, str] = {
    "lifetime": "lifetime counter", "day": "day counter", "power": "power over time", "balance": "energy balance",
    "imported": "brought by you", "corrected": "corrected by you",
}
_VERDICTS: Mapping[str, str] = {
    "taken": "taken", "knows-less": "not taken: knows less of the day",
    "covers-less": "not taken: measured less of the day",
    "ranks-lower": "not taken: a better source knows as much",
}
_NOTES: Mapping[str, str] = {
    "reset": "The counter began anew; what flowed before that is not guessed.",
    "break": "The counter jumped by more than can have flowed; nothing was booked.",
    "excursion": "Single wrong values were left out, because the counter came back.",
    "recovered": "After a gap over midnight the counter's difference was spread evenly over the days.",
    "anchored": "After a gap over midnight the day counter told how much belongs to which day.",
    "stale": "The device still showed yesterday's counter after midnight.",
    "from-midnight": "The day counter's first value of the day counts from midnight.",
}


def why_button(figure: str, label: str, period: Period | None) -> Any:
    """Return the button that explains a figure of a period, of today where there is none."""
    identity = {
        "type": BUTTON, "figure": figure, "kind": period.kind if period else "day",
        "first": period.first.isoformat() if period else "", "last": period.last.isoformat() if period else "",
    }
    words = f"Why this number: {label}"
    return html.Button(icon("info", 16), id=identity, className="why-button", type="button", title="Why this number",
                       **{"aria-label": words, "aria-haspopup": "dialog"})


def why_title(figure: str, value: float | None) -> str:
    """Return the head of the explanation."""
    quantity = written(figure, value)
    return f"{LABELS[figure]}: {quantity}" if value is not None else f"{LABELS[figure]}: not known"


def why_body(why: Any, period: Period) -> list[Any]:
    """Return the explanation (a `services.telemetry.explanations.Why`) of a period."""
    facts = [
        ("Time", f"{stretch_words(period.first, period.last)}, days of {why.time_zone}"),
        *_used(why),
        *[(LABELS.get(each.channel, each.channel), _input_words(each)) for each in why.inputs],
        *_facts(why),
    ]
    rows = [html.Div([html.Dt(name), html.Dd(words)]) for name, words in facts]
    return [html.P(_FORMULAS[why.figure], className="why-formula"), html.Dl(rows, className="facts"), *_sources(why),
            *_worst(why)]


def _used(why: Any) -> list[tuple[str, str]]:
    if why.figure == "peak":
        return [("When", clock(why.peak_at, why.time_zone))] if why.peak_at else []
    used = f"{why.days_used} of {why.days_passed} {'day' if why.days_passed == 1 else 'days'} so far"
    return [
        *([("Why not", why_not(why.reason))] if why.value is None else []),
        ("Days used", used),
        *([("Measured", f"{percent(why.covered)} of the time that has passed")] if why.covered is not None else []),
    ]


def _input_words(given: Any) -> str:
    methods = ", ".join(
        f"{_METHODS.get(name, name)}" + (f" on {count} days" if count > 1 or len(given.methods) > 1 else "")
        for name, count in given.methods.items()
    )
    recovered = f"; {energy(given.recovered_kwh)} of it recovered" if given.recovered_kwh > 0.005 else ""
    return f"{energy(given.kwh)}, from {methods or 'nothing'}{recovered}"


def _facts(why: Any) -> list[tuple[str, str]]:
    if why.figure in {"specificYield", "performanceRatio"} and why.capacity_watts:
        capacity = ("Installed capacity", f"{power(why.capacity_watts)}p")
        if why.radiation_kwh is None:
            return [capacity]
        return [capacity, ("Radiation", f"{energy(why.radiation_kwh)}/m² measured on the horizontal on these days")]
    if why.figure == "batteryFullCycles" and why.battery_capacity_kwh:
        return [("Usable capacity", str(energy(why.battery_capacity_kwh)))]
    return []


def _sources(why: Any) -> list[Any]:
    """What each source said on a single day, and the odd steps of it."""
    parts: list[Any] = []
    for channel, told in why.day.items():
        if told.verdicts:
            rows = [
                [_METHODS.get(each.source, each.source), str(energy(each.kwh)), str(percent(each.coverage)),
                 _VERDICTS[verdict]]
                for each, verdict in told.verdicts
            ]
            parts += [html.H3(f"What each source said: {LABELS.get(channel, channel).lower()}"),
                      table(["Source", "Energy", "Measured", ""], rows, f"Sources of {channel}")]
        parts += _notes(told.notes, why.time_zone)
    return parts


def _notes(notes: Sequence[Any], time_zone: str) -> list[Any]:
    words = [
        html.Li(f"{clock(note.start, time_zone)} to {clock(note.end, time_zone)}: {_NOTES.get(note.kind, note.kind)}"
                + (f" ({energy(note.kwh)})" if note.kwh is not None else ""))
        for note in notes
    ]
    return [html.Ul(words, className="why-notes")] if words else []


def _worst(why: Any) -> list[Any]:
    if not why.worst:
        return []
    words = [html.Li(f"{full_date(day)}: {percent(share)} measured") for day, share in why.worst]
    return [html.H3("Least measured days"), html.Ul(words, className="why-notes"),
            html.P("Open a day to see what each source said of it.", className="dim")]
