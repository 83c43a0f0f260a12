// The cardiotocogram of one recording on a canvas: fetal and maternal heart rate, uterine activity.
//
// Nothing is invented: a gap is hatched, a jump is not joined, a value outside the axis is marked
// at the edge, and a strip whose data is old turns grey and says how old.

import { drawCross, drawFocus, drawMarks, drawNotes, drawPresses, drawZones } from "./marks.js";
import { LEFT_PX, LOOK, PX_PER_CM, Paper } from "./paper.js";
import { FS_HZ } from "./trace.js";
import { duration, t } from "./words.js";

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
  }

  get seconds() {
    const { cmPerMin, seconds } = this.options;
    if (!cmPerMin) return seconds;
    return ((this.canvas.clientWidth - LEFT_PX) / (PX_PER_CM * cmPerMin)) * 60;
  }

  // ageMs: how old the newest sample is, null for a recording that has ended; lostMs: how long
  // the page has been cut off from the service, 0 when it is not.
  draw(ageMs, lostMs = 0) {
    this.last = [ageMs, lostMs];
    if (!this.canvas.clientWidth) return;
    const silentS = (Math.max(0, (ageMs ?? 0) - SILENT_MS) / 1000) * this.options.speed;
    const nowS = this.trace.endS + silentS;
    // a short recording begins at the left edge; from a full page on, the paper moves
    this.paper = this.#freshPaper(Math.max(nowS - this.backS, (this.trace.startS ?? 0) + this.seconds));
    this.paper.draw(this.options);
    if (this.trace.startS !== null) {
      this.#gaps(nowS);
      this.#curves();
    }
    if (lostMs > 0) this.#veil(t("connection lost %(time)s", { time: duration(lostMs) }));
    else if (ageMs > STALE_MS) this.#veil(t("no data %(time)s", { time: duration(ageMs) }));
  }

  #freshPaper(toS) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    const [inkWidth, inkHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== inkWidth || this.canvas.height !== inkHeight) {
      this.canvas.width = inkWidth;
      this.canvas.height = inkHeight;
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = this.#font("10px");
    return new Paper(pen, width, height, this.options.axis, toS - this.seconds, toS);
  }

  #font(size) {
    return `${size} ${getComputedStyle(this.canvas).fontFamily}`;
  }

  // Runs of seconds without a fetal heart rate; the last may reach until now.
  #gaps(nowS) {
    const { startS, length, fhr } = this.trace;
    let n = this.#first();
    while (n > 0 && n < length && Number.isNaN(fhr[n - 1])) n--; // it began before the left edge
    for (const last = this.#last(); n < last; n++) {
      if (!Number.isNaN(fhr[n])) continue;
      const fromS = startS + n / FS_HZ;
      while (n < length && Number.isNaN(fhr[n])) n++;
      this.#gap(fromS, n < length ? startS + n / FS_HZ : nowS);
    }
    if (length && !Number.isNaN(fhr[length - 1])) this.#gap(this.trace.endS, nowS);
  }

  #gap(fromS, toS) {
    if (toS - fromS < GAP_S) return;
    const time = duration((toS - fromS) * 1000);
    this.paper.hatch(fromS, toS, t("no signal %(time)s", { time }), time);
  }

  // The first sample that may be seen, and the one after the last.
  #first() {
    return Math.max(0, Math.floor((this.paper.fromS - this.trace.startS) * FS_HZ));
  }

  #last() {
    return Math.min(this.trace.length, Math.ceil((this.paper.toS - this.trace.startS) * FS_HZ) + 1);
  }

  #curves() {
    const { paper } = this;
    const rate = (bpm) => paper.rateY(bpm);
    paper.pen.save();
    paper.pen.beginPath();
    paper.pen.rect(LEFT_PX, 0, paper.width - LEFT_PX, paper.height);
    paper.pen.clip();
    this.#marks();
    if (this.options.found) drawZones(paper, this.options.found);
    this.#curve("toco", (value) => paper.tocoY(value), [0, 100], Infinity);
    for (const name of ["mhr", "fhr2", "fhr"]) this.#curve(name, rate, this.options.axis, JUMP_BPM);
    if (this.options.found) drawMarks(paper, this.options.found);
    drawPresses(paper, this.options.presses);
    drawNotes(paper, this.options.notes);
    if (this.options.focus) drawFocus(paper, this.options.focus);
    drawCross(paper, this.options.crossS);
    paper.pen.restore();
  }

  #curve(name, y, [low, high], jump) {
    const { pen } = this.paper;
    const values = this.trace[name];
    pen.strokeStyle = LOOK[name];
    pen.lineWidth = name === "fhr" ? 1.5 : 1.2;
    pen.beginPath();
    let before = NaN;
    for (let n = this.#first(), last = this.#last(); n < last; n++) {
      const value = values[n];
      const x = this.paper.x(this.trace.startS + n / FS_HZ);
      const inside = value >= low && value <= high;
      if (value > high) this.#outside(x, y(high), 1);
      if (value < low) this.#outside(x, y(low), -1);
      if (inside) {
        // the first sample after a gap is drawn as a dot, for it may stand alone
        if (!(Math.abs(value - before) <= jump)) pen.moveTo(x - 0.8, y(value));
        pen.lineTo(x, y(value));
      }
      before = inside ? value : NaN;
    }
    pen.stroke();
  }

  // An arrow at the edge of the axis: the value lies beyond. Filled apart from the current path.
  #outside(x, y, up) {
    const arrow = new Path2D();
    arrow.moveTo(x, y);
    arrow.lineTo(x - 3, y + 6 * up);
    arrow.lineTo(x + 3, y + 6 * up);
    this.paper.pen.fillStyle = LOOK.outside;
    this.paper.pen.fill(arrow);
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
