"""What a kilowatt-hour costs at every instant: price history, time-of-use windows, hourly prices, standing charges."""

from solar.tariffs.bills import Bill, BillLine, bill, twelve_months_before
from solar.tariffs.checks import Clash, entry_clashes, entry_to_json, hourly_clashes, read_entry, read_hour
from solar.tariffs.csv_prices import LineError, PriceImport, parse_entries, parse_hourly
from solar.tariffs.prices import HourlyPrice, PriceEntry, effective_date, effective_instant
from solar.tariffs.pricing import IntervalEnergies
from solar.tariffs.tariff import PricePiece, Tariff
from solar.tariffs.windows import Season, Window, window_from_json, window_to_json

__all__ = [
    "Bill",
    "BillLine",
    "Clash",
    "HourlyPrice",
    "IntervalEnergies",
    "LineError",
    "PriceEntry",
    "PriceImport",
    "PricePiece",
    "Season",
    "Tariff",
    "Window",
    "bill",
    "effective_date",
    "effective_instant",
    "entry_clashes",
    "entry_to_json",
    "hourly_clashes",
    "parse_entries",
    "parse_hourly",
    "read_entry",
    "read_hour",
    "twelve_months_before",
    "window_from_json",
    "window_to_json",
]
