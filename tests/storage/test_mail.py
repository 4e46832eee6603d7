"""Mail through the queue to a real SMTP server: sealed on the way, tried again, in two forms."""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from data import settings
from deploy.local.mail import Catcher
from deploy.local.ports import free_port
from jobs.queue import make_app
from services.mail import sending as mail
from services.mail import texts as mail_texts
from tests import posted, servers

LETTER = mail_texts.verification("407213", 10)


@contextmanager
def smtp_url(monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[None]:
    monkeypatch.setenv("AMPRA_SMTP_URL", url)
    servers.forget_settings()
    yield
    monkeypatch.undo()
    servers.forget_settings()


@contextmanager
def server(handler: object) -> Iterator[str]:
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


class Refusing:
    """Refuses every recipient for good."""

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, _envelope: Envelope, _address: str, _options: list[str]
    ) -> str:
        return "550 No such mailbox"


def work() -> None:
    async def run() -> None:
        app = make_app()
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    asyncio.run(run())


def jobs() -> list[tuple[str, int]]:
    with psycopg.connect(settings.get().postgres_url) as connection:
        return connection.execute("SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id").fetchall()


@pytest.mark.usefixtures("stores")
def test_a_mail_arrives_in_two_forms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with server(Catcher(tmp_path)) as url, smtp_url(monkeypatch, url):
        mail.post("alvarez@example.org", LETTER)
        work()
    (file,) = tmp_path.glob("*.eml")
    caught = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (caught["To"], caught["Subject"]) == ("alvarez@example.org", "Your code for Ampra")
    assert "Ampra" in caught["From"]
    plain, html = caught.get_body(("plain",)), caught.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "407213" in plain.get_content().splitlines()
    assert ">407213<" in html.get_content()


@pytest.mark.usefixtures("stores")
def test_what_a_mail_says_lies_sealed_in_the_queue() -> None:
    mail.post("alice@example.org", LETTER)
    (row,) = posted.rows()
    assert "407213" not in row
    assert "alice" not in row


@pytest.mark.usefixtures("stores")
def test_a_mail_waits_while_the_server_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with smtp_url(monkeypatch, f"smtp://127.0.0.1:{free_port()}"):
        mail.post("alice@example.org", LETTER)
        work()
    assert jobs() == [("todo", 1)]
    assert "407213" not in caplog.text
    assert "alice" not in caplog.text


@pytest.mark.usefixtures("stores")
def test_a_mail_that_is_refused_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with server(Refusing()) as url, smtp_url(monkeypatch, url):
        mail.post("nobody@example.org", LETTER)
        work()
    assert jobs() == [("failed", 1)]
    assert "refuses this mail (550)" in caplog.text
    assert "nobody" not in caplog.text


@pytest.mark.usefixtures("stores")
def test_a_code_that_is_over_is_not_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with server(Catcher(tmp_path)) as url, smtp_url(monkeypatch, url):
        mail.post("alice@example.org", LETTER, until=datetime.now(UTC) - timedelta(seconds=1))
        work()
    assert list(tmp_path.glob("*.eml")) == []
    assert jobs() == [("succeeded", 1)]


@pytest.mark.parametrize("wrong", ["mallory@example.org\nBcc: all@example.org", "a@x.org\r\nSubject: b"])
@pytest.mark.usefixtures("stores")
def test_no_header_can_be_smuggled_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: str) -> None:
    from data import mail as smtp

    with server(Catcher(tmp_path)) as url, smtp_url(monkeypatch, url), pytest.raises(ValueError, match="linefeed"):
        smtp.send(wrong, "Subject", "plain", "html")


def test_markup_in_a_letter_stays_text() -> None:
    page = mail_texts.as_html(mail_texts.invitation('https://x.example/"><script>', 7))
    assert "<script>" not in page


