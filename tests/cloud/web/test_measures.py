"""What the page of an analysis says of a recording that is shorter than its windows."""

import re
from dataclasses import replace
from html import unescape

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
    found = {**document, "at_s": SECONDS, "provisional_from_s": SECONDS, "revised": []}
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
