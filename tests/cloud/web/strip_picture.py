"""A strip with one of everything, drawn by a browser, and how far it is from the picture of it.

`python -m tests.screens strip` makes the picture again: for who has changed the look on purpose,
and has looked at it. No letters are in it, for their shapes are the machine's fonts; blocks of
pixels are compared, for each version of a browser smooths lines a little differently.
"""

import base64
from io import BytesIO
from math import exp, sin, tau
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

KEPT = Path(__file__).with_name("strip.webp")
SECONDS, HZ = 300, 4
BLOCK_PX = 6
MOST = 10.0  # by which the mean colour of a block may differ, of 255
MEAN = 0.3  # the same of all blocks together

DRAW = """async ({ signal, more, views }) => {
  const [{ Strip, AXES }, { Trace }] = await Promise.all(
    ["/static/strip.js", "/static/trace.js"].map((name) => import(name)));
  const letters = CanvasRenderingContext2D.prototype;
  const { fillText, measureText } = letters;
  letters.fillText = () => {};
  letters.measureText = (words) => ({ width: 6 * String(words).length });
  const pictures = views.map(({ axis, ...options }) => {
    const canvas = document.createElement("canvas");
    canvas.style.cssText = "position:fixed;top:0;left:0;width:660px;height:300px";
    document.body.append(canvas);
    const trace = new Trace();
    trace.add(signal);
    const strip = new Strip(canvas, trace, { ...more, ...options, axis: AXES[axis] });
    strip.draw(0);
    const picture = canvas.toDataURL("image/png");
    canvas.remove();
    return picture;
  });
  Object.assign(letters, { fillText, measureText });
  return pictures;
}"""
VIEWS = [{"axis": "wide", "seconds": SECONDS}, {"axis": "narrow", "cmPerMin": 3}]

Pixels = NDArray[np.float64]


def signal() -> dict[str, Any]:
    """Five minutes: a rise, a fall after a contraction, a gap, and values beyond every axis."""
    seconds = [n / HZ for n in range(SECONDS * HZ)]
    rate: list[float | None] = []
    for s in seconds:
        bpm = 140 + 4 * sin(tau * s / 17) + 25 * _hill(s, 45, 8) - 40 * _hill(s, 125, 15)
        bpm += 45 if 84 <= s < 92 else 0  # a jump, not one curve
        beyond = 250.0 if 208 <= s < 214 else 20.0 if 216 <= s < 222 else bpm
        rate.append(None if 165 <= s < 195 else beyond)
    return {
        "start_s": 0,
        "fhr": rate,
        "fhr2": [None if 60 <= s < 80 else 165 + 5 * sin(tau * s / 23) for s in seconds],
        "mhr": [88 + 3 * sin(tau * s / 41) for s in seconds],
        "toco": [8 + 60 * _hill(s, 100, 14) + 40 * _hill(s, 270, 12) for s in seconds],
    }


def _hill(s: float, middle: float, width: float) -> float:
    return exp(-(((s - middle) / width) ** 2))


def _event(from_s: float, to_s: float, state: str = "frozen", **more: Any) -> dict[str, Any]:
    return {"start_s": from_s, "end_s": to_s, "state": state, "kind": "late", "lag_s": 20} | more


MORE = {
    "found": {
        "at_s": SECONDS,
        "provisional_from_s": 250,
        "baseline": {"start_s": 0, "bpm": [140] * 160 + [None] * 30 + [146] * 110},
        "accelerations": [_event(33, 57)],
        "decelerations": [_event(105, 148), _event(255, 280, "provisional")],
        "minor_accelerations": [_event(225, 240)],
        "minor_decelerations": [_event(60, 78)],
        "contractions": [_event(80, 125), _event(252, 290, "provisional")],
        "sinusoidal": [_event(262, 292, kind="suspect")],
        "quality": {"maternal": [_event(225, 248)]},
    },
    "marks": [{"fromS": 100, "toS": 150}],
    "presses": [
        {"kind": kind, "at_s": s} for s in (20, 70, 90, 230) for kind in ("movement", "contraction")
    ],
    "notes": [{"from_s": 10, "to_s": 30}, {"from_s": 155, "to_s": 155}],
    "focus": {"fromS": 200, "toS": 224},
    "crossS": 88,
}  # fmt: skip


def drawn(page: Any) -> Image.Image:
    """The views one below the other; the page is of any origin that has /static."""
    found = page.evaluate(DRAW, {"signal": signal(), "more": MORE, "views": VIEWS})
    parts = [np.asarray(Image.open(BytesIO(_bytes(one))).convert("RGB")) for one in found]
    return Image.fromarray(np.vstack(parts))


def _bytes(address: str) -> bytes:
    return base64.b64decode(address.partition(",")[2])


def differences(one: Image.Image, other: Image.Image) -> Pixels:
    """(rows, columns) of blocks: by how much their mean colours differ, in the worst channel."""
    found: Pixels = abs(_blocks(one) - _blocks(other)).max(axis=2)
    return found


def _blocks(picture: Image.Image) -> Pixels:
    pixels = np.asarray(picture, float)
    rows, columns = pixels.shape[0] // BLOCK_PX, pixels.shape[1] // BLOCK_PX
    cut = pixels[: rows * BLOCK_PX, : columns * BLOCK_PX]
    means: Pixels = cut.reshape(rows, BLOCK_PX, columns, BLOCK_PX, 3).mean(axis=(1, 3))
    return means


def beside(now: Image.Image, found: Pixels) -> Image.Image:
    """Kept, drawn now, and where they differ, in red: one below the other."""
    red = np.uint8(255 * np.clip(found / MOST, 0, 1))
    map_ = np.dstack([np.full_like(red, 255), 255 - red, 255 - red])
    scaled = np.kron(map_, np.ones((BLOCK_PX, BLOCK_PX, 1), np.uint8))
    kept = np.asarray(Image.open(KEPT).convert("RGB"))
    return Image.fromarray(np.vstack([kept, np.asarray(now), scaled]))


def keep(picture: Image.Image) -> None:
    picture.save(KEPT, lossless=True, quality=100, method=6)
