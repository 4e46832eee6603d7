"""Dash's HTML components as text, for pages without Dash: what one could press there does nothing and is left out."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from dash.development.base_component import Component

# What only Dash's own pages can do; links lead to pages that a stranger may not open.
_LEFT_OUT = frozenset({"Button", "Link"})
_EMPTY = frozenset({"Br", "Hr", "Img"})
_NAMES = {
    "className": "class", "htmlFor": "for", "colSpan": "colspan", "rowSpan": "rowspan", "tabIndex": "tabindex",
}  # fmt: skip
_KEPT = frozenset({
    "id", "className", "htmlFor", "colSpan", "rowSpan", "tabIndex", "role", "title", "src", "alt", "href", "target",
    "rel", "open", "hidden", "scope", "width", "height",
})  # fmt: skip
_UPPER = re.compile(r"[A-Z]")


def markup(content: Any) -> str:
    """Return components, texts and lists of them as HTML; raises TypeError for a component that is not plain HTML."""
    if content is None or content is False:
        return ""
    if isinstance(content, Component):
        return _element(content)
    if isinstance(content, str | int | float):
        return escape(str(content))
    if isinstance(content, Iterable):
        return "".join(markup(each) for each in content)
    raise TypeError(f"{type(content).__name__} is nothing that HTML could hold")


def _element(component: Component) -> str:
    if component._type in _LEFT_OUT:
        return ""
    if component._namespace != "dash_html_components":
        raise TypeError(f"{component._namespace}.{component._type} needs Dash and cannot be written as HTML")
    props: Mapping[str, Any] = component.to_plotly_json()["props"]
    if component._type == "A" and not str(props.get("href", "")).startswith("https://"):
        return ""
    tag = component._type.lower()
    opening = f"<{tag}{''.join(_attributes(props))}>"
    return opening if component._type in _EMPTY else f"{opening}{markup(props.get('children'))}</{tag}>"


def _attributes(props: Mapping[str, Any]) -> Iterable[str]:
    for name, value in props.items():
        if name == "style":
            yield f' style="{escape(_style(value))}"'
        elif value is True and name in _KEPT:
            yield f" {_NAMES.get(name, name)}"
        elif value is not False and _is_kept(name) and isinstance(value, str | int | float):
            yield f' {_NAMES.get(name, name)}="{escape(str(value))}"'


def _is_kept(name: str) -> bool:
    return name in _KEPT or name.startswith(("data-", "aria-"))


def _style(style: Mapping[str, Any]) -> str:
    parts = []
    for name, value in style.items():
        key = name if name.startswith("--") else _UPPER.sub(lambda found: f"-{found[0].lower()}", name)
        is_length = isinstance(value, int) and value and not name.startswith("--")
        parts.append(f"{key}: {value}px" if is_length else f"{key}: {value}")
    return "; ".join(parts)
