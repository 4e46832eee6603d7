"""How a background process begins: its log, and one sentence where its settings do not hold."""

import sys
from collections.abc import Callable

from data.settings import SettingsError
from services import error_reports, logs


def run(main: Callable[[], None]) -> None:
    """Log to standard output, one line an event, and run; settings that break a rule end it with one sentence."""
    logs.configure()
    try:
        error_reports.start()
        main()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
