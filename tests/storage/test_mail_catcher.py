"""The mail catcher keeps each mail as a file."""

import email
import email.policy
import os
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

from deploy.local import process
from deploy.local.ports import accepts, free_port, wait_for
from tests.servers import PROJECT


def test_a_mail_is_kept_as_a_file(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "mail"
    command = (sys.executable, "-m", "deploy.local.mail", "--port", str(port), "--folder", str(folder))
    child = process.Child("mail", command, dict(os.environ), PROJECT)
    running = process.start(child)
    try:
        assert wait_for(lambda: accepts("127.0.0.1", port), 15)
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "ampra@example.org", "alice@example.org", "Grüße"
        message.set_content("Guten Tag, the sun shines.\n")
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(message)
        (kept,) = folder.glob("*.eml")
        found = email.message_from_bytes(kept.read_bytes(), policy=email.policy.default)
        assert found["Subject"] == "Grüße"
        assert "the sun shines" in str(found.get_content())
    finally:
        process.stop(running, child)
    assert running.returncode == 0
