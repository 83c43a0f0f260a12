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
const FOOT_PX = 15; // room for the times since the beginning
const CLOCK_PX = 12; // room below them for the times of day
const BETWEEN_PX = 10;
const TOCO_SHARE = 0.27; // of the height
const NORMAL = [110, 160]; // bpm, FIGO 2015 and the Chinese consensus of 2022
const LINES_S = [[20, 60], [60, 600], [600, 3600]]; // between thin lines and between bold ones
const LEAST_PX = 4; // between thin lines
const DENSE = 10; // samples in a pixel: from then on a column is drawn, not each
const SHORT = 32; // samples in one stroke: a long one takes a browser twice the time
const MINUTES = [1, 2, 5, 10, 20, 60, 120, 240]; // between times
const TIMES_PX = 54; // between times
const UNIT_PX = 17; // room for the unit of the axis

let hatched = null; // one pattern for all

export class Paper {
  // axis: [low, high] in bpm; fromS: the recorded second at the left edge; ratio: pixels of the
  // screen in one of the page, on which lines come to lie
  // start: {startMs, speed} of the recording; one that is replayed faster has no times of day
  constructor(pen, width, height, axis, fromS, seconds, ratio, { startMs, speed }) {
    const clockMs = speed === 1 ? startMs : undefined;
    const footPx = clockMs ? FOOT_PX + CLOCK_PX : FOOT_PX;
    const plot = height - footPx - BETWEEN_PX;
    Object.assign(this, { pen, width, height, axis, fromS, toS: fromS + seconds, ratio, clockMs });
    this.perS = (width - LEFT_PX) / seconds;
    this.rateTop = 3;
    this.rateBottom = plot * (1 - TOCO_SHARE);
    this.tocoTop = this.rateBottom + BETWEEN_PX;
    this.tocoBottom = height - footPx;
    this.part = [0, width]; // the columns that are drawn
  }

  // Draws with this pen between these columns.
  within(pen, part, draw) {
    Object.assign(this, { pen, part });
    pen.save();
    pen.beginPath();
    pen.rect(part[0], 0, part[1] - part[0], this.height);
    pen.clip();
    draw();
    pen.restore();
  }

