"""The printed report: its scale read back from the PDF, who may print what, and its code."""

import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pypdf import PageObject, PdfReader
from sqlalchemy import Engine
from typer.testing import CliRunner

import lucina
from cloud.alerts.answers import Refused
from cloud.drawing.look import INK, LOOK
from cloud.reports import fonts, seal
from cloud.reports.layout import Line, columns, wrapped
from cloud.reports.pdf import Options, pdf_of
from cloud.reports.summary import lines_of
from cloud.store import annotations, marks, recordings
from cloud.store.db import reading, writing
from models.paper import SHEET_MM, Paper
from models.synth import synthetic
from models.trace import Trace
from tests import servers
from tests.cloud.reports.paper import NOW_MS, START_MS, Someone, facts_of, recorded, signed, store

SECRET = "a secret of the tests, nothing else"
MM = 72 / 25.4
Ends = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with store(tmp_path_factory.mktemp("reports")) as engine:
        yield engine


def damaged() -> Trace:
    """Six minutes with a gap, values beyond the axis, a second fetus and the mother's rate."""
    trace, _ = synthetic(5, 6, "late_decelerations")
    values = {name: one.copy() for name, one in trace.channels().items()}
    values["fhr2_bpm"][:] = values["fhr_bpm"] + 18
    values["mhr_bpm"][:] = 85
    for name in ("fhr_bpm", "fhr2_bpm"):
        values[name][4 * 120 : 4 * 180] = np.nan
    values["fhr_bpm"][4 * 200 : 4 * 210] = 245
    return Trace(**values)


@pytest.fixture(scope="module")
def number(engine: Engine) -> int:
    """A recording that is not read."""
    with writing(engine) as conn:
        return recorded(conn, damaged()).id


@pytest.fixture(scope="module")
def read(engine: Engine) -> int:
    """A recording that is read and signed."""
    with writing(engine) as conn:
        found = recorded(conn, synthetic(3, 2, "normal")[0], session=2)
        signed(conn, found, "晚期减速 <b>one</b> dip\u200b", "请不要担心")
    return found.id


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


_DRAWN = re.compile(
    rb"([\d.]+) ([\d.]+) ([\d.]+) RG|([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l\n|((?:-?[\d.]+ ){6})cm"
)


def strokes(page: PageObject, colour: str) -> list[Ends]:
    """Straight lines of a colour in mm from the upper left corner, from the page's operators."""
    wanted = tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    content = page.get_contents()
    assert content is not None
    found: list[Ends] = []
    now: tuple[float, ...] = ()
    for one in _DRAWN.finditer(content.get_data()):
        if one[1]:
            now = tuple(float(part) for part in one.groups()[:3])
        elif one[4] and now == pytest.approx(wanted, abs=0.002):
            x1, y1, x2, y2 = (float(part) / MM for part in one.groups()[3:7])
            found.append((x1, SHEET_MM[1] - y1, x2, SHEET_MM[1] - y2))
        elif one[8]:
            scale = [float(part) for part in one[8].split()][:4]
            assert scale == [1, 0, 0, 1]  # nothing on the page is scaled or turned
    return found


@pytest.mark.parametrize(("speed", "scale"), [(1, 20), (3, 30)])
def test_a_centimetre_on_paper_is_one(engine: Engine, number: int, speed: int, scale: int) -> None:
    pdf = pdf_of(facts_of(engine, number), Options(speed, scale))
    pages = PdfReader(BytesIO(pdf)).pages
    strip = next(page for page in pages if len(strokes(page, LOOK["bold"])) > 5)
    width, height = (float(side) / MM for side in (strip.mediabox.width, strip.mediabox.height))
    assert (width, height) == pytest.approx(SHEET_MM, abs=0.01)

    bold = strokes(strip, LOOK["bold"])
    minutes = sorted({round(x1, 3) for x1, _, x2, _ in bold if abs(x1 - x2) < 1e-6})
    assert np.diff(minutes) == pytest.approx(10 * speed, abs=0.01)  # a minute
    paper = Paper(speed, scale, 0, 60)
    top, bottom = paper.rate_mm(np.array([paper.axis_bpm[1], paper.axis_bpm[0]])).tolist()
    level = sorted({round(y1, 3) for _, y1, _, y2 in bold if abs(y1 - y2) < 1e-6})
    rates = [y for y in level if top - 0.01 <= y <= bottom + 0.01]
    assert np.diff(rates) == pytest.approx(20 * 10 / scale, abs=0.01)  # 20 bpm

    bars = [one for page in pages for one in strokes(page, INK) if abs(one[2] - one[0] - 50) < 0.01]
    assert len(bars) == len(pages)  # 5 cm to measure, on each
    words = f"{speed} cm/min, {scale} bpm/cm"
    assert all(words in text for text in text_of(pdf))


