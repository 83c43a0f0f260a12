// The mother's page: what is happening, what to do now, who knows about it. Its words: happening.js.

import { ANSWERS as ALL_ANSWERS, worstFirst } from "./alerts.js";
import { showButtons } from "./buttons.js";
import { asks, callsAmbulance, callsHospital, happening, sentences } from "./happening.js";
import { Live, get, post } from "./live.js";
import { byId, h, originBadges, phoneLink, setText } from "./parts.js";
import { isFresh, showPlacing } from "./placing.js";
import { sharePosition } from "./sharing.js";
import { STALE_MS } from "./strip.js";
import { Tile, ageText } from "./tile.js";
import { clock, msgid, t } from "./words.js";
import { writtenParts } from "./written.js";

const WEAK = 40; // % signal quality; the limit of the signal bar
const LATE_S = 10; // that have not arrived: fewer are on their way
const LATE_MS = 5000; // older data say how old they are
const STEADY_MS = 8000; // a shorter pause of the heartbeat is not told
const WAITS_MS = 60_000; // for the probe, before she reads what to check
const { done, ...patient } = ALL_ANSWERS;
const ANSWERS = { patient, technical: { done, call_me: msgid("Please help me") } };
const openedAt = performance.now();
let isRead = false;
let found = null; // {id, at}: the recording whose heart was found, and when that was seen last
let tile = null;
const alerts = new Map();
const written = writtenParts();

const live = new Live({
  reload,
  traces: (blocks) => {
    for (const block of blocks) if (block.recording_id === tile?.recording.id) tile.trace.add(block);
  },
  alert: (view) => {
    alerts.set(view.id, view);
    showAlert();
  },
  recordings: reload,
  changed: (one) => {
    if (one.topic === "marks") tile?.loadPresses();
    for (const part of written) part.changed(one);
  },
});
setInterval(draw, 250);
setInterval(remember, 2000);
navigator.serviceWorker?.register("/worker.js").then(() => navigator.serviceWorker.controller?.postMessage("keep"));

async function reload() {
  const [rows, views] = await Promise.all([get("/api/recordings"), get("/api/alerts")]);
  alerts.clear();
  for (const view of views) alerts.set(view.id, view);
  showAlert();
  const row = rows.find((one) => one.open) ?? null;
  if (!row || tile?.recording.id !== row.id) {
    tile = row && new Tile(row, { seconds: 300 });
    byId("strip").replaceChildren(...(row ? [tile.element] : []));
    byId("origin").replaceChildren(...(row ? originBadges(row) : []));
  }
  if (row && location.hash === "#placing") history.replaceState(null, "", location.pathname);
  byId("strip-box").hidden = !row;
  for (const part of written) part.stale = true;
  isRead = true;
  await Promise.all([tile?.load(), showButtons(row?.id)]);
  draw();
}

// For the page without a network.
function remember() {
  if (!live.lostMs) localStorage.setItem("lucina-known", JSON.stringify({ atMs: Date.now(), running: Boolean(tile), unsentS: unsentS(), phone: said("call", "told") || byId("hers")?.textContent }));
}

const unsentS = () => live.unsentS[tile?.recording.id] ?? 0;

// She reports it herself; the alert that follows tells her what to do.
byId("less").addEventListener("click", async () => {
  const unsent = () => setText(byId("less-unsent"), t("It was not sent. Please call the hospital."));
  if (tile) await post(`/api/recordings/${tile.recording.id}/reduced-movement`).then(() => setText(byId("less-unsent"), ""), unsent);
});

const current = () => [...alerts.values()].filter((alert) => asks(alert, tile?.recording.id)).sort(worstFirst)[0];

const shown = new Set(); // alerts that the page has gone to
let shownFor = "";
const wordsOf = (alert) => sentences(alert, expected(), live.nowMs);
const keyOf = (alert) => (alert ? `${alert.id} ${wordsOf(alert)} ${said("call", "told")}` : "");

function showAlert() {
  const alert = current();
  shownFor = keyOf(alert);
  const box = byId("alert");
  box.hidden = !alert;
  byId(alert ? "alert-rate" : "beats").append(byId("rate-box"));
  if (!alert) return;
  const [what, ...steps] = wordsOf(alert);
  box.className = `card alert ${alert.priority}`;
  const { now, reason } = alert;
  const late = reason.late_s && reason.args.time;
  const since = !late && now.live && now.lines[0];
  const time = late || clock(since ? since.at_ms : alert.raised_ms, false);
  setText(byId("alert-what"), t(since ? msgid("Since %(time)s: %(words)s") : msgid("At %(time)s: %(words)s"), { time, words: what }));
  byId("back").hidden = !now.strip || now.holds;
  byId("alert-steps").replaceChildren(...steps.map(stepLine));
  const answers = ANSWERS[alert.kind];
  byId("answers").replaceChildren(...Object.keys(answers).map((answer) => answerButton(alert, answer)));
  const given = answers[alert.mother_answer];
  setText(byId("answered"), given ? t("You answered at %(time)s: %(answer)s. You can still change it.", { answer: t(given), time: clock(alert.mother_answer_ms, false) }) : "");
  if (shown.has(alert.id)) return;
  shown.add(alert.id);
  if (document.activeElement.matches("input, select, textarea")) return; // the bar leads to it
  box.scrollIntoView();
  byId("alert-what").focus({ preventScroll: true });
}

