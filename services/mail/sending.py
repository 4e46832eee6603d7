"""Mails: worded, sealed and put into the queue, from where the workers send them."""

import json
from dataclasses import dataclass
from datetime import datetime

from data import mail, queue
from services import sealing
from services.errors import Unavailable
from services.mail.texts import Letter, as_html, as_text

QUEUE = "mail"
PRIORITY = 20


class Refused(Exception):
    """The mail server will never take this mail."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail as it lies in the queue, unsealed."""

    recipient: str
    subject: str
    plain: str
    html: str
    until: datetime | None


def post(recipient: str, letter: Letter, *, until: datetime | None = None) -> None:
    """Have a letter sent soon; one still unsent at `until` is not sent any more. Raises StorageUnavailable.

    It travels sealed: codes and links must not lie in the clear in the queue's table.
    """
    content = {
        "recipient": recipient, "subject": letter.subject, "plain": as_text(letter), "html": as_html(letter),
        "until": until.isoformat() if until else None,
    }
    queue.defer("mail:send", {"sealed": sealing.seal(json.dumps(content))}, queue=QUEUE, priority=PRIORITY)


def deliver(sealed: str, now: datetime) -> bool:
    """Send a mail from the queue; False where its time is over. Raises Unavailable, Refused and CannotUnseal."""
    posted = opened(sealed)
    if posted.until is not None and now >= posted.until:
        return False
    try:
        mail.send(posted.recipient, posted.subject, posted.plain, posted.html)
    except mail.MailUnavailable as error:
        raise Unavailable(str(error)) from None
    except mail.MailRefused as error:
        raise Refused(str(error)) from None
    return True


def opened(sealed: str) -> Posted:
    """Return a mail from the queue; raises CannotUnseal."""
    content = json.loads(sealing.unseal(sealed))
    until = datetime.fromisoformat(content.pop("until")) if content["until"] else content.pop("until")
    return Posted(**content, until=until)
