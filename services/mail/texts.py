"""What mails say, and how a letter becomes plain text and HTML."""

from dataclasses import dataclass
from html import escape

_STYLE = "font:16px/24px -apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#1B2430"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is formatted: paragraphs, and in their middle a code or a link to press."""

    subject: str
    paragraphs: tuple[str, ...]
    code: str | None = None
    link: tuple[str, str] | None = None
    closing: tuple[str, ...] = ()


def verification(code: str, minutes: int) -> Letter:
    """The code that proves an address."""
    return Letter(
        "Your code for Ampra",
        ("This code proves that the address is yours:",),
        code=code,
        closing=(f"It is good for {minutes} minutes. If you did not ask for it, nothing needs to be done.",),
    )


def already_registered(sign_in_url: str, forgotten_url: str) -> Letter:
    """To the owner of an address that somebody registers again."""
    return Letter(
        "You already have an account at Ampra",
        ("Somebody, perhaps you, just tried to make an account with this address. There is one already.",),
        link=("Sign in", sign_in_url),
        closing=(f"Forgotten the password? {forgotten_url}", "If it was not you, nothing needs to be done."),
    )


def reset(link: str, minutes: int) -> Letter:
    """The link for a new password."""
    return Letter(
        "A new password for Ampra",
        ("Press this to choose a new password. It works once.",),
        link=("Choose a new password", link),
        closing=(f"It is good for {minutes} minutes. If you did not ask for it, nothing needs to be done.",),
    )


def new_address(link: str, minutes: int) -> Letter:
    """The link that proves a new address of an account."""
    return Letter(
        "Your new address at Ampra",
        ("Press this to use the address for your account. Everybody else who is signed in to it will be signed out.",),
        link=("Use this address", link),
        closing=(f"It is good for {minutes} minutes. If you did not ask for it, nothing needs to be done.",),
    )


def invitation(link: str, days: int) -> Letter:
    """The link by which somebody invited makes an account."""
    return Letter(
        "An invitation to Ampra",
        ("You were invited to make an account at Ampra, a home for solar installations.",),
        link=("Make an account", link),
        closing=(f"The invitation is good for {days} days.",),
    )


def shared_with_you(name: str, link: str) -> Letter:
    """The invitation to look at somebody's source or group."""
    return Letter(
        "Somebody shares a solar installation with you",
        (f"You were invited to “{name}” at Ampra. Sign in with this address, or make an account with it, to accept.",),
        link=("See the invitation", link),
        closing=("If you do not know who that is, nothing needs to be done.",),
    )


def changed(what: str) -> Letter:
    """The notice that something important about an account changed."""
    return Letter(
        f"{what} changed at Ampra",
        (f"{what} of your account was just changed, and other sessions were signed out.",),
        closing=("If it was not you, ask whoever runs this Ampra for help at once.",),
    )


def as_text(letter: Letter) -> str:
    """Return a letter as plain text."""
    middle = [letter.code] if letter.code else []
    middle += [letter.link[1]] if letter.link else []
    return "\n\n".join([*letter.paragraphs, *middle, *letter.closing]) + "\n"


def as_html(letter: Letter) -> str:
    """Return a letter as HTML that needs nothing from elsewhere."""
    parts = [_paragraph(each) for each in letter.paragraphs]
    if letter.code:
        parts.append(f'<p style="font-size:32px;line-height:40px;font-weight:700;letter-spacing:6px">{letter.code}</p>')
    if letter.link:
        words, address = letter.link
        button = "display:inline-block;padding:12px 20px;border-radius:8px;background:#1B2430;color:#FFFFFF"
        parts.append(
            f'<p><a href="{escape(address)}" style="{button};text-decoration:none;font-weight:600">'
            f"{escape(words)}</a></p>" + _paragraph(address)
        )
    parts += [_paragraph(each) for each in letter.closing]
    body = "".join(parts)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(letter.subject)}</title></head>'
        f'<body style="{_STYLE}">{body}</body></html>'
    )


def _paragraph(text: str) -> str:
    return f'<p style="overflow-wrap:anywhere">{escape(text)}</p>'
