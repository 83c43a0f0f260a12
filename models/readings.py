"""The life of one reading: a doctor says what a strip shows. No I/O and no clock.

    take        a reader takes it: of the mother's own hospital, or of the centre
    give back   it goes back to the queue, unread or read; what was said is kept
    take over   another takes it from a reader who is late: only after the deadline
    read        the reader's own class is saved; only then a blind reader sees the machine's
    raise       the level of attention is raised: the centre's experts are asked, and why
    sign        the one who has read it signs, and writes the words to the mother
    tell        the signed words are on the mother's page and in the clinic

Time ends nothing: past its deadline a reading is overdue, which is shown and counted, and the
centre is reminded once. A signed reading holds for every member.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from models import journeys
from models.verdict import Verdict


class Phase(Enum):
    WANTED = "wanted"
    TAKEN = "taken"
    READ = "read"
    RAISED = "raised"  # an expert of the centre is wanted
    EXPERT = "expert"  # an expert has it
    EXPERT_READ = "expert read"
    SIGNED = "signed"
    TOLD = "told"


TRANSITIONS = {
    (Phase.WANTED, "take"): Phase.TAKEN,
    (Phase.WANTED, "raise"): Phase.RAISED,
    (Phase.TAKEN, "give back"): Phase.WANTED,
    (Phase.TAKEN, "take over"): Phase.TAKEN,
    (Phase.TAKEN, "read"): Phase.READ,
    (Phase.TAKEN, "raise"): Phase.RAISED,
    (Phase.READ, "give back"): Phase.WANTED,
    (Phase.READ, "take over"): Phase.TAKEN,
    (Phase.READ, "raise"): Phase.RAISED,
    (Phase.READ, "sign"): Phase.SIGNED,
    (Phase.RAISED, "take"): Phase.EXPERT,
    (Phase.EXPERT, "give back"): Phase.RAISED,
    (Phase.EXPERT, "take over"): Phase.EXPERT,
    (Phase.EXPERT, "read"): Phase.EXPERT_READ,
    (Phase.EXPERT_READ, "give back"): Phase.RAISED,
    (Phase.EXPERT_READ, "take over"): Phase.EXPERT,
    (Phase.EXPERT_READ, "sign"): Phase.SIGNED,
    (Phase.SIGNED, "tell"): Phase.TOLD,
}
EVENTS = tuple(dict.fromkeys(event for _, event in TRANSITIONS))
OPEN = frozenset(phase for phase, event in TRANSITIONS if event != "tell")  # somebody must act
QUEUED = frozenset(phase for phase, event in TRANSITIONS if event == "take")  # nobody has it
HELD = frozenset(phase for phase, event in TRANSITIONS if event == "give back")
UNREAD = frozenset(phase for phase, event in TRANSITIONS if event == "read")  # the holder is blind
OF_EXPERTS = frozenset((Phase.RAISED, Phase.EXPERT, Phase.EXPERT_READ))
DONE = frozenset((Phase.SIGNED, Phase.TOLD))


class Class(Enum):
    """What a reader says of a strip."""

    NORMAL = "normal"
    SUSPICIOUS = "suspicious"
    PATHOLOGICAL = "pathological"
    UNREADABLE = "unreadable"  # cannot be read


OF_MACHINE = {  # the machine's verdicts in the readers' classes
    Verdict.NORMAL.value: Class.NORMAL,
    Verdict.SUSPICIOUS.value: Class.SUSPICIOUS,
    Verdict.PATHOLOGICAL.value: Class.PATHOLOGICAL,
    Verdict.UNKNOWN.value: Class.UNREADABLE,
}

# How soon it is to be signed. A pathological strip is a matter of minutes, and its alert has called
# somebody already: the reading is the second look. Our design, to be agreed on in each consortium.
DEADLINES_MIN = {"urgent": 15, "soon": 60, "routine": 240}
_BY_VERDICT = {Verdict.PATHOLOGICAL.value: "urgent", Verdict.SUSPICIOUS.value: "soon"}

FEATURES = {  # what a reader may say of each feature; the baseline is a number
    "variability": ("absent", "minimal", "moderate", "marked"),  # NICHD 2008
    "accelerations": ("present", "absent"),
    "decelerations": ("none", "early", "late", "variable", "prolonged"),
}


@dataclass(frozen=True)
class Sentence:
    """Plain words for a mother: the classes of the doctor with which they may be chosen, and those
    with which they are usual. The machine's result chooses none."""

    text: str  # gettext message id
    classes: frozenset[Class]
    usual: frozenset[Class] = frozenset()


_ALL = frozenset(Class)
_GOOD, _DOUBT, _BAD, _UNCLEAR = (frozenset((one,)) for one in Class)
SENTENCES: Mapping[str, Sentence] = {
    "good": Sentence("Your baby's heartbeat looks good in this recording.", _GOOD, _GOOD),
    "as_planned": Sentence("Go on with your recordings as planned.", _GOOD, _GOOD),
    "look_again": Sentence(
        "One part of this recording needs another look. This is often harmless.", _DOUBT, _DOUBT
    ),
    "unclear": Sentence(
        "The signal was not clear enough to say something about your baby. This does not mean "
        "that anything is wrong.",
        _UNCLEAR,
        _UNCLEAR,
    ),
    "again_today": Sentence(
        "Please make another recording today.", _DOUBT | _UNCLEAR, _DOUBT | _UNCLEAR
    ),
    "come_today": Sentence("Please come to the hospital today.", _ALL - _GOOD),
    "come_now": Sentence("Please come to the hospital now. We are expecting you.", _BAD, _BAD),
    "we_call": Sentence("We will call you.", _ALL, _BAD),
    "movements": Sentence(
        "If your baby moves less than usual, or you bleed, lose fluid or have pain, call at once.",
        _ALL,
        _ALL,
    ),
}


def after(phase: Phase, event: str) -> Phase:
    """The phase that follows. NotAllowed when the table has no such row."""
    return journeys.after(TRANSITIONS, phase, event)


def priority_of(verdict: str | None, open_high_alert: bool) -> str:
    """By the machine's verdict (None: there is none) and the recording's alerts.

    >>> priority_of("suspicious", False), priority_of("unknown", True), priority_of(None, False)
    ('soon', 'urgent', 'routine')
    """
    return "urgent" if open_high_alert else _BY_VERDICT.get(verdict or "", "routine")


def deadline_ms(priority: str, from_ms: int) -> int:
    return from_ms + DEADLINES_MIN[priority] * 60_000


def more_urgent(one: str, other: str) -> str:
    return min(one, other, key=DEADLINES_MIN.__getitem__)


def is_overdue(phase: Phase, deadline_ms: int | None, now_ms: int) -> bool:
    return phase in OPEN and deadline_ms is not None and now_ms >= deadline_ms


def fits(sentence_id: str, said: Class) -> bool:
    """Whether these words may go to a mother whose strip was read so."""
    sentence = SENTENCES.get(sentence_id)
    return sentence is not None and said in sentence.classes


def mermaid() -> str:
    return journeys.mermaid(TRANSITIONS)
