"""What stands above the result: days without a price with the fix, and what is missing before there is a result."""

from typing import Any

from components.amounts import full_date, money_words, stretch_words
from components.returns_cards import button, next_step, unpriced_notice
from components.returns_why import details
from pages import _returns_reasons as reasons
from services.returns.results import Returns


def notices(found: Returns, price_type: str) -> list[Any]:
    """Return the notices of a result; buttons that set a price have ids of `price_type` with its first date."""
    return [each for each in (_first_steps(found, price_type), _future(found), _unpriced(found, price_type)) if each]


def _first_steps(found: Returns, price_type: str) -> Any:
    if not found.measured.values:
        return next_step("No whole day yet.", "Returns begin with the first day that is over and has energy.")
    if not found.basis.stored.entries:
        first = found.measured.values[0].date.isoformat()
        action = button({"type": price_type, "date": first}, "Set a price", "main", "plus")
        return next_step("No price yet.", "Savings need what a kilowatt-hour costs, from the first day on.", action)
    if found.plant.system_cost is None:
        return next_step(
            "No system cost yet.", "Return, progress and payback need it. Enter it in the assumptions below."
        )
    if found.measured.put_in is not None and found.measured.put_in <= 0:
        put_in = money_words(found.measured.put_in, found.plant.currency)
        return next_step(f"{put_in} was put in.", "Nothing has to be paid back, so there is no return in percent.")
    return None


def _future(found: Returns) -> Any:
    installed = found.plant.installation_date
    if installed is None or installed <= found.basis.as_of:
        return None
    return next_step(
        f"Installed on {full_date(installed)}:",
        "that is still to come. The account begins with the first day that has energy.",
    )


def _unpriced(found: Returns, price_type: str) -> Any:
    """The first stretch is named with its fix; all of them, and the days without energy, stand behind it."""
    stretches = found.gaps.unpriced
    if not found.basis.stored.entries or not (stretches or found.gaps.missing):
        return None
    rows = details("All days that are in no sum", reasons.gap_rows(found))
    count = sum(each.days for each in stretches)
    if not count:
        missing = sum(each.days for each in found.gaps.missing)
        words = f"{missing} days have no energy." if missing > 1 else "One day has no energy."
        return unpriced_notice(words, "They are left out, not counted as 0.", None, rows)
    first = stretches[0]
    where = stretch_words(first.first_date, first.last_date) + (" and others" if len(stretches) > 1 else "")
    words = f"{count} days have no price:" if count > 1 else "One day has no price:"
    if first.reason != "no-price":
        advice = f"{where}. {reasons.REASONS[first.reason or 'no-price']} They are left out, not counted as 0."
        return unpriced_notice(words, advice, None, rows)
    fix = button(
        {"type": price_type, "date": first.first_date.isoformat()}, f"Set a price from {full_date(first.first_date)}"
    )
    return unpriced_notice(words, f"{where}, before your first price. They are left out, not counted as 0.", fix, rows)
