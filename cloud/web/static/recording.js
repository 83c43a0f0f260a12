// One recording: its strip on measured paper, what came of it, what was found, what was done.

import { holder, stepText } from "./alerts.js";
import { Cross } from "./cross.js";
import { Live, get } from "./live.js";
import { messageList } from "./messages.js";
import { byId, h, priorityMark, setText } from "./parts.js";
import { Pieces } from "./pieces.js";
import { AXES } from "./strip.js";
import { Tile } from "./tile.js";
import { clock, date, duration, msgid, recorded, say, t } from "./words.js";
import { writtenParts } from "./written.js";

const id = Number(document.body.dataset.recording);
const KEPT_S = 24 * 3600;
const REPORT_MS = 15_000;
const STILL_PX = 5; // a pointer that moved less has clicked
let tile = null;
let pieces = null; // of its trace
const written = writtenParts();
let found = null; // the newest assessment's document

const live = new Live({
  reload: load,
  traces: (blocks) => {
    for (const block of blocks) if (block.recording_id === id) tile?.trace.add(block);
  },
  alert: (view) => view.recording_id === id && report(),
  recordings: report,
  reading: (one) => one.recording_id === id && report(),
  changed: (one) => {
    for (const part of written) part.changed(one);
    if (one.id !== id) return;
    if (one.topic === "marks") tile?.loadPresses().then(showPresses);
    if (one.topic === "annotation") report();
  },
});

async function load() {
  if ("byHand" in document.body.dataset) return report(); // no strip came
  if (!tile) {
    tile = new Tile(await get(`/api/recordings/${id}`), {}, KEPT_S);
    const { strip, trace } = tile;
    pieces = new Pieces(`/api/recordings/${id}/trace`, trace, () => [strip.paper?.fromS, strip.paper?.toS]);
    byId("strip").replaceChildren(tile.element);
    new Cross(tile, byId("cross"), { scroll, zoom });
    choose();
  }
  await Promise.all([pieces.load(), tile.loadPresses()]);
  showPresses();
  const at = new URLSearchParams(location.search).get("at");
  if (at && !load.done) show(Number(at));
  load.done = true;
  await report();
}

// A speed in cm/min, or hours that fill the width.
function choose() {
  const list = byId("speed");
  const hours = Number(list.selectedOptions[0].dataset.hours ?? 0);
  list.name = hours ? "" : "speed"; // what is printed has a speed
  Object.assign(tile.strip.options, { cmPerMin: hours ? null : Number(list.value), seconds: hours * 3600, axis: AXES[byId("axis").value] });
  scroll(0);
}
for (const name of ["speed", "axis"]) byId(name).addEventListener("change", choose);

// To another paper speed, about the cross, else the middle of what is seen, or now.
function zoom(steps) {
  const list = byId("speed");
  const { strip, trace } = tile;
  const { fromS, toS } = strip.paper;
  const { crossS } = strip.options;
  const at = crossS >= fromS && crossS <= toS ? crossS : strip.backS ? (fromS + toS) / 2 : toS;
  const after = (toS - at) / (toS - fromS); // what part of the paper lies right of it
  list.selectedIndex = Math.min(list.options.length - 1, Math.max(0, list.selectedIndex + steps));
  choose();
  strip.backS = 0;
  scroll(at + after * strip.seconds - trace.endS);
}
byId("overlay").addEventListener("change", overlay);

function overlay() {
  tile.strip.options.found = byId("overlay").checked ? found : null;
}

// Scrolling: the slider holds how far the right edge lies before now.
const back = byId("back");
back.addEventListener("input", () => (tile.strip.backS = Number(back.max) - Number(back.value)));
byId("strip").addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const way = Math.sign(event.deltaY + event.deltaX);
    if (event.ctrlKey) zoom(-way);
    else scroll((tile.strip.seconds / 10) * way);
  },
  { passive: false },
);
byId("now").addEventListener("click", () => {
  tile.strip.options.focus = null;
  scroll(Infinity);
});

