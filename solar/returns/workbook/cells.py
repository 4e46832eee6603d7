"""What a workbook is made of: cells with a value or a live formula, in rows, in sheets; nothing is written here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Style = Literal[
    "title", "head", "text", "note", "date", "money", "price", "energy", "percent", "rate", "years", "count", "number"
]
Value = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. With a formula, `value` is its result as calculated here, for readers that do not recalculate."""

    value: Value
    style: Style = "text"
    formula: str | None = None


Row = tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows from the first one on, column widths in characters, and how many top rows stay in view."""

    name: str
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    frozen_rows: int = 0


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets in order; `currency` and `minor_units` say how money cells are shown."""

    sheets: tuple[Sheet, ...]
    currency: str
    minor_units: int


def head(*labels: str) -> Row:
    """A row of column heads."""
    return tuple(Cell(label, "head") for label in labels)


def title(text: str) -> Row:
    """A row with a title."""
    return (Cell(text, "title"),)


def text_of(text: str) -> str:
    """Quote a text for use in a formula."""
    return '"' + text.replace('"', '""') + '"'
