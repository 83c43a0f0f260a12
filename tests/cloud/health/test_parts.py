"""The clock's steps and the fields of a log line: pure."""

import json
import logging

import pytest

from cloud.health.clock import REMEMBERED_S, ClockWatch
from cloud.health.logs import JsonLine, set_up


@pytest.mark.parametrize("step_s", [3600.0, -5.0])
def test_a_clock_that_is_set_is_noticed_for_a_minute(step_s: float) -> None:
    timer_s = [100.0]
    watch = ClockWatch(lambda: timer_s[0])
    now_ms = 1_790_000_000_000
    for _ in range(5):
        watch.look(now_ms)
        now_ms += 2000
        timer_s[0] += 2.0
    assert watch.step_s == 0
    now_ms += round(step_s * 1000)
    watch.look(now_ms)
    assert watch.step_s == pytest.approx(step_s)
    timer_s[0] += REMEMBERED_S
    assert watch.step_s == 0


def line(message: str, *args: object) -> dict[str, object]:
    record = logging.LogRecord("cloud.x", logging.WARNING, "x.py", 1, message, args, None)
    found: dict[str, object] = json.loads(JsonLine().format(record))
    return found


def test_ids_are_fields() -> None:
    said = line("alert %d of recording %d: %s", 7, 12, "raised")
    assert said["event"] == "alert 7 of recording 12: raised"
    assert (said["alert"], said["recording"]) == (7, 12)
    assert "error" not in said and said["level"] == "warning"
    said = line("%d %% of message %d: %s failed", 10, 3, "sms")
    assert said["message"] == 3 and "recording" not in said


def test_one_line_each_with_the_error() -> None:
    try:
        raise OSError("the disk")
    except OSError:
        record = logging.LogRecord(
            "x", 40, "x.py", 1, "bad\nthing", (), __import__("sys").exc_info()
        )
    text = JsonLine().format(record)
    assert "\n" not in text and "the disk" in json.loads(text)["error"]


def test_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCINA_LOG", "xml")
    with pytest.raises(ValueError, match=r"LUCINA_LOG = 'xml': must be text or json"):
        set_up()
