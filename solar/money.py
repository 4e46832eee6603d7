"""Amounts of money: exact decimals inside, ISO 4217 minor units and half-up rounding on display."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from types import MappingProxyType

_DIGITS = 28
# Enough to round any finite amount we can hold without an error: rounding is the last step, not arithmetic.
_DISPLAY = Context(prec=200, rounding=ROUND_HALF_UP)

# The active codes of ISO 4217 list one (maintained by SIX), by their number of minor units. Not locale data: CLDR has
# other numbers for HUF, UGX and more. Metals, testing codes and units of account without a minor unit are left out.
_BY_MINOR_UNITS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
          CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
          HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
          MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD
          SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD
          XCG YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
MINOR_UNITS: Mapping[str, int] = MappingProxyType(
    {code: units for units, codes in _BY_MINOR_UNITS.items() for code in codes.split()}
)


@contextmanager
def exact() -> Iterator[None]:
    """Calculate with 28 digits inside the block, whatever context the caller's thread has."""
    with localcontext(Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN)):
        yield


def minor_units(currency: str) -> int:
    """Return the decimals of an ISO 4217 currency; 2 for a code that the standard does not (or no longer) list."""
    return MINOR_UNITS.get(currency.upper(), 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the minor units of the currency; a value that rounds to 0 loses its sign."""
    value = amount.quantize(Decimal(1).scaleb(-minor_units(currency)), context=_DISPLAY)
    return value.copy_abs() if value.is_zero() else value


def display(amount: Decimal | None, currency: str) -> str | None:
    """Write an amount with its minor units, a point as decimal mark and no symbol; None stays None."""
    return None if amount is None else format(rounded(amount, currency), "f")


def plain(value: Decimal) -> str:
    """Write a decimal as entered, without an exponent."""
    return format(value, "f")


def decimal_of(value: object, name: str) -> Decimal:
    """Read a finite decimal from text or a number; floats by their shortest text. Raises ValueError naming `name`."""
    try:
        if isinstance(value, bool) or "_" in str(value):
            raise ValueError
        number = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        raise ValueError(f"{name} must be a number, not {value!r}.") from None
    if not number.is_finite():
        raise ValueError(f"{name} must be a finite number, not {value!r}.")
    return number
