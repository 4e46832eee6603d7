"""Makes `.venv` and installs the pinned requirements; does nothing while they are unchanged."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
SETS = {"run": ("requirements.txt",), "test": ("requirements.txt", "requirements-dev.txt")}
NEEDED = (3, 11)


def main() -> int:
    """Install one set (`run` or `test`); one sentence when that cannot be."""
    if sys.version_info < NEEDED:
        return _fail(f"Ampra needs Python 3.11 or newer and this is {sys.version.split()[0]} ({sys.executable}).")
    chosen = sys.argv[1] if len(sys.argv) > 1 else "run"
    files = [PROJECT / name for name in (*SETS[chosen], "constraints.txt")]
    stamp, wanted = VENV / f".installed-{chosen}", _hash(files)
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return 0
    if not _works() and not _make():
        return _fail("The virtual environment .venv could not be made: install Python's venv module (python3-venv).")
    print(f"Installing {' and '.join(SETS[chosen])} into .venv; the first time takes some minutes.", flush=True)
    if subprocess.run(_pip(SETS[chosen]), cwd=PROJECT, check=False).returncode:
        return _fail("The requirements could not be installed: pip's words above say why.")
    stamp.write_text(wanted)
    return 0


def _hash(files: list[Path]) -> str:
    # The interpreter belongs to it: another minor version needs other wheels.
    parts = [sys.version[:4].encode(), *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _works() -> bool:
    """Whether there is an environment whose Python runs (it does not after the folder was moved or Python replaced)."""
    try:
        return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make() -> bool:
    shutil.rmtree(VENV, ignore_errors=True)
    return subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode == 0


def _pip(names: tuple[str, ...]) -> list[str]:
    listed = [word for name in names for word in ("-r", name)]
    quiet = ["-qq", "--progress-bar", "off", "--disable-pip-version-check", "--no-input"]
    return [str(PYTHON), "-m", "pip", "install", *quiet, "-c", "constraints.txt", *listed]


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
