"""What the page of an analysis says of a recording that is shorter than its windows."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import numpy as np

from cloud import findings
from cloud.deps import Principal
from cloud.render import environment
from models.analysis import analyse
from models.synth import synthetic
from models.trace import FS_HZ

SECONDS = 300


def page_of(depth_bpm: list[tuple[float, float]]) -> str:
    """The words for five minutes with falls of 70 bpm about these (second, width) each."""
    trace, _ = synthetic(3, SECONDS // 60, "normal")
    second = np.arange(len(trace.fhr_bpm)) / FS_HZ
    falls = [70 * np.exp(-(((second - at) / wide) ** 2)) for at, wide in depth_bpm]
    rate = (trace.fhr_bpm - sum(falls)).astype(trace.fhr_bpm.dtype)
    document = analyse(replace(trace, fhr_bpm=rate)).to_json()
    return words_of({**document, "at_s": SECONDS, "provisional_from_s": SECONDS, "revised": []})


def words_of(found: dict[str, Any]) -> str:
    html = environment("en").get_template("analysis.html").render(
        who=Principal("centre", 1), language="en", large=False, languages={}, demo=False,
        path="/", sections=[], found=found, findings=findings, groups=findings.groups,
        ranked=findings.ranked, place_of=findings.place_of,
    )  # fmt: skip
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", html)))


def test_no_window_is_claimed_that_was_not_recorded() -> None:
    words = page_of([(10, 45)])
    for name in ("Baseline", "Variability", "Oscillations"):
        assert re.search(rf"{name} of the last 5 min \d", words), words
    assert "last 10 min" not in words
    assert "last 30 min" not in words
    assert "beginning not recorded" in words


def test_variability_of_too_little_is_not_told() -> None:
    words = page_of([(30, 25), (200, 30)])
    few = "(fewer than 2 min outside of accelerations and decelerations)"
    assert f"Variability of the last 5 min – {few}" in words


def test_no_result_reassures_beside_a_long_deceleration_that_it_does_not_speak_of() -> None:
    trace, _ = synthetic(3, 66, "normal")
    fall = {"start_s": 300.0, "end_s": 757.0, "nadir_bpm": 41.0, "kind": "prolonged"}
    late = {"start_s": 900.0, "end_s": 960.0, "nadir_bpm": 110.0, "kind": "late"}
    known = analyse(trace.window(360, 3960)).to_json()
    found = {**known, "at_s": 3960.0, "provisional_from_s": 3840.0, "revised": []}
    lag = {"lag_s": None, "depth_bpm": 30.0, "state": "frozen"}
    events = [fall | lag, late | lag]
    words = words_of(found | {"decelerations": events})
    earlier = "earlier, at 0:05:00: a deceleration of 7:37 min, down to 41 bpm"
    assert re.search(rf"FIGO 2015 normal of the last 60 min ?, {earlier}", words), words
    assert words.count("Not compared with the printed guidelines yet") == 1
    assert "from memory" not in words and "check before" not in words
    about, beside = findings.said_of(found | {"decelerations": events, "verdict": "normal"})
    assert (about["args"]["from"], about["args"]["to"]) == ("0:36:00", "1:06:00")
    assert beside["text"] == findings.EARLIER
    assert findings.unsaid({"decelerations": [fall]}, "suspicious", 1000) is not None
    short = fall | {"end_s": 500.0}
    assert findings.unsaid({"decelerations": [short]}, "suspicious", 1000) is None
    assert findings.unsaid({"decelerations": [fall]}, "pathological", 1000) is None
    only_late = findings.unsaid({"decelerations": [late]}, "negative", 2760)
    assert only_late is not None and only_late["text"] == findings.EARLIER_LATE
