"""The frame around every page: header, navigation drawn from the page registry, notices; it holds nobody's data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import dcc, html

from components import theme
from components.icons import icon, logo
from components.parts import part

HEADER_PIXELS = 56
FOOTER_PIXELS = 64
RAIL_PIXELS = 64
NAVBAR_PIXELS = 216
# A place for each 72 px of a phone 360 px wide.
BOTTOM_PLACES = 5
ALL_SOURCES = "all"


class ShellIds:
    """Ids of the shell."""

    NOTICES = "shell-notices"
    PICKER = "shell-source-picker"
    ACCOUNT = "shell-account-button"
    ACCOUNT_NAME = "shell-account-text"
    ADMIN = "shell-admin-link"
    THEME = "shell-theme-store"
    DECIMAL = "shell-decimal-store"
    SCHEME = "shell-scheme-store"
    VISIBLE = "shell-visible-store"
    PAGES = "shell-pages-store"
    NAV_LINK = "shell-nav-link"
    GO = "shell-go-location"
    SECRET = "shell-secret-store"


def layout() -> Any:
    """Return the layout of the application."""
    pages = _pages()
    return dmc.MantineProvider(
        [
            dcc.Location(id=ShellIds.GO, refresh="callback-nav"),
            dcc.Store(id=ShellIds.SCHEME),
            dcc.Store(id=ShellIds.THEME),
            dcc.Store(id=ShellIds.DECIMAL),
            dcc.Store(id=ShellIds.VISIBLE, data=True),
            # A credential just made, on its way to the connection page: kept by this tab until it is reloaded.
            dcc.Store(id=ShellIds.SECRET),
            dcc.Store(id=ShellIds.PAGES, data=[_address(page) for page in pages]),
            dmc.NotificationContainer(id=ShellIds.NOTICES, position="top-right"),
            html.A("Go to the content", href="#content", className="skip-link"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header(), className="shell-header"),
                    dmc.AppShellNavbar(_navigation(pages, "side"), className="shell-side", visibleFrom="sm"),
                    dmc.AppShellMain(
                        [_outage(), html.Div(dash.page_container, id="content", className="content")],
                        className="shell-main",
                    ),
                    dmc.AppShellFooter(_navigation(pages, "bottom"), className="shell-bottom", hiddenFrom="sm"),
                ],
                header={"height": HEADER_PIXELS},
                navbar={
                    "width": {"sm": RAIL_PIXELS, "lg": NAVBAR_PIXELS},
                    "breakpoint": "sm",
                    "collapsed": {"mobile": True},
                },
                footer={"height": {"base": FOOTER_PIXELS, "sm": 0}},
                padding=0,
                transitionDuration=0,
            ),
        ],
        theme=theme.mantine(),
        defaultColorScheme="auto",
    )


def _pages() -> list[Mapping[str, Any]]:
    """Return the registered pages that belong into the navigation, in their order."""
    return [page for page in dash.page_registry.values() if page.get("icon")]


def _address(page: Mapping[str, Any]) -> dict[str, str]:
    return {"module": page["module"], "path": page["path"], "template": page.get("path_template") or ""}


def _header() -> Any:
    brand = [logo(), html.Span("Ampra", className="shell-name")]
    return [
        dcc.Link(brand, href="/", className="shell-brand", title="Ampra"),
        dmc.Select(
            id=ShellIds.PICKER,
            data=[],
            searchable=True,
            allowDeselect=False,
            placeholder="Choose a source",
            nothingFoundMessage="No source of that name",
            renderOption={"function": "sourceOption"},
            leftSection=html.Span(className="dot", **part("picker-dot")),
            leftSectionWidth=30,
            rightSection=icon("down", 16),
            rightSectionWidth=30,
            comboboxProps={"shadow": "md"},
            className="shell-picker",
            withCheckIcon=False,
            **{"aria-label": "Source"},
        ),
        html.Span(
            [
                html.Span(className="dot"),
                html.Span("", className="wide-only", **part("badge-word")),
                html.Span("", **part("badge-age")),
            ],
            className="badge status gone",
            **part("badge"),
        ),
        html.Div([_scheme_button(), _account_menu()], className="shell-right"),
    ]


def _scheme_button() -> Any:
    return html.Button(
        [icon("moon", 20, "for-light"), icon("sun", 20, "for-dark")],
        className="icon-button",
        type="button",
        title="Light or dark",
        **{"aria-label": "Switch between light and dark", "data-scheme": "toggle"},
    )


def _account_menu() -> Any:
    schemes = (("auto", "computer", "As the system"), ("light", "sun", "Light"), ("dark", "moon", "Dark"))
    return dmc.Menu(
        [
            dmc.MenuTarget(
                html.Button(
                    "", id=ShellIds.ACCOUNT, className="avatar", type="button", title="Account",
                    **{"aria-label": "Account"},
                )
            ),
            dmc.MenuDropdown(
                [
                    html.Div(id=ShellIds.ACCOUNT_NAME, className="menu-head"),
                    dmc.MenuDivider(),
                    dcc.Link([icon("sliders", 18), "Settings"], href="/settings", className="menu-item"),
                    dcc.Link(
                        [icon("shield", 18), "Administration"], id=ShellIds.ADMIN, href="/admin",
                        className="menu-item gone",
                    ),
                    dmc.MenuDivider(),
                    dmc.MenuLabel("Colours"),
                    *[_scheme_choice(*each) for each in schemes],
                    dmc.MenuDivider(),
                    html.Form(
                        html.Button([icon("sign-out", 18), "Sign out"], type="submit", className="menu-item"),
                        action="/sign-out",
                        method="POST",
                    ),
                ]
            ),
        ],
        position="bottom-end",
        width=240,
        shadow="md",
        keepMounted=True,
    )


def _scheme_choice(choice: str, symbol: str, words: str) -> Any:
    return html.Button([icon(symbol, 18), words], className="menu-item", type="button", **{"data-scheme": choice})


def account_words(name: str, email: str) -> list[Any]:
    """Return the head of the account menu."""
    return [html.Div(name, className="strong"), html.Div(email if email != name else "", className="dim")]


def initials(name: str) -> str:
    """Return one or two letters for a person."""
    words = name.split("@")[0].replace(".", " ").split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def _navigation(pages: Iterable[Mapping[str, Any]], place: str) -> Any:
    """The links to all pages; the bottom bar has room for the first few, and a menu for the others."""
    # What few people may is, on a phone, in the account menu.
    shown = [page for page in pages if place == "side" or not page.get("permission")]
    direct = shown if place == "side" or len(shown) <= BOTTOM_PLACES else shown[: BOTTOM_PLACES - 1]
    links = [_nav_link(page, place) for page in direct]
    more = [_nav_link(page, place) for page in shown[len(direct) :]]
    rest = [_more_menu(more)] if more else []
    return html.Nav([*links, *rest], className=f"nav {place}", **{"aria-label": "Pages"})


def _nav_link(page: Mapping[str, Any], place: str) -> Any:
    return dcc.Link(
        [icon(page["icon"], 20), html.Span(page["name"], className="nav-name")],
        id={"type": ShellIds.NAV_LINK, "place": place, "page": page["module"]},
        href="/" if page.get("path_template") else page["path"],
        className="nav-link",
        title=page["name"],
        style=nav_style(page, frozenset()),
    )


def _more_menu(links: Sequence[Any]) -> Any:
    words = [icon("more", 20), html.Span("More", className="nav-name")]
    target = html.Button(words, className="nav-link", type="button")
    # Mounted also while it is closed: the links are kept up to date with the others.
    return dmc.Menu(
        [dmc.MenuTarget(target), dmc.MenuDropdown(html.Nav(links, **{"aria-label": "More pages"}))],
        position="top-end",
        # The bar is fixed, and so must be what opens from it.
        floatingStrategy="fixed",
        width=220,
        shadow="md",
        keepMounted=True,
    )


def nav_style(page: Mapping[str, Any], permissions: frozenset[str]) -> dict[str, str]:
    """Return the style of a link: one to a page that needs any of some permissions is only there for who has one."""
    needed = page.get("permission")
    return {} if not needed or permissions & set(needed) else {"display": "none"}


def _outage() -> Any:
    return html.Div(
        [
            icon("offline", 20),
            html.Span("Ampra does not answer. What you see may be old; the page goes on by itself once it does."),
        ],
        className="outage",
        role="alert",
    )
