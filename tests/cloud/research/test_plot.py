"""`lucina plot`: where ink lies on the sheet, in millimetres, and what cannot be drawn."""

import re
import struct
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

import lucina
from cloud.drawing.found import of_analysis
from cloud.drawing.labels import placed, text_mm
from cloud.drawing.look import FOUND, LOOK
from cloud.drawing.marks import Bracket, marks_of
from cloud.research import plot_pen
from cloud.research.plot import DPI, NO_FONT, Options, save
from models.analysis import Analysis, analyse
from models.features import Span
from models.paper import Paper
from models.synth import synthetic
from models.trace import FS_HZ
from tests.models.strips import strip

SVG = "{http://www.w3.org/2000/svg}"
STATIC = Path(lucina.__file__).parent / "cloud" / "web" / "static"
MM = 25.4 / 72  # of a point


def ramp() -> Analysis:
    """5 min from 120 to 150 bpm; a gap of 30 s, a jump of 35 bpm, and one value off the axis."""
    trace = strip(5)
    bpm = np.linspace(120, 150, len(trace.fhr_bpm), dtype=np.float32)
    bpm[400:520] = np.nan
    bpm[800:] -= 35
    bpm[900] = 230
    return analyse(replace(trace, fhr_bpm=bpm))


def draw_svg(path: Path, analysis: Analysis, **options: object) -> ElementTree.Element:
    save(analysis, "one", path, Options(**options))
    return ElementTree.parse(path).getroot()


def words_of(svg: ElementTree.Element) -> str:
    return "\n".join("".join(text.itertext()) for text in svg.iter(f"{SVG}text"))


def strokes(svg: ElementTree.Element, name: str) -> list[np.ndarray]:
    """(points, 2) in mm of each time that the pen was down for a curve."""
    (group,) = (g for g in svg.iter(f"{SVG}g") if g.get("id") == name)
    (path,) = group.iter(f"{SVG}path")
    found = []
    for piece in path.get("d", "").split("M")[1:]:
        numbers = re.findall(r"-?[\d.]+", piece)
        found.append(np.array(numbers, float).reshape(-1, 2) * MM)
    return found


@pytest.mark.parametrize(("speed", "scale"), [(1, 20), (2, 30), (3, 20)])
def test_each_sample_lies_at_its_millimetre(tmp_path, speed, scale):
    analysis = ramp()
    svg = draw_svg(
        tmp_path / "a.svg", analysis, speed_cm_per_min=speed, scale_bpm_per_cm=scale, marks=False
    )
    drawn = strokes(svg, "fhr")[0]
    sheet = Paper(speed, scale, 0.0, 300.0)
    at = np.arange(400)
    assert drawn[:, 0] == pytest.approx(sheet.left_mm + at / FS_HZ * speed * 10 / 60, abs=1e-3)
    bpm = analysis.trace.fhr_bpm[at].astype(float)
    assert drawn[:, 1] == pytest.approx(sheet.rate_mm(bpm), abs=1e-3)
    toco = np.concatenate(strokes(svg, "toco"))
    assert toco[:, 1] == pytest.approx(sheet.toco_mm(analysis.trace.toco.astype(float)), abs=1e-3)
    assert float(svg.get("width", "").removesuffix("pt")) * MM == pytest.approx(sheet.width_mm)


def test_the_bar_to_check_a_print_with_is_5_cm(tmp_path):
    (bar,) = strokes(draw_svg(tmp_path / "a.svg", ramp()), "bar")
    assert np.ptp(bar[:, 0]) == pytest.approx(50, abs=1e-3)


def test_gaps_and_jumps_are_not_joined(tmp_path):
    svg = draw_svg(tmp_path / "a.svg", ramp(), marks=False)
    drawn, sheet = strokes(svg, "fhr"), Paper(1, 20, 0.0, 300.0)
    ends = [(stroke[0, 0], stroke[-1, 0]) for stroke in drawn]
    places = [(0, 399), (520, 799), (800, 899), (901, 1199)]
    expected = [[float(sheet.x_mm(n / FS_HZ)) for n in pair] for pair in places]
    assert np.array(ends) == pytest.approx(np.array(expected), abs=1e-3)
    said = words_of(draw_svg(tmp_path / "b.svg", ramp(), speed_cm_per_min=3)).splitlines()
    assert "0:30" in said and "no signal" in said


def test_a_part_begins_at_the_edge_of_the_paper(tmp_path):
    svg = draw_svg(tmp_path / "a.svg", ramp(), from_s=140.0, to_s=190.0, marks=False)
    drawn = np.concatenate(strokes(svg, "fhr"))
    sheet = Paper(1, 20, 140.0, 190.0)
    assert drawn[:, 0].min() == pytest.approx(sheet.left_mm, abs=1e-3)
    assert drawn[:, 0].max() == pytest.approx(sheet.right_mm, abs=1e-3)