function answerButton(alert, answer) {
  const chosen = alert.mother_answer === answer;
  const onclick = () =>
    post(`/api/alerts/${alert.id}/answer`, { answer }).catch(() =>
      setText(byId("answered"), t("Your answer was not sent. Please call the hospital.")),
    );
  return h("button", { type: "button", onclick, "aria-pressed": String(chosen), class: answer }, t(ANSWERS[alert.kind][answer]));
}

// A number to call stands where the words ask for it.
function stepLine(step) {
  const number = callsAmbulance(step) ? "120" : callsHospital(step) && said("call", "told");
  return h("li", {}, step, ...(number ? [" ", phoneLink(number)] : []));
}

// What a part of the page says that the service writes.
const said = (name, part = "now") => byId(part).querySelector(`[data-${name}]`)?.dataset[name] ?? "";
const expected = () => said("expected");

function draw() {
  for (const part of written) part.tick(live);
  if (!live.lostMs && !(isRead && wanted())) return; // what is not known yet is not said
  const ageMs = tile ? live.ageMs(tile.recording.id) : null;
  tile?.draw(live);
  const alert = current();
  if (shownFor !== keyOf(alert)) showAlert(); // a signal came back, a recording ended, she has arrived
  sharePosition(Boolean(tile) || alert?.kind === "patient");
  const says = happening(factsOf(alert, ageMs));
  document.body.dataset.state = says.state;
  setText(byId("state"), says.now);
  setText(byId("todo"), says.hints && placed() ? "" : says.todo);
  setText(byId("watching"), says.watching);
  showPlacing(says.meter ? placed() : null, says.hints);
  const left = Math.ceil(wanted() - (tile?.trace.endS ?? 0) / 60);
  setText(byId("left"), t("Minutes left: %(left)d of %(minutes)d", { left, minutes: wanted() }));
  const late = unsentS();
  setText(byId("unsent"), t("%(seconds)d seconds have not arrived yet. The probe and the box keep them and send them by themselves.", { seconds: late }));
  setText(byId("age"), ageMs > LATE_MS && !live.lostMs ? ageText(ageMs) : "");
  const bpm = says.rate ? tile.trace.newest("fhr", 5) : NaN;
  setText(byId("rate"), bpm.toFixed(0));
  const visible = {
    left: says.left && wanted() && left > 0, "rate-box": !Number.isNaN(bpm), unsent: late >= LATE_S,
    calm: says.calm, begin: says.begin, "less-box": says.less,
  };
  for (const [id, is] of Object.entries(visible)) byId(id).hidden = !is;
}

const placed = () => tile && live.placed(tile.recording.id);
const wanted = () => Number(said("minutes"));

function factsOf(alert, ageMs) {
  const begun = location.hash === "#placing" ? performance.now() - openedAt : NaN;
  return {
    lost: live.lostMs > 0,
    alert: alert?.kind ?? "",
    person: alert?.owner?.person,
    going: said("going"),
    expected: expected(),
    waiting: begun >= WAITS_MS ? "late" : begun >= 0 ? "waiting" : "",
    calm: byId("now").querySelector("[data-calm]") !== null,
    minutes: wanted(),
    recording: tile && ageMs !== null ? { stale: Math.min(ageMs, placed()?.age_ms ?? Infinity) > STALE_MS, done: wanted() > 0 && tile.trace.endS >= 60 * wanted(), signal: signal() } : null,
  };
}

// By the probe's own word where it gives one; a short pause changes nothing.
function signal() {
  const { id } = tile.recording;
  const at = placed();
  const lies = at && isFresh(at) ? at.contact > 1 && !at.own_heart : !(tile.trace.newest("quality", 5) < WEAK);
  if (found?.id !== id) found = null;
  if (lies && !Number.isNaN(tile.trace.newest("fhr", 15))) found = { id, at: performance.now() };
  if (!found) return "searching";
  return performance.now() - found.at < STEADY_MS ? "found" : "unclear";
}
