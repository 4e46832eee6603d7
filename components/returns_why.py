"""*Why this number*: the formula of a figure, what went in, by price version, and every day behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from components.quantities import MISSING


@dataclass(frozen=True, slots=True)
class Why:
    """A figure in words: value, formula, its terms (label, value), what it rests on, and why there is none."""

    label: str
    value: str
    formula: str
    terms: Sequence[tuple[str, str]]
    note: str
    reason: str = ""


def why_body(why: Why) -> Any:
    """Return the explanation of one figure."""
    lines = [_line(label, value) for label, value in why.terms]
    missing = [html.P([html.Strong(f"{MISSING} "), why.reason], className="why-reason")] if why.reason else []
    result = _line(why.label, why.value, "result")
    return html.Div(
        [html.Pre(why.formula, className="formula"), *lines, result, *missing, html.P(why.note, className="dim small")]
    )


def _line(label: str, value: str, kind: str = "") -> Any:
    return html.Div([html.Span(label), html.Span(value, className="strong")], className=f"why-line {kind}".strip())


def table(heads: Sequence[Any], rows: Sequence[Sequence[Any]], caption: str, *, numbers_from: int = 1) -> Any:
    """Return a table; columns from `numbers_from` on are numbers and stand to the right."""

    def cells(kind: Any, values: Sequence[Any]) -> list[Any]:
        return [kind(value, className="" if at < numbers_from else "right") for at, value in enumerate(values)]

    body = [html.Tr(cells(html.Td, row)) for row in rows]
    return html.Div(
        html.Table(
            [html.Caption(caption, className="sr-only"), html.Thead(html.Tr(cells(html.Th, heads))), html.Tbody(body)],
            className="plain-table",
        ),
        className="table-scroll",
        tabIndex=0,
    )


def details(words: str, content: Any, class_name: str = "") -> Any:
    """Return something that opens on request."""
    return html.Details([html.Summary(words), content], className=f"more {class_name}".strip())
