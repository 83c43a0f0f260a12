// The cardiotocogram of one recording on a canvas: fetal and maternal heart rate, uterine activity.
//
// Nothing is invented: a gap is hatched, a jump is not joined, a value outside the axis is marked
// at the edge, and a strip whose data is old turns grey and says how old.
//
// Paper and curves are drawn once, on a canvas of their own that moves on with the time: of each
// picture only the columns that have come into sight or changed are new.

import { drawBaseline, drawCross, drawFocus, drawMarks, drawNotes, drawPresses, drawZones } from "./marks.js";
import { LEFT_PX, LOOK, PX_PER_CM, Paper } from "./paper.js";
import { FS_HZ } from "./trace.js";
import { duration, recorded, t } from "./words.js";

export const AXES = { wide: [30, 240], narrow: [50, 210] }; // bpm
export const STALE_MS = 10_000;
const JUMP_BPM = 30; // between neighbouring samples: not one curve
const GAP_S = 2; // shorter gaps stay plain paper
const SILENT_MS = 3000; // from then on the paper moves without a line: a still one looks alive

export class Strip {
  // options: axis [low, high]; cmPerMin 1 | 2 | 3, or seconds to fit into the width; startMs and
  // speed of the recording; marks [{fromS, toS}], the places that an alert or a reason is about;
  // found, the analysis to draw (marks.js), focus {fromS, toS}, what the reader has chosen; presses
  // [{kind, at_s}] of the mother, notes [{from_s, to_s}] of staff, and crossS, the second under the cross, or NaN
  constructor(canvas, trace, options = {}) {
    this.canvas = canvas;
    this.trace = trace;
    this.options = { axis: AXES.wide, seconds: 600, speed: 1, marks: [], presses: [], notes: [], crossS: NaN, ...options };
    this.backS = 0; // how far the right edge lies before the newest second
    this.ink = document.createElement("canvas").getContext("2d", { alpha: false });
    new ResizeObserver(() => (this.size = null)).observe(canvas);
  }

  get seconds() {
    const { cmPerMin, seconds } = this.options;
    if (!cmPerMin) return seconds;
    return ((this.#measured.width - LEFT_PX) / (PX_PER_CM * cmPerMin)) * 60;
  }

  // To measure makes the browser lay the page out: done when the size has changed.
  get #measured() {
    const { canvas } = this;
    return (this.size ??= { width: canvas.clientWidth, height: canvas.clientHeight, family: getComputedStyle(canvas).fontFamily });
  }

  // ageMs: how old the newest sample is, null for a recording that has ended; lostMs: how long
  // the page has been cut off from the service, 0 when it is not.
  draw(ageMs, lostMs = 0) {
    this.last = [ageMs, lostMs];
    if (!this.#measured.width) return;
    const { trace } = this;
    const silentS = (Math.max(0, (ageMs ?? 0) - SILENT_MS) / 1000) * this.options.speed;
    const nowS = trace.endS + silentS;
    if (this.backS) this.backS += nowS - (this.nowS ?? nowS); // the past stands still
    this.nowS = nowS;
    // a short recording begins at the left edge; from a full page on, the paper moves
    const pen = this.#lay(Math.max(nowS - this.backS, trace.firstS + this.seconds));
    const { paper } = this;
    const spans = this.#spans();
    this.#renew(spans);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.ink.canvas, 0, 0);
    this.#ready(pen);
    paper.within(pen, [LEFT_PX, paper.width], () => this.#over(spans));
    paper.numbers();
    if (lostMs > 0) this.#veil(t("connection lost %(time)s", { time: duration(lostMs, true) }));
    else if (ageMs > STALE_MS) this.#veil(t("no data %(time)s", { time: duration(ageMs, true) }));
  }

  // The paper up to this second, moved by whole pixels of the screen; the pen for it.
  #lay(toS) {
    const { width, height } = this.#measured;
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.ink.canvas]) {
      const [inkWidth, inkHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width === inkWidth && canvas.height === inkHeight) continue;
      Object.assign(canvas, { width: inkWidth, height: inkHeight });
      this.drawn = null;
    }
    const seconds = this.seconds;
    const pxS = seconds / (width - LEFT_PX) / ratio;
    const fromS = Math.round((toS - seconds) / pxS) * pxS;
    const pen = this.canvas.getContext("2d", { alpha: false });
    this.paper = new Paper(pen, width, height, this.options.axis, fromS, seconds, ratio, this.options);
    return pen;
  }