def test_the_header_says_what_a_reader_must_know(tmp_path):
    trace, _ = synthetic(3, 30, "late_decelerations")
    analysis = analyse(trace, 38.0)
    known = analysis.assessment
    options = {"synthetic": True, "start_unix_s": 1_760_000_000, "note": "two inputs"}
    said = words_of(draw_svg(tmp_path / "a.svg", analysis, **options))
    for words in (
        "Recording one",
        "38 weeks of pregnancy",
        "1 cm/min, 20 bpm/cm",
        "began 2025-10-09 08:53:20 UTC",
        "SYNTHETIC RECORDING",
        "two inputs",
        f"Verdict of the last 30 min: {known.verdict.value}",
        known.reasons[0].text % known.reasons[0].args,
        f"baseline {known.baseline_bpm:.0f} bpm",
        f"STV {known.stv_ms:.1f} ms",
        known.rules_version,
        "Decision support: a doctor reads.",
        "0:00:00 to 0:30:00 of 0:30:00",
        "08:55",  # a clock time on the axis
        "late",
        "lag +",
    ):
        assert words in said


def test_without_marks_nothing_of_the_analysis_is_told(tmp_path):
    trace, _ = synthetic(3, 30, "late_decelerations")
    said = words_of(draw_svg(tmp_path / "a.svg", analyse(trace), marks=False))
    assert "Decision support" in said
    for words in ("Verdict", "baseline", "late", "STV", "deceleration", "Rules"):
        assert words not in said


def test_every_channel_and_finding_is_drawn(tmp_path):
    trace, _ = synthetic(5, 20, "normal")
    bpm = trace.fhr_bpm.copy()
    bpm[2000:2040] = trace.mhr_bpm[2000:2040]
    analysis = analyse(replace(trace, fhr_bpm=bpm, fhr2_bpm=trace.fhr_bpm - np.float32(12)))
    span = (Span(500.0, 510.0),)
    analysis = replace(analysis, maternal=span, doubled=(Span(600.0, 601.0),), halved=())
    svg = draw_svg(tmp_path / "a.svg", analysis, speed_cm_per_min=3)
    for name in ("fhr", "fhr2", "mhr", "toco", "baseline", "unused"):
        assert strokes(svg, name), name
    said = words_of(svg)
    for words in ("second fetal rate", "mother's pulse or noise", "doubled", "acceleration +"):
        assert words in said
    assert "halved" not in said


def test_a_strip_without_signal_is_drawn_as_such(tmp_path):
    trace = strip(3)
    lost = np.full_like(trace.fhr_bpm, np.nan)
    said = words_of(draw_svg(tmp_path / "a.svg", analyse(replace(trace, fhr_bpm=lost))))
    assert "no signal 3:00" in said and "Verdict of the last 3 min: unknown" in said
    assert "baseline ? bpm" in said


