"""The mails that lie in the queue, read as the workers would: unsealed."""

import re

import psycopg

from data import settings
from services.mail import sending as mail
from services.mail.sending import Posted


def rows() -> list[str]:
    """The arguments of every mail in the queue, as the table holds them, oldest first."""
    with psycopg.connect(settings.get().postgres_url) as connection:
        found = connection.execute(
            "SELECT args::text FROM procrastinate_jobs WHERE task_name = 'mail:send' ORDER BY id"
        )
        return [text for (text,) in found]


def mails(recipient: str | None = None) -> list[Posted]:
    """The mails in the queue, oldest first; those to one address where it is given."""
    with psycopg.connect(settings.get().postgres_url) as connection:
        found = connection.execute(
            "SELECT args ->> 'sealed' FROM procrastinate_jobs WHERE task_name = 'mail:send' ORDER BY id"
        )
        opened = [mail.opened(sealed) for (sealed,) in found]
    return [each for each in opened if recipient in (None, each.recipient)]


def newest_code(recipient: str) -> str:
    """The code in the newest mail to an address."""
    found = re.search(r"^(\d{6})$", mails(recipient)[-1].plain, re.MULTILINE)
    assert found is not None, "the newest mail has no code"
    return found[1]


def newest_link(recipient: str) -> str:
    """The path of the link in the newest mail to an address that has one."""
    address = settings.get().web_url
    links = [found[1] for each in mails(recipient) if (found := re.search(rf"^{address}(/\S+)$", each.plain, re.M))]
    return links[-1]


def another_code(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