def test_what_stands_on_each_page(engine: Engine, number: int) -> None:
    texts = text_of(pdf_of(facts_of(engine, number), Options(3, 20)))
    for n, text in enumerate(texts, 1):
        assert f"page {n} of {len(texts)}" in text
        for words in (
            "Lin Xiaoyu (demo)", "No. 1", "weeks of pregnancy", "Willow Town Clinic (demo)",
            f"Recording {number}", "device probe-1", "SYNTHETIC", "Not read yet by a doctor.",
            "began 2026-05-01 08:46:40+08:00", "Decision support: a doctor reads.",
        ):  # fmt: skip
            assert words in text, (n, words)
    whole = "\n".join(texts)
    for words in ("Clock offset of the gateway: 120 ms", "frames stored", "FIGO 2015"):
        assert words in whole
    assert "no signal 1:00" in whole  # the gap, with its cause
    assert "second fetal rate" in whole
    assert "mother's pulse" in whole


def test_what_she_pressed_is_printed(engine: Engine, number: int, read: int) -> None:
    row = {"recording_id": number, "at_ms": NOW_MS, "made_ms": NOW_MS, "person_id": 1}
    with writing(engine) as conn:
        for kind, at_s in (("movement", 62.0), ("movement", 190.0), ("contraction", 100.0)):
            marks.add(conn, kind=kind, at_s=at_s, **row)
    summary, *strips = text_of(pdf_of(facts_of(engine, number), Options(3, 20)))
    for words in ("Pressed by the mother", "0:01:02, 0:03:10", "0:01:40"):
        assert words in summary
    assert all("pressed by the mother: a movement" in text for text in strips)
    for viewer in (Someone(), Someone("mother")):
        assert "essed by" not in "".join(text_of(pdf_of(facts_of(engine, read, viewer), Options())))


def test_curves_differ_without_colour(engine: Engine, number: int) -> None:
    pdf = pdf_of(facts_of(engine, number), Options())
    page = PdfReader(BytesIO(pdf)).pages[-1]
    content = page.get_contents()
    assert content is not None
    dashes = set(re.findall(rb"(\[[\d. ]+\]) 0 d", content.get_data()))
    assert len(dashes) >= 3  # baseline, second fetus, mother; the fetal rate is solid


def test_chinese_is_embedded_and_users_words_are_no_markup(engine: Engine, read: int) -> None:
    if fonts.chinese_file() is None:
        raise servers.Missing("fonts-wqy-zenhei is not installed")
    pdf = pdf_of(facts_of(engine, read), Options(language="zh"))
    whole = "".join(text_of(pdf)).replace(" ", "")
    for words in ("晚期减速", "<b>one</b>", "请不要担心", "仅供辅助决策：由医生判读。", "第1页"):
        assert words in whole
    names = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found = font.get_object()
            if found["/BaseFont"] != "/Helvetica":  # reportlab names it in each file, unused
                assert "/FontFile2" in found["/FontDescriptor"]
                names.add(found["/BaseFont"])
    assert any("WenQuanYi" in name for name in names) or len(names) > 1
    assert len(pdf) < 1_000_000  # a subset, of a font of 16 MB


def test_without_a_chinese_font_it_says_what_to_install(
    engine: Engine, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "CHINESE_FILES", ())
    caches = (fonts._chinese, fonts._font_of)
    for one in caches:
        one.cache_clear()
    try:
        with pytest.raises(fonts.NoFont, match="fonts-wqy-zenhei"):
            pdf_of(facts_of(engine, read), Options(language="zh"))
    finally:
        for one in caches:
            one.cache_clear()