  #ready(pen) {
    const { ratio } = this.paper;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = this.#font("10px");
  }

  #font(size) {
    return `${size} ${this.#measured.family}`;
  }

  // What of the paper has come into sight or changed since the last picture.
  #renew(spans) {
    const { ink, paper, trace } = this;
    const { axis, found, marks } = this.options;
    const { width, perS, ratio } = paper;
    const drawn = { perS, ratio, axis, found, marks };
    const same = this.drawn && Object.keys(drawn).every((name) => drawn[name] === this.drawn[name]);
    const movedPx = same ? Math.round((paper.fromS - this.drawn.fromS) * perS * ratio) / ratio : width;
    const changedS = Math.min(trace.changedS, same ? this.drawn.endS : 0) - GAP_S; // a gap is one from then on
    const isNew = trace.changedS < Infinity || this.nowS > trace.endS || movedPx > 0;
    const parts = [];
    if (Math.abs(movedPx) >= width) parts.push([0, width]);
    else {
      if (movedPx) {
        ink.setTransform(1, 0, 0, 1, 0, 0);
        ink.drawImage(ink.canvas, -movedPx * ratio, 0);
      }
      if (movedPx < 0) parts.push([0, -movedPx]);
      const left = isNew ? Math.min(paper.x(changedS) - 2, width - movedPx) : width;
      if (left < width) parts.push([Math.max(0, Math.floor(left * ratio) / ratio), width]);
    }
    this.#ready(ink);
    for (const part of parts) paper.within(ink, part, () => this.#under(spans));
    this.drawn = { ...drawn, fromS: paper.fromS, endS: trace.endS };
    trace.changedS = Infinity;
  }

  // [{fromS, toS, words}] of the seconds in sight that have not arrived, or are without a fetal
  // heart rate; the last may reach until now.
  #spans() {
    const { startS, length, fhr, endS, awaited } = this.trace;
    const spans = awaited.map((span) => ({ ...span, words: [t("has not arrived yet"), t("loading")] }));
    const gaps = [];
    if (startS !== null) {
      const at = (n) => startS + n / FS_HZ;
      let n = Math.max(0, Math.floor((this.paper.second(0) - startS) * FS_HZ));
      while (n > 0 && n < length && Number.isNaN(fhr[n - 1])) n--; // it began before the left edge
      for (const last = Math.min(length, (this.paper.toS - startS) * FS_HZ + 1); n < last; n++) {
        if (!Number.isNaN(fhr[n])) continue;
        const from = n;
        while (n < length && Number.isNaN(fhr[n])) n++;
        gaps.push([at(from), n < length ? at(n) : this.nowS]);
      }
      if (length && !Number.isNaN(fhr[length - 1])) gaps.push([endS, this.nowS]);
    }
    const cut = (parts, { fromS, toS }) => parts.flatMap(([from, to]) => [[from, Math.min(to, fromS)], [Math.max(from, toS), to]]).filter(([from, to]) => from < to);
    for (const [fromS, toS] of awaited.reduce(cut, gaps)) {
      if (toS - fromS < GAP_S) continue;
      const seconds = toS - fromS;
      const time = seconds < 100 ? t("%(seconds)d s", { seconds }) : recorded(seconds);
      spans.push({ fromS, toS, words: [t("no signal %(time)s", { time }), time] });
    }
    return spans;
  }

  // What moves with the paper, in the part that is drawn.
  #under(spans) {
    const { paper, trace } = this;
    const { axis, found } = this.options;
    const rate = (bpm) => paper.rateY(bpm);
    paper.draw();
    for (const { fromS, toS } of spans) {
      if (paper.x(toS) > paper.part[0] && paper.x(fromS) < paper.part[1]) paper.hatch(fromS, toS);
    }
    this.#marks();
    if (found) drawZones(paper, found);
    this.#curve("toco", (value) => paper.tocoY(value), [0, 100]);
    for (const name of ["mhr", "fhr2", "fhr"]) this.#curve(name, rate, axis, JUMP_BPM);
    if (found) drawBaseline(paper, found);
  }

  #curve(name, y, axis, jump) {
    const { pen } = this.paper;
    pen.lineWidth = name === "fhr" ? 1.5 : 1.2;
    this.paper.line(this.trace[name], this.trace.startS, FS_HZ, y, axis, LOOK[name], jump);
  }

  // What is written and pointed at, in each picture anew.
  #over(spans) {
    const { paper } = this;
    const { found, focus, presses, notes, crossS } = this.options;
    for (const { fromS, toS, words } of spans) paper.name(fromS, toS, ...words);
    if (found) drawMarks(paper, found);
    drawPresses(paper, presses);
    drawNotes(paper, notes);
    if (focus) drawFocus(paper, focus);
    drawCross(paper, crossS);
  }

  #marks() {
    const { paper } = this;
    paper.pen.fillStyle = LOOK.mark;
    for (const { fromS, toS } of this.options.marks) {
      const left = paper.x(fromS);
      paper.pen.fillRect(left, paper.rateBottom + 3, Math.max(3, paper.x(toS) - left), 4);
    }
  }

  #veil(words) {
    const { pen, width, height, rateTop } = this.paper;
    pen.fillStyle = "rgba(235, 235, 235, 0.72)";
    pen.fillRect(0, 0, width, height);
    pen.font = this.#font("600 15px");
    this.paper.label(words, width / 2, rateTop + 22);
  }
}
