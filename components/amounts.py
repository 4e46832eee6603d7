"""How money, prices and rates are written: minor units of ISO 4217, thin spaces between thousands, a dash for none.

The decimal mark is the reader's: a point, or a comma for those who prefer it.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from components.quantities import MISSING, Quantity, grouped, localised
from solar.money import display, plain

_SYMBOLS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "UAH": "₴",
    "VND": "₫", "TRY": "₺", "NGN": "₦", "PHP": "₱",
}
_MINUS = "\N{MINUS SIGN}"


def symbol(currency: str) -> str:
    """Return the sign of a currency, or its code where the sign is shared or little known."""
    return _SYMBOLS.get(currency, currency)


def money(amount: Decimal | None, currency: str) -> Quantity:
    """Write an amount with all minor units of its currency, rounded half up."""
    written = display(amount, currency)
    return Quantity(MISSING if written is None else grouped(written), symbol(currency))


def money_words(amount: Decimal | None, currency: str) -> str:
    """Write an amount as part of a sentence."""
    return str(money(amount, currency)).replace(" ", "\N{NO-BREAK SPACE}") if amount is not None else MISSING


def price(amount: Decimal | None) -> str:
    """Write a price per kWh as it was entered."""
    return MISSING if amount is None else localised(plain(amount).replace("-", _MINUS))


def calculated_price(amount: Decimal | None, currency: str) -> Quantity:
    """Write a price per kWh that was calculated, with three significant digits."""
    if amount is None:
        return Quantity(MISSING, symbol(currency))
    decimals = min(max(0, 2 - amount.adjusted()), 6) if amount else 3
    return Quantity(grouped(plain(amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))), symbol(currency))


def whole_money(amount: Decimal | None, currency: str) -> Quantity:
    """Write an amount that is only roughly known, without minor units."""
    if amount is None:
        return Quantity(MISSING, symbol(currency))
    rounded = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return Quantity(grouped(plain(rounded.copy_abs() if rounded.is_zero() else rounded)), symbol(currency))


def rate(fraction: Decimal | None, decimals: int = 1) -> Quantity:
    """Write a rate given as a fraction in percent."""
    return percent(None if fraction is None else fraction * 100, decimals)


def percent(value: Decimal | None, decimals: int = 1) -> Quantity:
    """Write a number that is in percent already."""
    if value is None:
        return Quantity(MISSING, "%")
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return Quantity(grouped(plain(rounded.copy_abs() if rounded.is_zero() else rounded)), "%")


def years(value: Decimal | None) -> Quantity:
    """Write a length in years."""
    return Quantity(MISSING if value is None else localised(f"{value:.1f}"), "years")


def energy_words(kwh: Decimal) -> str:
    """Write an energy that is a term of a sum: whole kWh from 100 on, else two decimals."""
    digits = plain(kwh.quantize(Decimal(1) if abs(kwh) >= 100 else Decimal("0.01"), ROUND_HALF_UP))
    return f"{grouped(digits)}\N{NO-BREAK SPACE}kWh"


def short_date(day: date) -> str:
    """Write a local day: 1 Apr 2025."""
    return f"{day.day} {day:%b %Y}"


def full_date(day: date) -> str:
    """Write a local day in a sentence: 20 March 2023."""
    return f"{day.day} {day:%B %Y}"


def stretch_words(first: date, last: date) -> str:
    """Write neighbouring days as short as they allow: 20 to 30 March 2023."""
    if first == last:
        return full_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {full_date(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {full_date(last)}"
    return f"{full_date(first)} to {full_date(last)}"
