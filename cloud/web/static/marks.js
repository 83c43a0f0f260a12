// What the analysis found, drawn on the paper: the baseline, bars over accelerations, decelerations
// and contractions with words beside them, zones that may be the mother's pulse.
//
// Lighter is provisional: the last two minutes may still change. A dashed bar is a doubtful event,
// which is not counted.

import { LEFT_PX, LOOK } from "./paper.js";
import { msgid, t } from "./words.js";

const INK = {
  baseline: "#2b5fb8",
  acceleration: "#1f6b3a",
  deceleration: "#8a4a12",
  contraction: "#56627a",
  maternal: "#b0488f",
  sinusoidal: "#7d4fa0",
  focus: "#27407a",
  note: "#8a1f6a",
};
const LIGHT = 0.4; // of what is provisional
const TINT = 0.1;
const BAR_PX = 5;
const PRESS_PX = 8;
const WORDS_PX = 11; // from the middle of the bar to that of its words

const KINDS = {
  late: msgid("late"),
  variable: msgid("variable"),
  early: msgid("early"),
  prolonged: msgid("prolonged"),
  unclassified: msgid("kind unknown"),
};
const RHYTHMS = {
  suspect: msgid("sinusoidal pattern suspected"),
  sinusoidal: msgid("sinusoidal pattern"),
  pseudo: msgid("pseudo-sinusoidal pattern"),
};

// found: the document of an analysis. Under the curves.
export function drawZones(paper, found) {
  for (const span of found.quality.maternal) {
    zone(paper, span, INK.maternal, 0.16, t("the mother's pulse?"), 24);
  }
  for (const span of found.sinusoidal) zone(paper, span, INK.sinusoidal, 0.08, t(RHYTHMS[span.kind]), 38);
  for (const event of found.accelerations) zone(paper, event, INK.acceleration, TINT);
  for (const event of found.decelerations) zone(paper, event, INK.deceleration, TINT);
}

// Over the curves, and above what does not move with the paper: words are where there is room.
export function drawMarks(paper, found) {
  const rises = [...found.accelerations, ...doubtful(found.minor_accelerations)];
  const falls = [...found.decelerations, ...doubtful(found.minor_decelerations)];
  bars(paper, rises, INK.acceleration, paper.rateTop + 4, 1, riseWords);
  bars(paper, falls, INK.deceleration, paper.rateBottom - 5, -1, fallWords);
  bars(paper, found.contractions, INK.contraction, paper.tocoTop + 3, 1, () => []);
  border(paper, found);
}

// A frame around the seconds that the reader has chosen.
export function drawFocus(paper, { fromS, toS }) {
  const { pen, rateTop, tocoBottom } = paper;
  const [left, wide] = across(paper, { start_s: fromS, end_s: toS });
  if (wide <= 0) return;
  pen.strokeStyle = INK.focus;
  pen.lineWidth = 2;
  pen.strokeRect(left, rateTop, Math.max(wide, 3), tocoBottom - rateTop);
}

// What the mother pressed: movements below the heart rate, contractions at the foot of the activity.
export function drawPresses(paper, presses) {
  const { pen } = paper;
  pen.fillStyle = LOOK.press;
  for (const { kind, at_s } of presses) {
    const x = paper.x(at_s);
    const foot = kind === "movement" ? paper.tocoTop - 1 : paper.tocoBottom;
    pen.beginPath();
    pen.moveTo(x, foot - PRESS_PX);
    pen.lineTo(x - PRESS_PX / 2, foot);
    pen.lineTo(x + PRESS_PX / 2, foot);
    pen.fill();
  }
}

// What staff marked, numbered as in their list: a bar along the foot of the paper, with its ends.
export function drawNotes(paper, notes) {
  const { pen } = paper;
  notes.forEach(({ from_s, to_s }, n) => {
    const [left, right] = [paper.x(from_s), paper.x(to_s)];
    if (right < LEFT_PX || left > paper.width) return;
    pen.fillStyle = INK.note;
    pen.fillRect(left, paper.rateBottom - 30, Math.max(2, right - left), 2);
    for (const x of [left, right]) pen.fillRect(x, paper.rateBottom - 34, 2, 10);
    paper.text(String(n + 1), Math.max(left, LEFT_PX) + 4, paper.rateBottom - 41, "left", INK.note);
  });
}

