"""What was found, brought, known already and left out, kind by kind, for the person who brings it."""

from collections import Counter
from dataclasses import dataclass, field


class Refused(Exception):
    """The original cannot be taken over as it is; the message is one sentence, and nothing was changed."""


@dataclass(slots=True)
class Tally:
    """One kind of thing: how many were found, are new here, were here already; and why others were left out."""

    found: int = 0
    brought: int = 0
    known: int = 0
    left: Counter[str] = field(default_factory=Counter)

    def leave(self, reason: str, count: int = 1) -> None:
        """Count what is left out, by the reason."""
        if count:
            self.left[reason] += count

    def put(self, given: int, new: int) -> None:
        """Count what was handed to the store, of which some was new."""
        self.brought += new
        self.known += given - new


@dataclass(slots=True)
class Report:
    """All tallies by kind, in the order in which things came, and notes on what came otherwise than it was."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    def of(self, kind: str, found: int = 0) -> Tally:
        """Return the tally of a kind, with so many more found."""
        tally = self.tallies.setdefault(kind, Tally())
        tally.found += found
        return tally

    def note(self, sentence: str, count: int = 1) -> None:
        """Count what came otherwise than it was."""
        if count:
            self.notes[sentence] += count

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        lines = [f"{'':<16}{'found':>10}{'new':>10}{'known':>10}{'left out':>10}"]
        for kind, each in self.tallies.items():
            left = sum(each.left.values())
            lines.append(f"{kind:<16}{each.found:>10,}{each.brought:>10,}{each.known:>10,}{left:>10,}")
        lines += [f"  {count:,} {kind} left out: {reason}" for kind, each in self.tallies.items()
                  for reason, count in sorted(each.left.items())]
        return lines + [f"  {count:,} {sentence}" for sentence, count in sorted(self.notes.items())]
