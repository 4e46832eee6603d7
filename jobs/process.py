"""How a background process begins: its log, and one sentence where its settings do not hold."""

import logging
import sys
from collections.abc import Callable

from data.settings import SettingsError

_QUIET_LIBRARIES = ("procrastinate", "apscheduler", "httpx", "cmdstanpy", "prophet")


def run(main: Callable[[], None]) -> None:
    """Log to standard output, one line an event, and run; settings that break a rule end it with one sentence."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for library in _QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)
    try:
        main()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