// The second that the reader points at.
export function drawCross(paper, second) {
  paper.pen.fillStyle = INK.focus;
  paper.pen.fillRect(Math.round(paper.x(second)), paper.rateTop, 1, paper.tocoBottom - paper.rateTop);
}

function doubtful(events = []) {
  return events.map((event) => ({ ...event, doubtful: true }));
}

function riseWords(event) {
  return event.doubtful ? ["?"] : [];
}

// The longest first: what there is room for is written.
function fallWords(event) {
  if (event.doubtful) return ["?"];
  const kind = t(KINDS[event.kind]);
  if (event.lag_s === null || event.lag_s < 0) return [kind];
  return [t("%(kind)s, lag %(seconds)d s", { kind, seconds: event.lag_s }), kind];
}

function across(paper, event) {
  const left = Math.max(LEFT_PX, paper.x(event.start_s));
  return [left, Math.min(paper.width, paper.x(event.end_s)) - left];
}

function zone(paper, span, colour, strength, words = "", wordsY = 0) {
  const { pen, rateTop, rateBottom } = paper;
  const [left, right] = [paper.x(span.start_s), paper.x(span.end_s)];
  if (right < paper.part[0] || left > paper.part[1]) return;
  pen.globalAlpha = strength * (span.state === "provisional" ? LIGHT : 1);
  pen.fillStyle = colour;
  pen.fillRect(left, rateTop, right - left, rateBottom - rateTop);
  pen.globalAlpha = 1;
  if (words && pen.measureText(words).width < right - left) {
    paper.text(words, (left + right) / 2, rateTop + wordsY, "center", colour);
  }
}

function bars(paper, events, colour, y, side, wordsOf) {
  const { pen } = paper;
  const seen = events
    .filter((event) => paper.x(event.end_s) > LEFT_PX && paper.x(event.start_s) < paper.width)
    .sort((a, b) => a.start_s - b.start_s);
  let free = LEFT_PX; // where words may begin
  seen.forEach((event, n) => {
    const [left, wide] = across(paper, event);
    pen.save();
    pen.globalAlpha = event.state === "provisional" ? LIGHT : 1;
    pen.fillStyle = pen.strokeStyle = colour;
    pen.lineWidth = 1;
    if (event.doubtful) pen.setLineDash([3, 2]);
    if (event.doubtful) pen.strokeRect(left, y - BAR_PX / 2, wide, BAR_PX);
    else pen.fillRect(left, y - BAR_PX / 2, wide, BAR_PX);
    const next = n + 1 < seen.length ? Math.max(paper.x(seen[n + 1].start_s), left) : paper.width;
    const words = wordsOf(event).find((one) => pen.measureText(one).width < next - Math.max(left, free) - 4);
    if (words) {
      paper.text(words, Math.max(left, free), y + side * WORDS_PX, "left", colour);
      free = Math.max(left, free) + pen.measureText(words).width + 4;
    }
    pen.restore();
  });
}

export function drawBaseline(paper, { baseline: { start_s, bpm }, provisional_from_s }) {
  const { pen } = paper;
  const turn = Math.max(0, Math.round(provisional_from_s - start_s));
  const line = (values, fromS) => paper.line(values, fromS, 1, (value) => paper.rateY(value), [1, Infinity], INK.baseline);
  pen.lineWidth = 1.5;
  line(bpm.slice(0, turn), start_s);
  pen.globalAlpha = LIGHT;
  line(bpm.slice(turn), start_s + turn);
  pen.globalAlpha = 1;
}

// Where the provisional part begins.
function border(paper, { provisional_from_s, at_s }) {
  const x = paper.x(provisional_from_s);
  if (provisional_from_s >= at_s || x < LEFT_PX || x > paper.width) return;
  const { pen } = paper;
  pen.save();
  pen.strokeStyle = INK.focus;
  pen.lineWidth = 1;
  pen.setLineDash([2, 4]);
  pen.beginPath();
  pen.moveTo(x, paper.rateTop);
  pen.lineTo(x, paper.tocoBottom);
  pen.stroke();
  pen.restore();
  const words = t("provisional");
  const room = paper.width - x - 6;
  if (pen.measureText(words).width < room) paper.text(words, x + 4, paper.rateTop + 24, "left", INK.focus);
}
