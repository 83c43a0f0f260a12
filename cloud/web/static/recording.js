// One recording: its strip on measured paper, what came of it, what was found, what was done.

import { holder, stepText } from "./alerts.js";
import { Live, get } from "./live.js";
import { byId, h, me, priorityMark, setText } from "./parts.js";
import { AXES } from "./strip.js";
import { Tile } from "./tile.js";
import { clock, duration, msgid, say, t } from "./words.js";

const id = Number(document.body.dataset.recording);
const HOUR_S = 3600;
const REPORT_MS = 15_000;
let tile = null;

const live = new Live({
  reload: load,
  traces: (blocks) => {
    for (const block of blocks) if (block.recording_id === id) tile?.trace.add(block);
  },
  alert: (view) => view.recording_id === id && report(),
  recordings: report,
});

async function load() {
  if (!tile) {
    tile = new Tile(await get(`/api/recordings/${id}`), { cmPerMin: 1 });
    byId("strip").replaceChildren(tile.element);
    choose();
  }
  tile.trace.add(await get(`/api/recordings/${id}/trace?seconds=${HOUR_S}`));
  const at = new URLSearchParams(location.search).get("at");
  if (at && !load.done) show(Number(at));
  load.done = true;
  await report();
}

function choose() {
  tile.strip.options.cmPerMin = Number(byId("speed").value);
  tile.strip.options.axis = AXES[byId("axis").value];
}
for (const name of ["speed", "axis"]) byId(name).addEventListener("change", choose);

// Scrolling: the slider holds how far the right edge lies before now.
const back = byId("back");
back.addEventListener("input", () => (tile.strip.backS = Number(back.max) - Number(back.value)));
byId("strip").addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    scroll((tile.strip.seconds / 10) * Math.sign(event.deltaY + event.deltaX));
  },
  { passive: false },
);
byId("now").addEventListener("click", () => scroll(Infinity));

function scroll(seconds) {
  const most = Math.max(0, tile.trace.endS - tile.trace.startS - tile.strip.seconds);
  tile.strip.backS = Math.min(most, Math.max(0, tile.strip.backS - seconds));
}

// Bring a recorded second into the middle.
function show(second) {
  tile.strip.backS = 0;
  scroll(second + tile.strip.seconds / 2 - tile.trace.endS);
}

setInterval(() => {
  if (!tile) return;
  tile.draw(live);
  back.parentElement.hidden = tile.trace.endS - (tile.trace.startS ?? 0) <= tile.strip.seconds;
  back.max = Math.max(0, Math.floor(tile.trace.endS - (tile.trace.startS ?? 0) - tile.strip.seconds));
  back.value = back.max - tile.strip.backS;
  byId("now").hidden = tile.strip.backS === 0;
}, 250);
setInterval(() => tile && report(), REPORT_MS);

async function report() {
  const path = `/api/recordings/${id}`;
  const [complete, alerts] = await Promise.all([get(`${path}/completeness`), get(`/api/alerts?recording_id=${id}`)]);
  showCompleteness(complete);
  byId("alerts").replaceChildren(...alerts.map(alertCard));
  byId("alerts-empty").hidden = alerts.length > 0;
  if (me.role !== "mother") showAssessment(await get(`${path}/assessment`));
}

function showCompleteness(found) {
  const missing = found.missing.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const args = { ...found, missing, made: found.frames_made };
  const words = found.frames_made === null
    ? msgid("%(stored)d frames stored so far, %(missing)d missing, %(resent)d resent, %(damaged)d damaged on the way")
    : msgid("%(stored)d of %(made)d frames stored, %(missing)d missing, %(resent)d resent, %(damaged)d damaged on the way");
  setText(byId("completeness"), t(words, args));
  const gaps = found.gaps.map((gap) => {
    const length = duration((gap.to_s - gap.from_s) * 1000);
    return jump(gap.from_s, t("%(length)s without a heart rate: %(cause)s", { length, cause: t(gap.cause) }));
  });
  byId("gaps").replaceChildren(...gaps);
}

function showAssessment(found) {
  byId("assessment-empty").hidden = Boolean(found);
  byId("assessment").hidden = !found;
  if (!found) return;
  const { body } = found;
  setText(byId("verdict"), t(found.verdict));
  byId("verdict").dataset.verdict = found.verdict;
  setText(byId("assessed"), t("at %(time)s of the recording, rules %(version)s", { time: duration(found.at_s * 1000), version: body.rules_version }));
  byId("reasons").replaceChildren(...body.reasons.map((reason) => jump(reason.start_s, say(reason))));
  const isBad = ["suspicious", "pathological"].includes(found.verdict); // red marks only what is
  const places = body.reasons.map((reason) => ({ fromS: reason.start_s, toS: reason.end_s }));
  tile.strip.options.marks = isBad ? places : [];
}

// A line that leads to its place on the strip.
function jump(second, words) {
  const go = h("button", { type: "button", class: "jump", onclick: () => show(second) }, duration(second * 1000));
  return h("li", {}, go, " ", words);
}

function alertCard(alert) {
  const steps = alert.steps.map((step) => h("li", {}, h("time", {}, clock(step.at_ms)), " ", stepText(step)));
  return h(
    "article",
    { class: "history" },
    h("h3", {}, priorityMark(alert), " ", say(alert.reason)),
    h("p", { class: "holder" }, holder(alert)),
    h("ol", { class: "steps" }, ...steps),
  );
}
