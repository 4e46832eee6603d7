"""A MongoDB on a small disk of its own that can be filled: a file system in memory that only its processes see."""

import secrets
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Any

from deploy.local import mongo, process
from deploy.local.ports import free_port, wait_for

MEGABYTES = 1500
# Mounts in a name space of its own, as any account may; then makes and removes the ballast as its input says.
_SHELL = """
mount -t tmpfs -o size={size}m,mode=0777 tmpfs {disk} || exit 1
mkdir -p {disk}/data
while read -r word; do
  case $word in
    start) {command} & echo $! >{pid} ;;
    fill) dd if=/dev/zero of={disk}/ballast bs=1M >/dev/null 2>&1; echo filled >>{log}; ;;
    clear) rm -f {disk}/ballast; echo cleared >>{log}; ;;
  esac
done
"""


@cache
def is_possible() -> bool:
    """Return whether this account may mount a file system in a name space of its own."""
    tried = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]
    try:
        return subprocess.run(tried, capture_output=True, check=False, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def small_mongo(folder: Path) -> tuple[str, "SmallDisk"]:
    """A MongoDB whose files lie on such a disk; gives its URL too."""
    return (disk := SmallDisk(folder)).url, disk


class SmallDisk:
    """The server and its disk, which lives as long as the shell that mounted it."""

    def __init__(self, folder: Path) -> None:
        self._port, password = free_port(), secrets.token_hex(24)
        self.url = mongo.url(self._port, password)
        self._disk, self._pid_file, self._log = folder / "small-disk", folder / "mongod.pid", folder / "disk.log"
        self._disk.mkdir()
        child = mongo.prepare(folder / "mongo", self._port, password)
        # The same server as always, its data on the small disk.
        data = str(folder / "mongo")
        command = " ".join(each.replace(data, f"{self._disk}/data") if each == data else each for each in child.command)
        script = _SHELL.format(size=MEGABYTES, disk=self._disk, command=command, pid=self._pid_file, log=self._log)
        self._shell: subprocess.Popen[str] = subprocess.Popen(
            ["unshare", "-rm", "sh", "-c", script], stdin=subprocess.PIPE, text=True,
            stdout=(folder / "mongo.log").open("ab"), stderr=subprocess.STDOUT, start_new_session=True,
        )
        self._is_wanted = False

    @property
    def pid(self) -> int | None:
        """The server's process, None where there is none yet."""
        return int(self._pid_file.read_text()) if self._pid_file.exists() and self._pid_file.read_text() else None

    def start(self) -> None:
        self._is_wanted = True
        self._tell("start")
        if not wait_for(lambda: mongo.is_ready(self._port), 60):
            raise RuntimeError("MongoDB on the small disk did not start")

    def stop(self) -> None:
        if not self._is_wanted:
            self._end_shell()
            return
        self._is_wanted = False
        if (pid := self.pid) is not None:
            subprocess.run(["kill", str(pid)], check=False)
            wait_for(lambda: not Path(f"/proc/{pid}").exists(), 30)

    def fill(self) -> None:
        """Take every byte that is left."""
        self._tell("fill")

    def clear(self) -> None:
        """Give them back."""
        self._tell("clear")

    def look_after(self) -> None:
        """Start the server again where it gave up, as a service manager does."""
        pid = self.pid
        if self._is_wanted and pid is not None and not _is_alive(pid):
            time.sleep(1)
            self._tell("start")

    def _tell(self, word: str) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{word}\n")
        self._shell.stdin.flush()

    def _end_shell(self) -> None:
        process.end_now(self._shell)


def _is_alive(pid: int) -> bool:
    try:
        state: Any = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
