"""What an analysis says: one of four verdicts, and reasons that point at the strip."""

from dataclasses import dataclass
from enum import Enum

Argument = int | float | str


class Verdict(Enum):
    NORMAL = "normal"
    SUSPICIOUS = "suspicious"
    PATHOLOGICAL = "pathological"
    UNKNOWN = "unknown"  # the signal does not allow a verdict


@dataclass(frozen=True)
class Reason:
    """One sentence and where it holds. `text` is a gettext message id with %(name)s fields."""

    text: str
    args: dict[str, Argument]
    start_s: float
    end_s: float
    rule: str

    def to_json(self) -> dict[str, object]:
        return {
            "text": self.text,
            "args": self.args,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "rule": self.rule,
        }