// How far back it goes.
const most = () => Math.max(0, tile.trace.endS - tile.trace.firstS - tile.strip.seconds);

function scroll(seconds) {
  tile.strip.backS = Math.min(most(), Math.max(0, tile.strip.backS - seconds));
  tile.draw(live);
}

// Bring a recorded second into the middle.
function show(second) {
  tile.strip.backS = 0;
  scroll(second + tile.strip.seconds / 2 - tile.trace.endS);
}

// Frame these seconds and bring them into view: the middle, or the beginning of what is wider.
function showSpan(fromS, toS) {
  tile.strip.options.focus = { fromS, toS };
  const half = Math.min(toS - fromS, tile.strip.seconds * 0.9) / 2;
  show(fromS + half);
  byId("strip").scrollIntoView({ block: "nearest" });
}

// What staff mark: with its form open, a click or Enter at the cross gives the beginning, the next
// one the end.
let pressedX = 0;
let begunS = NaN;
byId("strip").addEventListener("pointerdown", ({ clientX }) => (pressedX = clientX));
byId("strip").addEventListener("click", ({ clientX }) => Math.abs(clientX - pressedX) < STILL_PX && give());
byId("strip").addEventListener("keydown", ({ key }) => key === "Enter" && give());
document.addEventListener("click", (event) => {
  const { from, to } = event.target.dataset;
  if (from === undefined) return;
  event.preventDefault();
  showSpan(Number(from), Number(to));
});

function jump(fromS, toS) {
  return h("button", { type: "button", class: "jump", "data-from": fromS, "data-to": toS }, recorded(fromS));
}

const span = (fromS, toS) => h("small", {}, t("%(from)s to %(to)s", { from: recorded(fromS), to: recorded(toS) }));

// A line that leads to its place on the strip.
function line(fromS, toS, ...words) {
  return h("li", {}, jump(fromS, toS), " ", ...words);
}

function give() {
  const form = document.querySelector("#annotate[open] form");
  const atS = tile?.strip.options.crossS;
  if (!form || !(atS >= 0)) return;
  const { from_s: from, to_s: to } = form.elements;
  const begins = !from.value || to.value || Number.isNaN(begunS);
  if (begins) begunS = atS;
  (begins ? from : to).value = duration(1000 * atS);
  if (begins) to.value = "";
  tile.strip.options.focus = { fromS: Math.min(begunS, atS), toS: Math.max(begunS, atS) };
}

function lasts(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("%(minutes)d min %(seconds)d s", { minutes, seconds: Math.floor(seconds % 60) });
  return t("%(hours)d h %(minutes)d min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

const began = byId("began");
began.textContent = date(Number(began.dataset.ms));
document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "?" || target.closest("input, textarea, select")) return;
  byId("help").open = !byId("help").open;
  byId("help").firstElementChild.focus();
});

setInterval(() => {
  for (const part of written) part.tick(live);
  if (!tile) return;
  tile.draw(live);
  setText(byId("lasts"), lasts(tile.trace.endS));
  back.parentElement.hidden = most() === 0;
  back.max = Math.floor(most());
  back.value = back.max - tile.strip.backS;
  byId("now").hidden = tile.strip.backS === 0;
}, 250);
setInterval(() => tile && report(), REPORT_MS);

// A blind reader gets nothing of the machine's before the own class.
async function report() {
  const path = `/api/recordings/${id}`;
  const paths = [`${path}/completeness`, `/api/alerts?recording_id=${id}`, `${path}/assessment`, `${path}/log`, `${path}/annotations`];
  const [complete, alerts, newest, silent, noted] = await Promise.all(paths.map(get));
  showCompleteness(complete);
  byId("alerts").replaceChildren(...alerts.map(alertCard));
  byId("alerts-empty").hidden = alerts.length > 0;
  setText(byId("alerts-empty"), newest?.hidden ? HIDDEN() : t("No alert so far."));
  showSilent(silent);
  if (tile) {
    tile.strip.options.notes = noted.filter((one) => one.ended_ms === null);
    showAssessment(newest);
  }
}

