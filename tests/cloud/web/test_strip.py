"""What the strip draws, read back from the canvas of a real browser."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests import artefacts
from tests.cloud.web import strip_picture
from tests.cloud.web.service import Service

WIDTH, HEIGHT, SECONDS = 630, 300, 60  # 30 px for the axis, then 10 px a second
AXIS = (30, 240)
RATE_TOP, RATE_BOTTOM = 3, (HEIGHT - 25) * 0.73
FHR, MHR, OUTSIDE = [20, 33, 61], [176, 72, 143], [200, 16, 46]
PRESS = [0, 112, 122]
BASELINE, RISE, FALL, SQUEEZE, FOCUS = (
    [43, 95, 184], [31, 108, 58], [138, 74, 18], [86, 98, 122], [39, 64, 122],
)  # fmt: skip

DRAW = """async ({fhr, mhr, awaited, ageMs, lostMs, found, focus, presses, ...size}) => {
  const {width, height, seconds} = size;
  const [{Strip}, {Trace}] = await Promise.all(
    ["/static/strip.js", "/static/trace.js"].map((name) => import(name)));
  const canvas = document.createElement("canvas");
  canvas.style.cssText = `position:fixed;top:0;left:0;width:${width}px;height:${height}px`;
  document.body.append(canvas);
  const trace = new Trace();
  trace.add({start_s: 0, fhr, mhr});
  trace.awaited = awaited;
  new Strip(canvas, trace, {seconds, found, focus, presses}).draw(ageMs, lostMs);
  const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
  canvas.remove();
  let bytes = "";
  for (let at = 0; at < data.length; at += 8192) {
    bytes += String.fromCharCode(...data.subarray(at, at + 8192));
  }
  return btoa(bytes);
}"""


@pytest.fixture(scope="module")
def page(service: Service, browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    page.goto(service.url + "/login")
    yield page
    page.close()


class Picture:
    def __init__(self, page: Any, fhr: list[float | None], **more: Any) -> None:
        args = {"fhr": fhr, "mhr": [], "ageMs": 0, "lostMs": 0, "found": None, "focus": None}
        args |= {"presses": [], "awaited": []} | more
        size = {"width": WIDTH, "height": HEIGHT, "seconds": SECONDS}
        data = base64.b64decode(page.evaluate(DRAW, args | size))
        pixels = np.frombuffer(data, np.uint8).reshape(HEIGHT, WIDTH, 4)
        self._pixels = pixels[:, :, :3].astype(int)

    def has(self, colour: list[int], from_s: float, to_s: float, rows: range) -> bool:
        """Whether ink of this colour lies between two seconds, in these rows."""
        area = self._pixels[rows.start : rows.stop, 30 + round(10 * from_s) : 30 + round(10 * to_s)]
        return bool((abs(area - colour) < 25).all(axis=2).any())


def row(bpm: float) -> int:
    return round(RATE_BOTTOM - (bpm - AXIS[0]) / (AXIS[1] - AXIS[0]) * (RATE_BOTTOM - RATE_TOP))


def around(bpm: float) -> range:
    return range(row(bpm) - 2, row(bpm) + 3)


ALL_RATES = range(RATE_TOP, round(RATE_BOTTOM))


def test_rates_lie_where_the_axis_says(page: Any) -> None:
    picture = Picture(page, [140.0] * 240, mhr=[80.0] * 240)
    assert picture.has(FHR, 5, 55, around(140))
    assert not picture.has(FHR, 5, 55, around(120))
    assert picture.has(MHR, 5, 55, around(80))
    assert not picture.has(MHR, 5, 55, around(140))


def test_nothing_is_drawn_in_a_gap(page: Any) -> None:
    gap: list[float | None] = [None] * 80
    picture = Picture(page, [140.0] * 80 + gap + [140.0] * 80)
    assert picture.has(FHR, 2, 18, around(140))
    words = range(row(135) - 10, row(135) + 11)  # "no signal 20 s" stands in the middle
    assert not picture.has(FHR, 21, 39, range(RATE_TOP, words.start))
    assert not picture.has(FHR, 21, 39, range(words.stop, round(RATE_BOTTOM)))
    assert picture.has(FHR, 21, 39, words)
    assert picture.has([185, 180, 171], 21, 39, around(200))  # hatched


def test_a_day_of_pieces_may_be_awaited(page: Any) -> None:
    """None of them makes two gaps of each: a page would stand still."""
    awaited = [{"fromS": n, "toS": n + 1} for n in range(30, 60)]
    picture = Picture(page, [140.0] * 80 + [None] * 160, awaited=awaited)
    assert picture.has(FHR, 2, 18, around(140))
    assert picture.has([185, 180, 171], 21, 29, around(200))  # hatched


@pytest.mark.parametrize(("jump", "joined"), [(30, True), (31, False)])
def test_a_jump_is_not_joined(page: Any, jump: int, joined: bool) -> None:
    picture = Picture(page, [120.0] * 120 + [120.0 + jump] * 120)
    assert picture.has(FHR, 29, 31, around(120 + jump / 2)) == joined


def test_a_value_outside_the_axis_is_marked(page: Any) -> None:
    picture = Picture(page, [140.0] * 80 + [250.0] * 8 + [140.0] * 40 + [20.0] * 8 + [140.0] * 40)
    assert picture.has(OUTSIDE, 20, 22, range(RATE_TOP, RATE_TOP + 7))
    assert picture.has(OUTSIDE, 32, 34, range(round(RATE_BOTTOM) - 7, round(RATE_BOTTOM)))
    assert not picture.has(FHR, 20.3, 21.7, ALL_RATES)
    assert not picture.has(OUTSIDE, 0, 19, ALL_RATES)


def test_old_data_turn_grey(page: Any) -> None:
    steady: list[float | None] = [140.0] * 240
    assert Picture(page, steady, ageMs=2000).has(FHR, 5, 55, around(140))
    assert not Picture(page, steady, ageMs=12_000).has(FHR, 0, 50, around(140))
    assert not Picture(page, steady, lostMs=5000).has(FHR, 0, 60, around(140))


def test_silence_moves_the_paper(page: Any) -> None:
    """9 s old: not grey yet, but the line no longer reaches the edge."""
    picture = Picture(page, [180.0] * 240, ageMs=9000)
    assert picture.has(FHR, 5, 53, around(180))
    assert not picture.has(FHR, 54.5, 59, around(180))


def event(from_s: float, to_s: float, state: str = "frozen", **more: Any) -> dict[str, Any]:
    return {"start_s": from_s, "end_s": to_s, "state": state, "kind": "late", "lag_s": 20} | more


FOUND: dict[str, Any] = {
    "at_s": 60,
    "provisional_from_s": 50,
    "baseline": {"start_s": 0, "bpm": [130.0] * 20 + [None] * 10 + [150.0] * 30},
    "accelerations": [event(10, 20)],
    "decelerations": [event(25, 35), event(40, 48, "provisional")],
    "minor_decelerations": [event(52, 58)],
    "contractions": [event(22, 32)],
    "sinusoidal": [],
    "quality": {"maternal": [event(2, 8)]},
}
TOP_BAR, BOTTOM_BAR = (
    range(RATE_TOP + 2, RATE_TOP + 7),
    range(round(RATE_BOTTOM) - 8, round(RATE_BOTTOM) - 2),
)
TOCO_BAR = range(round(RATE_BOTTOM) + 10, round(RATE_BOTTOM) + 16)


def test_events_lie_where_they_were_found(page: Any) -> None:
    picture = Picture(page, [200.0] * 240, found=FOUND)
    assert picture.has(RISE, 11, 19, TOP_BAR)
    assert not picture.has(RISE, 21, 60, TOP_BAR)
    assert picture.has(FALL, 26, 34, BOTTOM_BAR)
    assert not picture.has(FALL, 0, 24, BOTTOM_BAR)
    assert picture.has(SQUEEZE, 23, 31, TOCO_BAR)
    plain = Picture(page, [200.0] * 240)
    assert not plain.has(RISE, 0, 60, TOP_BAR)
    assert not plain.has(FALL, 0, 60, BOTTOM_BAR)


def test_the_baseline_is_drawn_where_it_is_known(page: Any) -> None:
    picture = Picture(page, [200.0] * 240, found=FOUND)
    assert picture.has(BASELINE, 1, 19, around(130))
    assert not picture.has(BASELINE, 21, 29, ALL_RATES)
    assert picture.has(BASELINE, 36, 49, around(150))


def test_what_is_provisional_is_lighter(page: Any) -> None:
    picture = Picture(page, [200.0] * 240, found=FOUND)
    assert not picture.has(FALL, 40.5, 47.5, BOTTOM_BAR)
    assert picture.has([208, 182, 158], 40.5, 47.5, BOTTOM_BAR)
    assert not picture.has(BASELINE, 51, 59, around(150))
    assert picture.has([168, 189, 222], 51, 59, around(150))


def test_the_mothers_pulse_is_tinted_and_the_chosen_seconds_are_framed(page: Any) -> None:
    picture = Picture(page, [200.0] * 240, found=FOUND, focus={"fromS": 15, "toS": 45})
    assert picture.has([243, 226, 229], 3, 7, around(60))
    for second in (15, 45):
        assert picture.has(FOCUS, second - 0.3, second + 0.3, around(90))
    assert not Picture(page, [200.0] * 240).has(FOCUS, 14, 46, around(90))


def test_what_she_pressed_lies_where_she_felt_it(page: Any) -> None:
    presses = [{"kind": "movement", "at_s": 20}, {"kind": "contraction", "at_s": 40}]
    picture = Picture(page, [200.0] * 240, presses=presses)
    below_rate = range(round(RATE_BOTTOM) + 2, round(RATE_BOTTOM) + 9)
    foot = range(HEIGHT - 15 - 6, HEIGHT - 15)
    for rows, at_s in ((below_rate, 20), (foot, 40)):
        assert picture.has(PRESS, at_s - 0.5, at_s + 0.5, rows)
        assert not picture.has(PRESS, 0, at_s - 1, rows)
        assert not picture.has(PRESS, at_s + 1, 60, rows)
    assert not Picture(page, [200.0] * 240).has(PRESS, 0, 60, range(HEIGHT))


def test_late_and_doubled_blocks(page: Any) -> None:
    """A late second fills its place, a second one changes nothing, a null removes nothing."""
    got = page.evaluate("""async () => {
      const {Trace} = await import("/static/trace.js");
      const trace = new Trace();
      trace.add({start_s: 10, fhr: [140, 140, 140, 140]});
      trace.add({start_s: 12, fhr: [142, 142, 142, 142]});
      trace.add({start_s: 11, fhr: [141, 141, null, 141]});
      trace.add({start_s: 10, fhr: [null, 140, 140, 140]});
      trace.add({start_s: 9, fhr: [139, 139, 139, 139]});
      return [trace.startS, trace.endS, [...trace.fhr].map((v) => Number.isNaN(v) ? null : v)];
    }""")
    values = [139] * 4 + [140] * 4 + [141, 141, None, 141] + [142] * 4
    assert got == [9, 13, values]


def test_the_strip_looks_as_it_did(page: Any) -> None:
    """Looked at and meant so? `python -m tests.screens strip` keeps it as it is now."""
    now = strip_picture.drawn(page)
    found = strip_picture.differences(Image.open(strip_picture.KEPT).convert("RGB"), now)
    if found.max() > strip_picture.MOST or found.mean() > strip_picture.MEAN:
        strip_picture.beside(now, found).save(artefacts.path_of("kept-now-difference", "png"))
    assert found.max() <= strip_picture.MOST and found.mean() <= strip_picture.MEAN


IN_PIECES = """async () => {
  const [{Strip}, {Trace}, {Pieces}] = await Promise.all(
    ["strip", "trace", "pieces"].map((name) => import(`/static/${name}.js`)));
  const day = 24 * 3600;
  const lost = (s) => s % 5000 < 40 || Math.abs(s - 20 * 3600) <= 15; // one from hour to hour
  const block = (fromS, toS) => ({start_s: fromS, fhr: Array.from({length: 4 * (toS - fromS)},
    (_, n) => lost(fromS + n / 4) ? null : 100 + (n + 4 * fromS) % 77)});
  const [asked, said, setTimer] = [[], new Set(), window.setTimeout];
  let bad = true;
  window.fetch = async (path) => {
    const {seconds, to_s} = Object.fromEntries(new URL(path, location).searchParams);
    const toS = Number(to_s ?? day);
    asked.push(toS);
    if (bad && toS === 20 * 3600) return new Response("", {status: 503});
    return Response.json(block(toS - seconds, toS));
  };
  window.setTimeout = (done, ms) => setTimer(done, Math.min(ms, 20)); // the wait for what failed
  const pen = CanvasRenderingContext2D.prototype;
  const fillText = pen.fillText;
  pen.fillText = function (words, ...place) {
    said.add(words);
    fillText.call(this, words, ...place);
  };
  const canvas = document.createElement("canvas");
  canvas.style.cssText = "position:fixed;width:600px;height:200px";
  document.body.append(canvas);
  const trace = new Trace(day);
  const strip = new Strip(canvas, trace, {seconds: 4000});
  const look = (backS, seconds = 4000) => {
    said.clear();
    Object.assign(strip.options, {seconds});
    strip.backS = backS;
    strip.draw(null);
    return [...said].filter((words) => /arrived|no signal/.test(words));
  };
  const until = async (holds) => {
    while (!holds()) await new Promise((done) => setTimer(done, 5));
  };
  const pieces = new Pieces("/trace", trace, () => [19.2 * 3600, 19.8 * 3600]);
  await pieces.load();
  const newest = {startS: trace.startS, words: look(3600)};
  await until(() => asked.filter((toS) => toS === 20 * 3600).length > 1);
  const failing = {second: asked[1], words: look(4 * 3600 - 200), lacking: trace.awaited.length};
  bad = false;
  await until(() => trace.awaited.length === 0);
  const whole = new Trace(day);
  whole.add(block(0, day));
  const same = trace.startS === 0 && trace.length === whole.length
    && whole.fhr.every((value, n) => Object.is(value, trace.fhr[n]));
  const words = look(4 * 3600 - 100, 200);
  canvas.remove();
  return {newest, failing, same, words};
}"""


def test_a_day_comes_in_pieces(service: Service, browser: Any) -> None:
    """Those in sight first; one that fails is said to be missing and asked for again; then the day
    is as it would be at once, with its gaps, one of them from piece to piece."""
    page = browser.new_page()
    page.goto(service.url + "/login")
    got = page.evaluate(IN_PIECES)
    page.close()
    assert got["newest"] == {"startS": 23 * 3600, "words": ["has not arrived yet"]}
    assert got["failing"]["second"] == 20 * 3600
    assert got["failing"]["words"] == ["has not arrived yet"]
    assert got["failing"]["lacking"] > 0
    assert got["same"]
    assert got["words"] == ["no signal 30 s"]
