"""`lucina evaluate`: the whole command on a small made data folder, and what is missing."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import lucina
from cloud.research.bootstrap import Interval
from cloud.research.evaluate import EVALUATIONS, Header, Section, Wanted, measured, run, written
from cloud.research.evaluations import variability
from cloud.research.evaluations.contractions import kappa
from cloud.research.evaluations.plan import QUICK_ITEMS, Plan
from cloud.research.evaluations.table import Table
from models.synth import synthetic
from models.trace import FS_HZ

NEED_DATA = ("events", "false-signal", "contractions", "alarms", "verdicts", "worst")
MINUTES = 16


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """Two made recordings as `.fhr`, with their truth as the experts' marks."""
    data = tmp_path_factory.mktemp("data")
    folder = data / "fhrma"
    folder.mkdir()
    layout = np.dtype([("a", "<u2"), ("b", "<u2"), ("toco", "u1"), ("quality", "u1")])
    for seed in (1, 2):
        trace, truth = synthetic(seed, MINUTES, "normal")
        rows = np.zeros(len(trace.fhr_bpm), layout)
        rows["a"] = np.nan_to_num(trace.fhr_bpm) * 4
        rows["toco"] = np.nan_to_num(trace.toco) * 2
        (folder / f"made{seed}.fhr").write_bytes(b"\0" * 4 + rows.tobytes())
        marks = [
            f"{round(e.start_s * FS_HZ)} $ ACC {round((e.end_s - e.start_s) * FS_HZ)}"
            for e in truth.accelerations
        ]
        (folder / f"made{seed}.fhrh").write_text("\n".join(marks) + "\n")
    return data


def evaluate(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(lucina.app, ["evaluate", *words])
    return answer.exit_code, answer.output


def told(data: Path, *only: str) -> dict:
    code, out = evaluate(str(data), "--json", "--quick", "--only", ",".join(only))
    assert code == 0
    found = json.loads(out, parse_constant=pytest.fail)
    assert found["commit"]
    assert found["quick"] is True
    return found["tables"]


def test_events_of_made_recordings_agree_with_their_truth(small):
    first, second = told(small, "events")["events"]["tables"]
    assert "accelerations" in first["title"]
    assert {row["method"] for row in first["rows"]} > {"weighted median, its own rule"}
    for row in first["rows"]:
        assert row["F1 pooled"]["value"] > 0.6, row["method"]
        assert row["F1 pooled"]["low"] <= row["F1 pooled"]["value"] <= row["F1 pooled"]["high"]
    assert all(row["sensitivity"]["value"] is None for row in second["rows"])  # none is marked


def test_sets_that_are_missing_are_named_and_the_rest_is_measured(small):
    found = told(small, "alarms", "verdicts", "contractions")
    table, sums = found["alarms"]["tables"]  # none of routine recordings, which are of ctu-uhb
    assert any("FHRMA, routine labour (2, 1 h)" in name for name in table["rows"][0])
    assert table["notes"].count(f"Not measured: folder {small / 'ctu-uhb'} is missing.") == 1
    assert [row["patient alerts an hour"]["value"] for row in sums["rows"]] == [0]
    assert [row["recordings"] for row in found["verdicts"]["tables"][0]["rows"]] == [2]
    assert found["contractions"] == {"not_measured": f"folder {small / 'ctu-uhb'} is missing"}


def test_the_worst_are_drawn_with_the_marks_of_both(small, tmp_path):
    code, _ = evaluate(str(small), "--only", "worst", "--quick", "--out", str(tmp_path / "out"))
    assert code == 0
    page = (tmp_path / "out" / "index.html").read_text()
    for name in ("made1", "made2"):
        assert f"{name}.png" in page
        assert (tmp_path / "out" / f"{name}.png").stat().st_size > 10_000
    assert page.count("<rect") > 4


def test_without_any_recording_the_exit_code_is_2(tmp_path):
    code, out = evaluate(str(tmp_path), "--quick", "--only", ",".join(NEED_DATA))
    assert code == 2
    for name in NEED_DATA:
        assert f"{name}: not measured: " in out
    assert f"folder {tmp_path / 'fhrma'} is missing" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--only", "evnets"], "known are events"),
        (["--quick", "--write", "x.md"], "--write needs all recordings"),
        (["--write", "missing.md"], "missing.md: No such file"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_measured(words, says, tmp_path):
    code, out = evaluate(str(tmp_path), *words)
    assert code == 2
    assert says in out


def test_a_bad_recording_is_named(small, tmp_path):
    (tmp_path / "fhrma").mkdir()
    (tmp_path / "fhrma" / "cut.fhr").write_bytes(b"\0" * 9)
    (tmp_path / "fhrma" / "cut.fhrh").write_text("0 $ ACC 100\n")
    assert "cut.fhr" in measured("events", Plan(tmp_path)).why


def test_tables_go_between_their_markers(small, tmp_path):
    document = tmp_path / "analysis.md"
    rest = "kept\n<!-- evaluate:{} -->\nold\n<!-- /evaluate -->\nkept too\n"
    document.write_text(rest.format("events") + rest.format("speed"))
    wanted = Wanted(("events",), write=document)
    assert run(Plan(small, quick=True), wanted, io.StringIO(), io.StringIO()) == 0
    text = document.read_text()
    assert text.count("kept\n") == 2
    assert text.count("old\n") == 1  # of speed
    assert "| running median of 10 min, standard rule |" in text
    assert "`lucina evaluate --only events`: commit " in text


def test_a_document_without_markers_is_refused():
    header = Header("c", "d", 1, "x", False)
    with pytest.raises(ValueError, match="evaluate:speed"):
        written("<!-- evaluate:events -->\n<!-- /evaluate -->", [Section("speed")], header)


def test_the_document_has_a_place_for_each_table():
    text = (Path(lucina.__file__).parent / "docs" / "analysis.md").read_text()
    for name in EVALUATIONS:
        assert f"<!-- evaluate:{name} -->" in text


def test_cells_are_rounded_and_unknown_ones_are_a_dash():
    row = (0.12345, Interval(0.5, 0.25, 0.75), Interval(float("nan")), None, 7, "a|b")
    table = Table("t", tuple("abcdef"), (row,), places=2)
    assert table.texts() == [["0.12", "0.50 (0.25 to 0.75)", "-", "-", "7", "a|b"]]
    assert r"a\|b" in table.to_markdown()
    (data,) = table.to_json()["rows"]
    assert data["a"] == 0.12345
    assert data["c"] == {"value": None, "low": None, "high": None}


def test_quick_takes_a_few_from_everywhere():
    plan = Plan(Path(), quick=True)
    assert plan.some(range(100)) == [0, 25, 50, 75]
    assert len(plan.some(range(7))) == QUICK_ITEMS
    assert plan.some([]) == []


def test_the_plain_measures_know_the_answers_too():
    """Else agreement with them would say nothing."""
    for what, rate, wanted in variability.made():
        found = variability.plainly(rate)
        for value, truth in zip(found, wanted, strict=True):
            assert np.isnan(truth) or value == pytest.approx(truth, rel=0.05), what


def test_kappa_is_1_for_the_same_and_0_for_chance():
    assert kappa(dict.fromkeys(PAIRS, 0) | {("early", "early"): 3, ("late", "late"): 2}) == 1
    assert kappa(dict.fromkeys(PAIRS, 0) | dict.fromkeys(CHANCE, 5)) == 0


KINDS = ("early", "late", "variable", "prolonged")
PAIRS = [(a, b) for a in KINDS for b in KINDS]
CHANCE = [(a, b) for a in ("early", "late") for b in ("early", "late")]
