"""Mail out of the house over SMTP, in plain text and HTML."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from data import settings

_SECONDS = 20
_REFUSED_FOR_GOOD = range(500, 600)


class MailUnavailable(Exception):
    """The mail server does not answer, or not now; the same mail may be sent later."""


class MailRefused(Exception):
    """The mail server will not take this mail, now or later; the message says its code and nothing of the mail."""


def send(recipient: str, subject: str, plain: str, html: str) -> None:
    """Send one mail; raises MailUnavailable and MailRefused."""
    message = _message(recipient, subject, plain, html)
    try:
        with _server() as server:
            server.send_message(message, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as error:
        raise _judged(*next(iter(error.recipients.values()))) from None
    except smtplib.SMTPResponseException as error:
        raise _judged(error.smtp_code, error.smtp_error) from None
    except (OSError, smtplib.SMTPException) as error:
        # The text of an SMTPException may quote the mail; its kind says enough.
        raise MailUnavailable(f"the mail server does not answer ({type(error).__name__})") from None


def sender() -> str:
    """Return whom mails come from: AMPRA_MAIL_FROM, or Ampra at the host of its public address."""
    given = settings.get()
    host = urlsplit(given.web_url).hostname or "localhost"
    return given.mail_from or f"Ampra <ampra@{f'[{host}]' if _is_number(host) else host}>"


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _message(recipient: str, subject: str, plain: str, html: str) -> EmailMessage:
    name, address = parseaddr(sender())
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=address) if "[" not in address else sender()
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="ampra.invalid")
    # Asks programs that answer for absent people not to answer this.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message


def _server() -> smtplib.SMTP:
    url = urlsplit(settings.get().smtp_url)
    if not url.hostname:
        raise MailUnavailable("AMPRA_SMTP_URL is not set")
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(url.hostname, url.port or 587, timeout=_SECONDS)
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server


def _judged(code: int, _words: bytes | str) -> MailUnavailable | MailRefused:
    if code in _REFUSED_FOR_GOOD:
        return MailRefused(f"the mail server refuses this mail ({code})")
    return MailUnavailable(f"the mail server does not take this mail now ({code})")
