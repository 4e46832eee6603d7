"""The composition root: settings, Flask server with its gate, Dash with pages and shell; gunicorn serves `server`."""

import dash

import pages
from components import shell, theme
from data import settings
from pages import _public
from web import callback_errors, shared
from web.server import create_server

server = create_server(settings.get())
app = dash.Dash(
    __name__,
    server=server,
    use_pages=True,
    pages_folder="pages",
    assets_folder="assets",
    # Those of the shared pages, which know nothing of Dash.
    assets_path_ignore=["shared"],
    title="Ampra",
    update_title="",
    index_string=theme.INDEX,
    # Pages bring their own ids; tests/house checks that every id a callback names exists.
    suppress_callback_exceptions=True,
    on_error=callback_errors.show,
    add_log_handler=False,
    # Dash takes the async road when a library of the queue brings asgiref: an event loop and a thread for each request.
    use_async=False,
)
app.layout = shell.layout
pages.install(app)
shared.show_by(_public)
