"""Values to copy: read-only fields with a copy button, secrets behind an eye, blocks of code, and files to save."""

from typing import Any

from dash import html

from components.icons import icon


def copy_field(label: str, value: str, *, is_secret: bool = False) -> Any:
    """Return a labelled value with its copy button; a secret stands out and can be hidden."""
    value_class = "copy-value secret" if is_secret else "copy-value"
    shown: list[Any] = [html.Code(value, className="copy-text")]
    if is_secret:
        eye = {"aria-label": "Hide or show", "data-reveal": ""}
        shown.append(html.Button(icon("eye", 18), className="icon-button", type="button", title="Hide or show", **eye))
    row = [html.Div(shown, className=value_class), copy_button(value, f"Copy {label.lower()}", is_main=is_secret)]
    head = html.Div(label, className="input-label")
    return html.Div([head, html.Div(row, className="copy-row")], className="copy-field")


def copy_button(value: str, words: str, *, is_main: bool = False, label: str = "") -> Any:
    """Return a button that copies a text; with a label it shows it beside the icon."""
    kind = "main" if is_main else ""
    about = {"aria-label": words, "data-copy": value}
    if label:
        return html.Button([icon("copy", 16), label], className=f"button {kind}", type="button", **about)
    shape = f"icon-button framed {kind}"
    return html.Button(icon("copy", 18), className=shape, type="button", title=words, **about)


def save_button(name: str, content: str, words: str) -> Any:
    """Return a button that saves a text as a file."""
    about = {"data-save": name, "data-content": content}
    return html.Button([icon("download", 16), words], className="button", type="button", **about)


def code_block(text: str) -> Any:
    """Return a command or configuration as it is pasted."""
    return html.Pre(html.Code(text), className="code-block", tabIndex=0)
