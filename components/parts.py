"""What one refresh changes on a page drawn once: texts, classes and CSS variables of named parts, nothing else."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Parts:
    """Changes by the name of a part (its `data-part`), applied by `assets/live.js`; parts not named stay."""

    texts: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    sparks: dict[str, str] = field(default_factory=dict)

    def text(self, part: str, value: str) -> None:
        """Set the text of a part."""
        self.texts[part] = value

    def mark(self, part: str, *classes: str) -> None:
        """Set the state classes of a part; what it was drawn with stays."""
        self.classes[part] = " ".join(each for each in classes if each)

    def variable(self, part: str, name: str, value: float) -> None:
        """Set a CSS variable of a part."""
        self.variables.setdefault(part, {})[f"--{name}"] = f"{value:.4g}"

    def spark(self, part: str, path: str) -> None:
        """Set the curve of a spark line."""
        self.sparks[part] = path

    def as_dict(self) -> dict[str, Any]:
        """Return the changes as plain values for a `dcc.Store`."""
        return {"texts": self.texts, "classes": self.classes, "variables": self.variables, "sparks": self.sparks}


def part(name: str) -> dict[str, str]:
    """Return the attribute that names a part, for `**` in a component."""
    return {"data-part": name}
