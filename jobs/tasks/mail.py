"""The task that sends a mail, tried again while the mail server does not take it."""

import logging
from datetime import UTC, datetime

import procrastinate

from services.errors import Unavailable
from services.mail import sending as mail

log = logging.getLogger("mail")
tasks = procrastinate.Blueprint()

# 2, 4, 8 ... seconds, up to half a day in all.
_RETRY = procrastinate.RetryStrategy(max_attempts=15, exponential_wait=2, retry_exceptions=[Unavailable])


@tasks.task(name="send", retry=_RETRY)
def send(sealed: str) -> None:
    """Send one mail; what it says is in no log. One that is refused for good fails, and is not tried again."""
    try:
        sent = mail.deliver(sealed, datetime.now(UTC))
    except mail.Refused as error:
        log.warning("a mail was not sent: %s", error)
        raise
    except Unavailable as error:
        log.warning("a mail waits: %s", error)
        raise
    if not sent:
        log.info("a mail was not sent: its time was over before the mail server took it")
