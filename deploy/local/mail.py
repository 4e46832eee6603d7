"""The embedded mail catcher: keeps every mail Ampra sends as a file to look at; none leaves the machine."""

import argparse
import asyncio
import email
import email.policy
import logging
import secrets
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL_BYTES = 32 * 1024 * 1024

log = logging.getLogger("mail")


class Catcher:
    """Keeps each mail in `folder` as `<time>-<random>.eml`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one mail (the name is aiosmtpd's)."""
        content = envelope.original_content or b""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.eml"
        scratch = self._folder / f".{name}"
        try:
            scratch.write_bytes(content)
            scratch.rename(self._folder / name)
        except OSError as error:
            log.error("a mail could not be kept: %s", error.strerror)
            return "452 Insufficient system storage"
        subject = email.message_from_bytes(content, policy=email.policy.default)["Subject"]
        log.info("mail to %s: %s (%s)", ", ".join(map(str, envelope.rcpt_tos)), subject, self._folder / name)
        return "250 Kept"


async def serve(port: int, folder: Path) -> None:
    """Take mail at `port` until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    catcher = Catcher(folder)

    def session() -> Any:
        return SMTP(catcher, data_size_limit=LARGEST_MAIL_BYTES, enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(session, "127.0.0.1", port)
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, ended.set)
    await ended.wait()
    server.close()


def main() -> None:
    """Run the catcher."""
    parser = argparse.ArgumentParser(description="Ampra's mail catcher.")
    parser.add_argument("--port", required=True, type=int, help="port to listen on")
    parser.add_argument("--folder", required=True, type=Path, help="where mails are kept")
    given = parser.parse_args()
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    asyncio.run(serve(given.port, given.folder))


if __name__ == "__main__":
    main()
