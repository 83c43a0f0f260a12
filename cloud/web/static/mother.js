// The mother's page: what is happening, what to do now, who knows about it.

import { ANSWERS, isClosed, worstFirst } from "./alerts.js";
import { showButtons } from "./buttons.js";
import { Live, get, post } from "./live.js";
import { byId, h, orgName, orgOf, originBadges, phoneLink, setText } from "./parts.js";
import { showPlacing } from "./placing.js";
import { sharePosition } from "./sharing.js";
import { STALE_MS } from "./strip.js";
import { Tile, ageText } from "./tile.js";
import { clock, t } from "./words.js";
import { writtenParts } from "./written.js";

const WEAK = 40; // % signal quality; the limit of the signal bar
const LATE_S = 10; // that have not arrived: fewer are on their way
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
  if (row && tile?.recording.id !== row.id) {
    tile = new Tile(row, { seconds: 300 });
    byId("strip").replaceChildren(tile.element);
    byId("origin").replaceChildren(...originBadges(row));
  }
  if (!row) {
    tile = null;
    byId("strip").replaceChildren();
    byId("origin").replaceChildren();
  }
  byId("strip-box").hidden = !row;
  byId("less-box").hidden = !row;
  byId("begin").hidden = Boolean(row);
  for (const part of written) part.stale = true;
  await Promise.all([tile?.load(), showButtons(row?.id)]);
  draw();
}

// For the page without a network.
function remember() {
  if (!live.lostMs) localStorage.setItem("lucina-known", JSON.stringify({ atMs: Date.now(), running: Boolean(tile), unsentS: unsentS() }));
}

const unsentS = () => live.unsentS[tile?.recording.id] ?? 0;

// She reports it herself; the alert that follows tells her what to do.
byId("less").addEventListener("click", async () => {
  if (tile) await post(`/api/recordings/${tile.recording.id}/reduced-movement`);
});

const current = () => [...alerts.values()].filter((alert) => !isClosed(alert)).sort(worstFirst)[0];

// The first sentence says what is, the others what to do.
function sentences(words) {
  return words.match(/[^.!?。！？]+[.!?。！？]+/g)?.map((one) => one.trim()) ?? [words];
}

function showAlert() {
  const alert = current();
  const box = byId("alert");
  box.hidden = !alert;
  byId("calm").hidden = Boolean(alert);
  if (!alert) return;
  const [what, ...steps] = sentences(t(alert.mother_text));
  box.className = `card alert ${alert.priority}`;
  const { time } = alert.reason.late_s ? alert.reason.args : {}; // of what is told late
  setText(byId("alert-what"), time ? t("At %(time)s: %(words)s", { time, words: what }) : what);
  byId("alert-steps").replaceChildren(...steps.map((step) => h("li", {}, step)));
  byId("told").replaceChildren(...told(alert));
  byId("answers").replaceChildren(...Object.keys(ANSWERS).map((answer) => answerButton(alert, answer)));
  const given = ANSWERS[alert.mother_answer];
  const args = given && { answer: t(given), time: clock(alert.mother_answer_ms, false) };
  setText(byId("answered"), given ? t("You answered at %(time)s: %(answer)s. You can still change it.", args) : "");
}

function answerButton(alert, answer) {
  const chosen = alert.mother_answer === answer;
  const onclick = () =>
    post(`/api/alerts/${alert.id}/answer`, { answer }).catch(() =>
      setText(byId("answered"), t("Your answer was not sent. Please call the hospital.")),
    );
  return h("button", { type: "button", onclick, "aria-pressed": String(chosen), class: answer }, t(ANSWERS[answer]));
}

