"""Sources from a CSV file: a dry run, then a worker makes all of them, and gives their credentials as a file, once."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html
from dash.exceptions import PreventUpdate

from components.copying import save_button
from components.icons import icon
from components.returns_cards import button, card
from components.returns_why import table
from components.source_page import said, warning
from pages._uploads import content_of
from services.people.viewer import current
from services.sources import bringing_in
from services.sources import file_import as source_import
from services.sources.file_import import Line

dash.register_page(__name__, path="/import-sources", name="Import sources", title="Import sources · Ampra")

MOST_SHOWN = 200
WATCH_MILLISECONDS = 1_000


class Ids:
    """Ids of the page."""

    FILE = "import-sources-file-upload"
    TRIED = "import-sources-dry-body"
    MAKE = "import-sources-make-button"
    MADE = "import-sources-made-body"
    WATCH = "import-sources-watch-interval"
    OFFER = "import-sources-offer-panel"
    TAKE = "import-sources-take-button"
    CREDENTIALS = "import-sources-credentials-body"


def layout(**_query: str) -> Any:
    """Return the page."""
    crumbs = [dcc.Link("Sources", href="/sources"), icon("right", 14), html.Span("Import")]
    example = "Roof,mqtt,,,38.6333,-0.8667,Europe/Madrid,5500,30,180,,yes,5.4,EUR,,,"
    template = "\n".join((",".join(source_import.COLUMNS), example, ""))
    choose = html.Div([icon("upload", 18), "Choose or drop a CSV file"], className="button")
    bar = html.Div(
        [dcc.Upload(choose, id=Ids.FILE, accept=".csv,text/csv", max_size=source_import.LARGEST_BYTES),
         save_button("ampra-sources.csv", template, "Template")],
        className="lab-bar",
    )  # fmt: skip
    words = ("One line a source; only the name is needed. Numbers with a point, days as 2024-03-01, yes or no for the "
             "battery. Nothing is made before you have seen what each line becomes.")
    return html.Div(
        [
            dcc.Interval(id=Ids.WATCH, interval=WATCH_MILLISECONDS),
            html.Nav(crumbs, className="crumbs", **{"aria-label": "Way back"}),
            html.H1("Import sources", className="page-title"),
            card("File", [html.P(words, className="dim file-words"), bar]),
            html.Div(id=Ids.TRIED),
            html.Div(button(Ids.MAKE, "Make these sources", "main", disabled=True), className="form-foot"),
            html.Div(id=Ids.MADE),
            html.Section(
                [html.Div(id=Ids.CREDENTIALS), html.Div(button(Ids.TAKE, "Show the credentials, once", symbol="lock"),
                                                         className="form-foot")],
                id=Ids.OFFER, className="gone",
            ),
        ],
        className="page",
    )


@callback(
    Output(Ids.TRIED, "children"),
    Output(Ids.MAKE, "disabled"),
    Input(Ids.FILE, "contents"),
    prevent_initial_call=True,
)
def dry_run(sent: str | None) -> Any:
    """Show what each line becomes; nothing is made."""
    if not sent:
        raise PreventUpdate
    lines = source_import.dry_run(current(), content_of(sent, "file"), datetime.now(UTC))
    wrong = [each for each in lines if each.faults]
    shown = [*wrong, *(each for each in lines if not each.faults)][:MOST_SHOWN]
    heads = ("Line", "Name", "What becomes of it")
    body = table(heads, [_row(each) for each in shown], "Lines of the file", numbers_from=len(heads))
    head = (warning(f"{len(wrong)} of {len(lines)} lines have faults", "Mend them in the file and choose it again.")
            if wrong else said(f"{len(lines)} sources can be made"))
    return card("Dry run", [head, body], subtitle="nothing is made yet"), bool(wrong)


def _row(line: Line) -> tuple[str, str, str]:
    words = "; ".join(f"{name}: {sentence}" for name, sentence in line.faults.items())
    return str(line.number), line.name, words or "a new source"


@callback(
    Output(Ids.TRIED, "children", allow_duplicate=True),
    Output(Ids.MAKE, "disabled", allow_duplicate=True),
    Output(Ids.WATCH, "disabled", allow_duplicate=True),
    Input(Ids.MAKE, "n_clicks"),
    State(Ids.FILE, "contents"),
    prevent_initial_call=True,
)
def make(clicks: int | None, sent: str | None) -> Any:
    """Have all sources of the file made."""
    if not clicks or not sent:
        raise PreventUpdate
    bringing_in.start(current(), content_of(sent, "file"), datetime.now(UTC))
    return None, True, False


@callback(
    Output(Ids.MADE, "children"),
    Output(Ids.OFFER, "className"),
    Output(Ids.WATCH, "disabled"),
    Input(Ids.WATCH, "n_intervals"),
)
def watch(_ticks: int | None) -> Any:
    """Show how far the newest file is; it goes on without this page."""
    found = bringing_in.standing(current())
    if found is None:
        return None, "gone", True
    if found.state == "failed":
        words = f"{found.error}. Choose the file again to see what is wrong."
        return card("Nothing was made", [warning("It could not be brought in", words)]), "gone", True
    if found.state == "done":
        return card(f"{found.done} sources made", [dcc.Link("To the sources", href="/sources")]), "card", True
    bar = dmc.Progress(value=100 * found.done / max(found.total, 1), size="sm", **{"aria-label": "Progress"})
    words = f"{found.done} of {found.total} made. " if found.done else "Waiting its turn. "
    words += "It goes on when you leave this page."
    return card("Making the sources", [bar, html.P(words, className="dim small")]), "gone", False


@callback(
    Output(Ids.CREDENTIALS, "children"),
    Output(Ids.TAKE, "disabled"),
    Input(Ids.TAKE, "n_clicks"),
    prevent_initial_call=True,
)
def take(clicks: int | None) -> Any:
    """Give the credentials as a file, once."""
    if not clicks:
        raise PreventUpdate
    count, file = bringing_in.take_secrets(current())
    save = save_button("ampra-credentials.csv", file, "Save credentials")
    note = warning(f"The secrets of {count} sources, shown once", "Save them now; later you can only make new ones.",
                   symbol="lock", aside=save)
    return note, True
