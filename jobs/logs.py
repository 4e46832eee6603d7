"""How background processes log: one line an event, to standard output."""

import logging
import sys


def configure() -> None:
    """Log at INFO and above to standard output; libraries only from WARNING on."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for library in ("procrastinate", "apscheduler", "httpx", "cmdstanpy", "prophet"):
        logging.getLogger(library).setLevel(logging.WARNING)