def test_what_readers_marked_is_printed_but_not_for_her(engine: Engine, read: int) -> None:
    row = {"at_ms": NOW_MS, "recording_id": read, "person_id": 5, "organisation_id": 4}
    with writing(engine) as conn:
        annotations.add(conn, from_s=70, to_s=90, text="a dip", replaces_id=None, **row)
    lines = [line.words + line.tail for line in lines_of(facts_of(engine, read), "en")]
    assert "Marked by readers" in lines and "a dip0:01:10-0:01:30" in lines
    her = lines_of(facts_of(engine, read, Someone("mother")), "en")
    assert "a dip" not in [line.words for line in her]


def test_her_own_report_is_plain_and_signed(engine: Engine, number: int, read: int) -> None:
    with pytest.raises(Refused):
        facts_of(engine, number, Someone("mother"))
    pages = text_of(pdf_of(facts_of(engine, read, Someone("mother")), Options()))
    texts = "\n".join(pages)
    assert "Please make another recording today." in texts
    assert all(page.count("signed by Midwife Wu (demo)") == 1 for page in pages)
    for words in ("FIGO", "Assessment by the rules", "suspicious", "risk", "one</b> dip", "frames"):
        assert words not in texts


def test_the_seal_tells_a_newer_reading_and_changed_data(engine: Engine) -> None:
    with writing(engine) as conn:
        found = recorded(conn, synthetic(4, 2, "normal")[0], session=9)
        signed(conn, found)
    before = facts_of(engine, found.id).seal
    token = seal.write(SECRET, before)
    assert seal.read(SECRET, token) == before
    assert seal.read(SECRET, token[:-2] + "xx") is None
    assert seal.read("another secret of the tests", token) is None
    assert seal.read(SECRET, "x" * 1000) is None

    def holds(one: seal.Seal) -> seal.Holds:
        with reading(engine) as conn:
            checked = seal.check(conn, one)
        assert checked is not None
        return checked.holds

    assert holds(before) is seal.Holds.SAME
    assert holds(replace(before, digest="0" * 24)) is seal.Holds.CHANGED
    with reading(engine) as conn:
        assert seal.check(conn, replace(before, recording_id=10**6)) is None
    with writing(engine) as conn:
        signed(conn, found)
    assert holds(before) is seal.Holds.NEWER


def test_columns_wrap_and_keep_headings() -> None:
    def width(words: str, size_pt: float, bold: bool) -> float:
        return float(len(words))

    lines = wrapped([Line("aaa bbb 中文中文 " + "x" * 30, tail="end")], 10, width)
    assert all(len(one.words) <= 10 for one in lines)
    assert "".join(one.words.replace(" ", "") for one in lines) == "aaabbb中文中文" + "x" * 30
    assert [one.tail for one in lines][-1] == "end"
    high = Line("a").height_mm
    filled = columns(
        [Line("a"), Line("a"), Line("head", keep=True), Line("b")], lambda _: 3.2 * high
    )
    assert [[one.words for one in column] for column in filled] == [["a", "a"], ["head", "b"]]


def test_the_archive_by_one_command(
    engine: Engine, number: int, read: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCINA_DATABASE_URL", str(engine.url))
    monkeypatch.setenv("LUCINA_HOME", str(tmp_path))
    monkeypatch.setenv("LUCINA_SECRET", SECRET)
    with writing(engine) as conn:  # ended without a second of trace
        empty = recordings.open_recording(
            conn, device_id="probe-2", session=1, gateway_id="g", start_ms=START_MS, now_ms=NOW_MS
        )
        recordings.save(conn, [replace(empty, closed_ms=NOW_MS)])
    out = tmp_path / "archive"
    done = CliRunner().invoke(lucina.app, ["report", "--since", "2026-05-01", "--out", str(out)])
    assert done.exit_code == 1
    assert f"recording {empty.id}: this recording has no strip to print" in done.output
    for one in (number, read):
        file = out / f"lucina-{one}.pdf"
        assert file.read_bytes().startswith(b"%PDF-")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(out.glob("*.part"))
    for argv in ([], ["1", "--since", "2026-05-01"]):
        assert CliRunner().invoke(lucina.app, ["report", *argv]).exit_code == 2
    missing = CliRunner().invoke(lucina.app, ["report", "999999", "--out", str(out)])
    assert (missing.exit_code, "no such recording" in missing.output) == (1, True)
