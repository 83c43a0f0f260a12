// The paper of a cardiotocogram: its colours, its grid, and where a second and a value lie on it.
//
// After FIELD.md: lines each 10 bpm and each 20 s, every second one and every minute bold, the
// normal band tinted, uterine activity 0-100 below the heart rate.

import { clock, t } from "./words.js";

export const LOOK = {
  paper: "#fffdf8",
  thin: "#efe6da",
  bold: "#dccbb5",
  normal: "#eef6e9",
  text: "#6a5f50",
  hatch: "#b9b4ab",
  fhr: "#14213d",
  fhr2: "#2f7d4f",
  mhr: "#b0488f",
  toco: "#4a4f57",
  outside: "#c8102e",
  mark: "#c8102e",
  press: "#00707a",
};
export const PX_PER_CM = 96 / 2.54; // a CSS centimetre
export const LEFT_PX = 30; // room for the numbers of the axis
const FOOT_PX = 15; // room for the times
const BETWEEN_PX = 10;
const TOCO_SHARE = 0.27; // of the height
const NORMAL = [110, 160]; // bpm, FIGO 2015 and the Chinese consensus of 2022
const SQUARE_S = 20;

let hatched = null; // one tile for all

export class Paper {
  // axis: [low, high] in bpm; fromS, toS: the recorded seconds at the edges
  constructor(pen, width, height, axis, fromS, toS) {
    const plot = height - FOOT_PX - BETWEEN_PX;
    Object.assign(this, { pen, width, height, axis, fromS, toS });
    this.perS = (width - LEFT_PX) / (toS - fromS);
    this.rateTop = 3;
    this.rateBottom = plot * (1 - TOCO_SHARE);
    this.tocoTop = this.rateBottom + BETWEEN_PX;
    this.tocoBottom = height - FOOT_PX;
  }

  x(second) {
    return LEFT_PX + (second - this.fromS) * this.perS;
  }

  rateY(bpm) {
    const [low, high] = this.axis;
    return this.rateBottom - ((bpm - low) / (high - low)) * (this.rateBottom - this.rateTop);
  }

  tocoY(value) {
    return this.tocoBottom - (value / 100) * (this.tocoBottom - this.tocoTop);
  }

  // start: {startMs, speed} of the recording, for the time of day
  draw(start) {
    const [low, high] = this.axis;
    this.pen.fillStyle = LOOK.paper;
    this.pen.fillRect(0, 0, this.width, this.height);
    this.pen.fillStyle = LOOK.normal;
    const top = this.rateY(NORMAL[1]);
    this.pen.fillRect(LEFT_PX, top, this.width, this.rateY(NORMAL[0]) - top);
    this.#minutes(false, start);
    for (let bpm = low; bpm <= high; bpm += 10) this.#across(this.rateY(bpm), bpm % 20);
    for (let value = 0; value <= 100; value += 10) this.#across(this.tocoY(value), value % 20);
    this.#minutes(true, start);
    const step = this.rateBottom - this.rateTop > 200 ? 20 : 40;
    for (let bpm = Math.ceil(low / step) * step; bpm <= high; bpm += step) {
      if (this.rateY(bpm) > 6) this.text(bpm, LEFT_PX - 4, this.rateY(bpm), "right");
    }
    for (const value of [0, 50, 100]) this.text(value, LEFT_PX - 4, this.tocoY(value), "right");
  }

  text(words, x, y, align = "left", colour = LOOK.text) {
    this.pen.fillStyle = colour;
    this.pen.textAlign = align;
    this.pen.textBaseline = "middle";
    this.pen.fillText(words, x, y);
  }

  // Words on a piece of clean paper.
  label(words, x, y) {
    const half = this.pen.measureText(words).width / 2 + 6;
    this.pen.fillStyle = LOOK.paper;
    this.pen.fillRect(x - half, y - 10, 2 * half, 20);
    this.text(words, x, y, "center", LOOK.fhr);
  }

  // The heart-rate area between two seconds, hatched, with the longest words there is room for.
  hatch(fromS, toS, ...choices) {
    const left = Math.max(LEFT_PX, this.x(fromS));
    const right = Math.min(this.width, this.x(toS));
    if (right <= left) return;
    this.pen.fillStyle = this.pen.createPattern((hatched ??= hatching()), "repeat");
    this.pen.fillRect(left, this.rateTop, right - left, this.rateBottom - this.rateTop);
    const words = choices.find((one) => this.pen.measureText(one).width + 12 < right - left);
    if (words) this.label(words, (left + right) / 2, (this.rateTop + this.rateBottom) / 2);
  }

  #line(x1, y1, x2, y2, thin) {
    this.pen.strokeStyle = thin ? LOOK.thin : LOOK.bold;
    this.pen.lineWidth = 1;
    this.pen.beginPath();
    this.pen.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    this.pen.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
    this.pen.stroke();
  }

  #across(y, thin) {
    this.#line(LEFT_PX, y, this.width, y, thin);
  }

  // Either the thin lines of 20 s or the bold minutes with their times.
  #minutes(bold, start) {
    const every = [1, 2, 5, 10, 20].find((minutes) => minutes * 60 * this.perS > 54) ?? 60;
    for (let n = Math.max(0, Math.ceil(this.fromS / SQUARE_S)); n * SQUARE_S <= this.toS; n++) {
      if ((n % 3 === 0) !== bold) continue;
      const x = this.x(n * SQUARE_S);
      this.#line(x, this.rateTop, x, this.rateBottom, !bold);
      this.#line(x, this.tocoTop, x, this.tocoBottom, !bold);
      const minute = n / 3;
      if (!bold || minute % every || x > this.width - 20) continue;
      this.text(timeAt(minute, (minute / every) % 2, start), x, this.tocoBottom + 8, "center");
    }
  }
}

// Minutes since the start and time of day take turns; a replay that runs faster has only minutes.
function timeAt(minute, odd, { startMs, speed }) {
  if (odd && startMs && speed === 1) return clock(startMs + minute * 60_000, false);
  return t("%(minutes)d min", { minutes: minute });
}

function hatching() {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = LOOK.hatch;
  pen.beginPath();
  for (const at of [-8, 0, 8]) {
    pen.moveTo(at, 8);
    pen.lineTo(at + 8, 0);
  }
  pen.stroke();
  return tile;
}