  second(x) {
    return this.fromS + (x - LEFT_PX) / this.perS;
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

  draw() {
    const [low, high] = this.axis;
    const top = this.rateY(NORMAL[1]);
    this.#fill(LOOK.paper, 0, 0, this.width, this.height);
    this.#fill(LOOK.normal, 0, top, this.width, this.rateY(NORMAL[0]) - top);
    const [thinS, boldS] = LINES_S.find(([seconds]) => seconds * this.perS >= LEAST_PX) ?? LINES_S.at(-1);
    this.#upright(thinS, LOOK.thin);
    for (let bpm = low; bpm <= high; bpm += 10) this.#across(this.rateY(bpm), bpm % 20);
    for (let value = 0; value <= 100; value += 10) this.#across(this.tocoY(value), value % 20);
    this.#upright(boldS, LOOK.bold);
  }

  // The numbers of the axis, left of all that moves, and whole times below it: since the beginning,
  // and of the day.
  numbers() {
    const [low, high] = this.axis;
    this.#fill(LOOK.paper, 0, 0, LEFT_PX, this.tocoBottom + 1);
    const step = this.rateBottom - this.rateTop > 200 ? 20 : 40;
    for (let bpm = Math.ceil(low / step) * step; bpm <= high; bpm += step) {
      if (this.rateY(bpm) > UNIT_PX) this.text(bpm, LEFT_PX - 4, this.rateY(bpm), "right");
    }
    this.text(t("bpm"), LEFT_PX - 4, this.rateTop + 5, "right");
    for (const value of [0, 50, 100]) this.text(value, LEFT_PX - 4, this.tocoY(value), "right");
    const every = MINUTES.find((minutes) => minutes * 60 * this.perS > TIMES_PX) ?? MINUTES.at(-1);
    this.part = [LEFT_PX, this.width - 20];
    for (const n of this.#steps(60 * every, 0)) {
      const x = this.x(60 * every * n);
      this.text(since(n * every), x, this.tocoBottom + 8, "center");
      if (this.clockMs) this.text(clock(this.clockMs + 60_000 * every * n, false), x, this.tocoBottom + 8 + CLOCK_PX, "center");
    }
  }

  // The line through values at `hz` from second `startS` on. Jumps are not joined, a value outside
  // of [low, high] has an arrow at the edge; many in one column are a bar from least to most.
  line(values, startS, hz, y, [low, high], colour, jump = Infinity) {
    const { pen } = this;
    const [first, last] = this.part.map((x, n) => (this.second(x + (n ? 8 : -8)) - startS) * hz);
    const isDense = hz > DENSE * this.perS;
    const arrows = new Path2D();
    let [before, column, top, bottom, marked] = [NaN, NaN, 0, 0, NaN];
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineJoin = "bevel";
    pen.beginPath();
    for (let n = Math.max(0, Math.floor(first)); n < Math.min(values.length, last); n++) {
      const value = values[n] ?? NaN;
      const x = this.x(startS + n / hz);
      const at = y(Math.min(high, Math.max(low, value)));
      if (value >= low && value <= high) {
        const joined = Math.abs(value - before) <= jump;
        if (isDense) {
          if (Math.floor(x) !== column) {
            pen.fillRect(column, top - 0.7, 1, bottom - top + 1.4);
            column = Math.floor(x);
            top = bottom = joined ? y(before) : at;
          }
          top = Math.min(top, at);
          bottom = Math.max(bottom, at);
        } else {
          // the first sample after a gap is drawn as a dot, for it may stand alone
          if (!joined) pen.moveTo(x - 0.8, at);
          pen.lineTo(x, at);
          if (n % SHORT === 0) {
            pen.stroke();
            pen.beginPath();
            pen.moveTo(x, at);
          }
        }
        before = value;
      } else {
        before = NaN;
        if ((value > high || value < low) && Math.floor(x) !== marked) {
          const way = value > high ? 6 : -6;
          marked = Math.floor(x);
          arrows.moveTo(x, at);
          arrows.lineTo(x - 3, at + way);
          arrows.lineTo(x + 3, at + way);
        }
      }
    }
    if (isDense) pen.fillRect(column, top - 0.7, 1, bottom - top + 1.4);
    else pen.stroke();
    pen.fillStyle = LOOK.outside;
    pen.fill(arrows);
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

  // The heart-rate area between two seconds, hatched. The hatching moves with the paper.
  hatch(fromS, toS) {
    const zero = this.x(0);
    const [left, right] = [Math.max(0, this.x(fromS)), Math.min(this.width, this.x(toS))];
    hatched ??= this.pen.createPattern(hatching(), "repeat");
    this.pen.translate(zero, 0);
    this.#fill(hatched, left - zero, this.rateTop, right - left, this.rateBottom - this.rateTop);
    this.pen.translate(-zero, 0);
  }

  // In the middle of what is seen of these seconds, the longest words there is room for.
  name(fromS, toS, ...choices) {
    const [left, right] = [Math.max(LEFT_PX, this.x(fromS)), Math.min(this.width, this.x(toS))];
    if (right - left < 20) return;
    const words = choices.find((one) => this.pen.measureText(one).width + 12 < right - left);
    if (words) this.label(words, (left + right) / 2, (this.rateTop + this.rateBottom) / 2);
  }

  #fill(style, x, y, width, height) {
    this.pen.fillStyle = style;
    this.pen.fillRect(x, y, width, height);
  }

  #snap(at) {
    return Math.round(at * this.ratio) / this.ratio;
  }

  #across(y, thin) {
    this.#fill(thin ? LOOK.thin : LOOK.bold, 0, this.#snap(y), this.width, 1);
  }

  #upright(everyS, style) {
    for (const n of this.#steps(everyS, 1)) {
      const x = this.#snap(this.x(n * everyS));
      this.#fill(style, x, this.rateTop, 1, this.rateBottom - this.rateTop);
      this.#fill(style, x, this.tocoTop, 1, this.tocoBottom - this.tocoTop);
    }
  }

  // The numbers of the steps that lie in the part to be drawn or so many pixels beside it.
  *#steps(everyS, besidePx) {
    const [from, to] = this.part;
    const last = this.second(to + besidePx) / everyS;
    for (let n = Math.max(0, Math.ceil(this.second(from - besidePx) / everyS)); n <= last; n++) yield n;
  }
}

// 64 -> "1:04"
function since(minutes) {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
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
