"""What a mother is told at the end: one of three; and what her answers before it ask for."""

import pytest

from models.check_in import Answers, Next, next_step, reports
from models.endings import Ending, Recorded, ending


@pytest.mark.parametrize(
    ("recorded_s", "clear_s", "alert", "read", "expected"),
    [
        (1200, 1100, False, False, Ending.SENT),
        (1200, None, False, False, Ending.SENT),  # not measured yet: nothing is claimed
        (1200, 720, False, False, Ending.REPEAT),  # 8 of 20 minutes are weak
        (1200, 840, False, False, Ending.SENT),
        (900, 900, False, False, Ending.REPEAT),
        (300, 300, False, True, Ending.SENT),  # the doctor has said what it is
        (1200, 1100, True, False, Ending.CALL),
        (300, 100, True, True, Ending.CALL),
    ],
)
def test_endings(
    recorded_s: float, clear_s: float | None, alert: bool, read: bool, expected: Ending
) -> None:
    assert ending(Recorded(20, recorded_s, clear_s, alert, read)) is expected


@pytest.mark.parametrize(
    ("answers", "then", "said"),
    [
        (Answers("well", "usual"), Next.RECORD, []),
        (Answers("unwell", "not yet"), Next.RECORD, []),
        (Answers("well", "less"), Next.CALL, ["reduced_movement"]),
        (Answers("well", "usual", ("fluid",)), Next.CALL, ["danger_signs"]),
        (Answers("well", "less", ("pain",)), Next.CALL, ["danger_signs", "reduced_movement"]),
    ],
)
def test_what_she_says_before(answers: Answers, then: Next, said: list[str]) -> None:
    assert next_step(answers) is then
    assert reports(answers) == said