const HIDDEN = () => t("Hidden until you have read the strip yourself.");

// What she pressed: each leads to its place.
function showPresses() {
  const lines = Object.entries({ movement: t("Movements"), contraction: t("Contractions") }).map(([kind, title]) => {
    const places = tile.presses.filter((one) => one.kind === kind);
    const jumps = places.map((one) => [" ", jump(one.at_s, one.at_s + 1)]);
    return places.length ? h("p", {}, `${title} (${places.length}):`, ...jumps.flat()) : null;
  });
  byId("felt").hidden = !tile.presses.length;
  byId("felt-list").replaceChildren(...lines.filter(Boolean));
}

function showCompleteness(found) {
  const missing = found.missing.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const args = { ...found, missing, made: found.frames_made };
  const words = found.frames_made === null
    ? msgid("%(stored)d frames stored so far, %(missing)d missing, %(resent)d resent, %(damaged)d damaged on the way")
    : msgid("%(stored)d of %(made)d frames stored, %(missing)d missing, %(resent)d resent, %(damaged)d damaged on the way");
  setText(byId("completeness"), t(words, args));
  const gaps = found.gaps.map((gap) => {
    const length = recorded(gap.to_s - gap.from_s);
    const words = t("%(length)s without a heart rate: %(cause)s", { length, cause: t(gap.cause) });
    return line(gap.from_s, gap.to_s, words);
  });
  byId("gaps").replaceChildren(...gaps);
  setText(byId("gaps-count"), t("%(title)s: %(count)d", { title: t("Gaps"), count: gaps.length }));
  byId("gaps").parentElement.hidden = gaps.length === 0;
}

// What the rules kept silent about, and why.
function showSilent(kept) {
  byId("silent-box").hidden = kept.length === 0;
  const lines = kept.map((one) => {
    return line(one.from_s, one.to_s, `${one.rule}: ${say(one.reason)}`, " ", span(one.from_s, one.to_s));
  });
  byId("silent").replaceChildren(...lines);
}

function showAssessment(newest) {
  setText(byId("assessment-empty"), newest?.hidden ? HIDDEN() : t("No assessment yet."));
  if (newest?.hidden) {
    newest = found = null;
    tile.strip.options.marks = [];
    overlay();
  }
  byId("assessment-empty").hidden = Boolean(newest);
  byId("assessment").hidden = !newest;
  if (!newest) return;
  const { body } = newest;
  setText(byId("verdict"), t(newest.verdict));
  byId("verdict").dataset.verdict = newest.verdict;
  setText(byId("assessed"), newest.said.map(say).join("; "));
  byId("reasons").replaceChildren(...body.reasons.map(reasonLine));
  const isBad = ["suspicious", "pathological"].includes(newest.verdict); // red marks only what is
  const places = body.reasons.map((reason) => ({ fromS: reason.start_s, toS: reason.end_s }));
  tile.strip.options.marks = isBad ? places : [];
  if (!body.baseline) return; // of a version that kept less
  found = body;
  overlay();
}

function reasonLine(reason) {
  const words = say({ text: reason.message ?? reason.text, args: reason.args });
  return line(reason.start_s, reason.end_s, words, " ", span(reason.start_s, reason.end_s));
}

function alertCard(alert) {
  const steps = alert.steps.map((step) => h("li", {}, h("time", {}, clock(step.at_ms)), " ", stepText(step)));
  return h(
    "article",
    { class: "history" },
    h("h3", {}, priorityMark(alert), " ", tile ? jump(alert.onset_s, alert.at_s) : "", " ", say(alert.reason)),
    h("p", { class: "holder" }, holder(alert)),
    h("ol", { class: "steps" }, ...steps),
    messageList(alert.id),
  );
}
