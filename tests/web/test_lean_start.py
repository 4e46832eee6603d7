"""What a web process may not import before somebody asks for it: libraries of rare pages, in each of many processes."""

import subprocess
import sys

from tests.servers import PROJECT

RARE = (
    "PIL.Image", "authlib", "fsspec", "holidays", "httpx", "openpyxl", "pvlib", "requests", "scipy", "segno",
    "timezonefinder", "xlsxwriter",
)
SAY = f"import sys, app; print(*sorted(set({RARE!r}) & set(sys.modules)))"


def test_a_first_page_needs_no_rare_library(migrated: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", SAY], cwd=PROJECT, env={"PATH": "/usr/bin:/bin", **migrated},
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
