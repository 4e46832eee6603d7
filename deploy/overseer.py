"""`python -m deploy.overseer`: makes the first Overseer where there is none yet; part of every start."""

import logging
import sys

from data import settings
from services.errors import Invalid
from services.people import accounts


def main() -> int:
    """Make the account of AMPRA_ADMIN_EMAIL and AMPRA_ADMIN_PASSWORD; one sentence when they break a rule."""
    given = settings.get()
    try:
        made = accounts.ensure_overseer(given.admin_email, given.admin_password)
    except Invalid as error:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in error.errors.items())
        sys.stdout.write(f"AMPRA_ADMIN_EMAIL or AMPRA_ADMIN_PASSWORD cannot be used ({reasons}).\n")
        return 1
    if made is not None:
        sys.stdout.write(f"{made.email} is the first Overseer.\n")
    return 0


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING)
    sys.exit(main())
