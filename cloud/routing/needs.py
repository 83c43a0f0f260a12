"""What a hospital must have for this mother. One table; pure.

| she                                   | the hospital needs                        | source |
|---------------------------------------|-------------------------------------------|--------|
| risk yellow, orange or red, or purple | level 2 or more                           | FIELD §7; Chinese risk rules 2017 (国卫妇幼发〔2017〕35号): yellow and above at a second-level hospital |
| before 34 weeks                       | a NICU                                    | late preterm begins at 34+0 (Raju 2006, NICHD workshop); earlier ones often need intensive care. AAP 2012 asks for level III below 32 weeks |
| risk orange or red                    | a blood bank                              | ours: the same rules send these to centres for critical mothers, which have one |

A risk that was never assessed asks for nothing, as a green one, and the plan says so. A gestation
that is not known asks for nothing: a wrong "no NICU" would send every such mother to the centre's
call list.
"""  # noqa: E501 - a table

from dataclasses import dataclass
from typing import Any

from cloud.store.people import NOT_ASSESSED, Mother

RAISED_RISK = ("yellow", "orange", "red")  # of the Chinese five colours; purple is a flag
BLOOD_RISK = ("orange", "red")
LEVEL_AT_RISK = 2
NICU_BELOW_WEEKS = 34
TERM_WEEKS = 37  # before it a NICU is not asked for, but whether there is one is said

NEEDS_LEVEL = "her risk colour asks for level %(level)s"
UNKNOWN_RISK = "her risk was never assessed: a hospital of any level may be asked"
NEEDS_NICU = "%(weeks)s weeks: asks for a hospital with a NICU"
BEFORE_TERM = "%(weeks)s weeks: before term"
NEEDS_BLOOD = "her risk colour asks for a blood bank"


@dataclass(frozen=True)
class Needs:
    level: int
    nicu: bool
    blood_bank: bool
    notes: tuple[dict[str, Any], ...]  # {"text": msgid, "args": {...}} each


def needs_of(mother: Mother, weeks: int | None) -> Needs:
    """`weeks` of gestation completed; None: not known."""
    level = LEVEL_AT_RISK if mother.purple or mother.risk in RAISED_RISK else 1
    nicu = weeks is not None and weeks < NICU_BELOW_WEEKS
    blood_bank = mother.risk in BLOOD_RISK
    said: tuple[tuple[bool, str, dict[str, Any]], ...] = (
        (level > 1, NEEDS_LEVEL, {"level": level}),
        (level == 1 and mother.risk == NOT_ASSESSED, UNKNOWN_RISK, {}),
        (nicu, NEEDS_NICU, {"weeks": weeks}),
        (not nicu and weeks is not None and weeks < TERM_WEEKS, BEFORE_TERM, {"weeks": weeks}),
        (blood_bank, NEEDS_BLOOD, {}),
    )
    notes = tuple({"text": text, "args": args} for holds, text, args in said if holds)
    return Needs(level, nicu, blood_bank, notes)