def test_a_png_is_at_true_size(tmp_path):
    save(ramp(), "one", tmp_path / "a.png", Options())
    data = (tmp_path / "a.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (int(297 / 25.4 * DPI), int(210 / 25.4 * DPI))
    at = data.index(b"pHYs") + 4
    assert struct.unpack(">IIB", data[at : at + 9]) == (7874, 7874, 1)  # 200 dpi in pixels a metre


def test_a_pdf_has_pages_of_a4_whose_text_is_text(tmp_path):
    save(analyse(strip(30)), "one", tmp_path / "a.pdf", Options(speed_cm_per_min=2))
    data = (tmp_path / "a.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox \[([^\]]+)\]", data)
    assert len(boxes) == 3  # 13 min on a page
    for box in boxes:
        left, top, right, bottom = (float(number) * MM for number in box.split())
        assert (left, top) == (0, 0)
        assert (right, bottom) == (pytest.approx(297, abs=0.01), pytest.approx(210, abs=0.01))
    assert b"/CIDFontType2" in data  # TrueType, not outlines


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_strip_gives_the_same_file(tmp_path, suffix):
    analysis = ramp()
    for name in ("a", "b"):
        save(analysis, "one", tmp_path / f"{name}.{suffix}", Options())
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def bracket(words: tuple[str, ...], faint: bool = False) -> Bracket:
    return Bracket(0.0, 1.0, 0.5, "deceleration", words, faint)


def test_labels_do_not_touch_and_shorten():
    wanted = [
        (20.0 + 4 * n, bracket(("variable -40, lag +20 s", "V +20 s", "V"))) for n in range(9)
    ]
    labels = placed(wanted, 2, 6.0, (10.0, 100.0))
    assert {label.words for label in labels} > {"V"}
    for row in (0, 1):
        ends = sorted(
            (label.x_mm - text_mm(label.words, 6.0) / 2, label.x_mm + text_mm(label.words, 6.0) / 2)
            for label in labels
            if label.row == row
        )
        assert all(one[1] < after[0] for one, after in pairwise(ends))
        assert ends[0][0] >= 10.0


def test_a_sure_event_is_named_before_a_doubtful_one():
    labels = placed([(20.0, bracket(("A",), faint=True)), (20.5, bracket(("B",)))], 1, 6.0, (0, 99))
    assert [label.words for label in labels] == ["B"]


def test_reasons_of_a_normal_strip_are_not_marked():
    trace, _ = synthetic(3, 30, "normal")
    assert marks_of(of_analysis(analyse(trace)), "en").reasons == []
    trace, _ = synthetic(3, 30, "late_decelerations")
    assert marks_of(of_analysis(analyse(trace)), "en").reasons


def test_colours_are_those_of_the_live_strip():
    for file, name, ours in (("paper.js", "LOOK", LOOK), ("marks.js", "INK", FOUND)):
        table = re.search(rf"{name} = \{{([^}}]+)\}}", (STATIC / file).read_text())
        assert table
        theirs = dict(re.findall(r'(\w+): "(#\w+)"', table[1]))
        assert {word: theirs.get(word) for word in ours} == ours


def test_chinese_needs_a_font(tmp_path, monkeypatch):
    if plot_pen.chinese_font():
        assert save(ramp(), "one", tmp_path / "a.svg", Options(language="zh")) == ""
        assert "监护记录 one" in (tmp_path / "a.svg").read_text()
    monkeypatch.setattr(plot_pen, "CHINESE", ())
    for found in (plot_pen.chinese_font, plot_pen._families):
        found.cache_clear()
    try:
        assert save(ramp(), "试 1", tmp_path / "b.svg", Options(language="zh")) == NO_FONT
        assert "Recording ? 1" in (tmp_path / "b.svg").read_text()
    finally:
        for found in (plot_pen.chinese_font, plot_pen._families):
            found.cache_clear()


def command(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(lucina.app, ["plot", *map(str, words)])
    return result.exit_code, result.output


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command("synthetic:normal:3:12", "--out", "a.svg", "--speed", 3) == (0, "")
    said = words_of(ElementTree.parse("a.svg").getroot())
    assert "SYNTHETIC" in said and "3 cm/min" in said
    assert command("synthetic:normal:3:12") == (0, "")
    assert Path("synthetic normal 3.png").exists()


def test_the_clock_of_a_file_is_shown(tmp_path):
    layout = np.dtype([("a", "<u2"), ("b", "<u2"), ("toco", "u1"), ("quality", "u1")])
    rows = np.zeros(4 * 120, layout)
    rows["a"] = 140 * 4
    (tmp_path / "a.fhr").write_bytes(struct.pack("<I", 1_760_000_000) + rows.tobytes())
    out = tmp_path / "a.svg"
    assert command(tmp_path / "a.fhr", "--out", out, "--gestation-weeks", 33.4) == (0, "")
    said = words_of(ElementTree.parse(out).getroot())
    assert "began 2025-10-09 08:53:20 UTC" in said and "33.4 weeks" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.hea"], "No such file"),
        (["synthetic:normal:3"], "must be synthetic:SCENARIO:SEED:MINUTES"),
        (["synthetic:none:3:12"], "scenario 'none', known are"),
        (["synthetic:normal:3:12", "--speed", "4"], "speed 4: must be 1, 2, 3"),
        (["synthetic:normal:3:12", "--scale", "25"], "scale 25: must be 20, 30"),
        (["synthetic:normal:3:12", "--language", "fr"], "is not one of"),
        (["synthetic:normal:3:12", "--from", "800"], "is not a part of this recording"),
        (["synthetic:normal:3:12", "--from", "60", "--to", "60"], "is not a part of"),
        (["synthetic:normal:3:110", "--speed", "3"], "choose at most"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_harms_nothing(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    Path("strip.png").write_text("the strip before")
    code, said = command(*words, "--out", "strip.png")
    assert code == 2 and message in said
    assert [path.name for path in tmp_path.iterdir()] == ["strip.png"]
    assert Path("strip.png").read_text() == "the strip before"


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("strip.gif", "the name must end in .png, .svg, .pdf"),
        ("nowhere/strip.png", "nowhere: No such file or directory"),
        ("folder.svg", "folder.svg: Is a directory"),
    ],
)
def test_a_bad_place_for_the_file(tmp_path, monkeypatch, out, message):
    monkeypatch.chdir(tmp_path)
    Path("folder.svg").mkdir()
    code, said = command("synthetic:normal:3:12", "--out", out)
    assert code == 2 and message in said


def test_other_commands_do_not_pay_for_the_drawing():
    root = Path(lucina.__file__).parent
    light = [*root.glob("cloud/**/*.py"), *root.glob("models/**/*.py"), root / "lucina.py"]
    heavy = [*root.glob("cloud/research/plot*.py"), *root.glob("cloud/research/evaluat*/*.py")]
    for path in set(light) - {*heavy, root / "cloud/research/evaluate.py"}:
        names = re.findall(r"^(?:from|import) ([\w.]+)", path.read_text(), re.MULTILINE)
        drawing = ("matplotlib", "cloud.research.plot", "cloud.research.evaluat")
        assert not [name for name in names if name.startswith(drawing)], path


@pytest.mark.real
def test_a_real_recording_is_drawn(data_dir, tmp_path):
    out = tmp_path / "a.svg"
    assert (
        command(data_dir / "fhrma-false-signals/train/DopMHRTrain0241.fhrm", "--out", out)[0] == 0
    )
    svg = ElementTree.parse(out).getroot()
    assert strokes(svg, "mhr") and strokes(svg, "fhr") and strokes(svg, "unused")