// The line of what the hospital knows and has done, each with its time.
function told(alert) {
  const { organisation, owner } = alert;
  if (owner) {
    const who = { person: owner.person, organisation: orgOf(owner) };
    const words = t("%(person)s at %(organisation)s is looking after you.", who);
    return [h("p", { class: "good" }, `✓ ${words}`), ...help(alert), call(organisation)];
  }
  if (alert.mother_answer === "ambulance") return [...help(alert), call(organisation)];
  if (alert.phase === "centre") {
    if (alert.kind === "technical") return [h("p", {}, t("The monitoring centre knows about it."))];
    return [h("p", {}, t("The monitoring centre has been asked to call you. Please keep your phone free."))];
  }
  if (!organisation) return [h("p", {}, t("We are finding a hospital for you."))];
  const who = { organisation: orgName(organisation), time: clock(alert.told_ms, false) };
  const lines = [h("p", {}, t("Told: %(organisation)s, %(time)s", who))];
  if (alert.seen_ms) {
    const seen = { organisation: who.organisation, time: clock(alert.seen_ms, false) };
    lines.push(h("p", { class: "good" }, `✓ ${t("%(organisation)s saw this at %(time)s", seen)}`));
  } else {
    lines.push(h("p", { class: "quiet" }, t("Not seen there yet. If nobody answers, the next hospital is told by itself.")));
  }
  return [...lines, ...help(alert), call(organisation)];
}

// A person at the centre has been asked to call her: she keeps her phone free, and does not wait for
// an ambulance that nobody has called yet.
function help(alert) {
  const last = alert.steps.filter((step) => ["to call", "called"].includes(step.event)).at(-1);
  if (last?.event !== "to call" || alert.mother_answer === "on_my_way") return [];
  if (alert.mother_answer !== "ambulance") return [h("p", {}, t("The monitoring centre has been asked to call you. Please keep your phone free."))];
  return [h("p", {}, t("The monitoring centre has been asked to call an ambulance and you. If you can, call 120 yourself now:"), " ", phoneLink("120"))];
}

function call(organisation) {
  if (!organisation) return "";
  if (!organisation.phone) return h("p", {}, t("The telephone number of the hospital is not known. In an emergency call 120."));
  return h("p", {}, t("Phone of the hospital:"), " ", phoneLink(organisation.phone));
}

function draw() {
  const ageMs = tile ? live.ageMs(tile.recording.id) : null;
  tile?.draw(live);
  sharePosition(Boolean(tile) || [...alerts.values()].some((alert) => !["handled", "closed"].includes(alert.phase)));
  setText(byId("state"), stateText(ageMs));
  showPlacing(tile && live.placed(tile.recording.id));
  for (const part of written) part.tick(live);
  setText(byId("left"), leftText());
  byId("left").hidden = !tile;
  const late = unsentS();
  setText(byId("unsent"), t("%(seconds)d seconds have not arrived yet. The probe and the box keep them and send them by themselves.", { seconds: late }));
  byId("unsent").hidden = late < LATE_S;
  setText(byId("watching"), watchingText(ageMs));
  setText(byId("age"), tile && !live.lostMs ? ageText(ageMs) : "");
  const bpm = ageMs !== null && ageMs < STALE_MS && !live.lostMs ? tile.trace.newest("fhr", 5) : NaN;
  setText(byId("rate"), Number.isNaN(bpm) ? "" : bpm.toFixed(0));
  byId("rate-box").hidden = Number.isNaN(bpm);
}

function leftText() {
  if (!tile) return "";
  const minutes = Number(document.querySelector("[data-minutes]")?.dataset.minutes);
  const left = Math.ceil(minutes - tile.trace.endS / 60);
  if (!minutes) return "";
  if (left > 0) return t("Minutes left: %(left)d of %(minutes)d", { left, minutes });
  return current() ? "" : t("%(minutes)d minutes are recorded. You may switch off the box.", { minutes }); // nobody ends it in an alert
}

function stateText(ageMs) {
  if (live.lostMs) return t("This page has lost its connection.");
  if (!tile || ageMs === null) return t("No recording is running.");
  if (ageMs > STALE_MS) return t("Nothing arrives from your probe at the moment.");
  const weak = tile.trace.newest("quality", 5) < WEAK;
  if (weak || Number.isNaN(tile.trace.newest("fhr", 15))) return t("No clear signal yet. This is common: move the probe a little.");
  return t("Your recording is running.");
}

// The truth about who looks: the service checks by itself, a person only once called.
function watchingText(ageMs) {
  const owner = current()?.owner;
  if (live.lostMs) return t("What you see here may be old. In doubt, call the hospital.");
  if (!tile || ageMs === null) return t("Nobody is watching now.");
  if (ageMs > STALE_MS) return t("Nobody can see your recording until data arrive again.");
  if (owner) return t("%(person)s can see your recording live.", { person: owner.person });
  return t("The computer checks your recording all the time. No person is watching it live; staff are called if something needs them.");
}
