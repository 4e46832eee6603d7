"""What the terminal shows: the lines of all processes as one log, each with its time and the name it comes from."""

import os
import sys
import time
from typing import TextIO

NAME_WIDTH = 9
_COLOURS = ("36", "33", "32", "35", "34", "96", "93", "92", "95", "94")


class Console:
    """Writes whole lines; falls silent when nobody reads any more."""

    def __init__(self, output: TextIO | None = None) -> None:
        self._output = output or sys.stdout
        self._has_colour = self._output.isatty() and "NO_COLOR" not in os.environ
        self._names: dict[str, str] = {}

    def line(self, name: str, text: str) -> None:
        """Show one line of one process."""
        self.say(f"{time.strftime('%H:%M:%S')} {self._shown(name)} | {text}")

    def say(self, text: str) -> None:
        """Show text as it is."""
        try:
            self._output.write(f"{text}\n")
            self._output.flush()
        except (BrokenPipeError, ValueError):
            # The reader (a pipe, a closed terminal) has gone; the installation goes on without it.
            self._output = open(os.devnull, "w")  # noqa: PTH123, SIM115

    def _shown(self, name: str) -> str:
        padded = name.ljust(NAME_WIDTH)
        if not self._has_colour:
            return padded
        colour = self._names.setdefault(name, _COLOURS[len(self._names) % len(_COLOURS)])
        return f"\033[{colour}m{padded}\033[0m"
