// A hospital's console: the alerts it was asked about, one of them in full, its own mothers.
//
// The page shows the worst one, but never in the place of another while somebody is at the page.

import { actionBar } from "./actions.js";
import { ageOf, asksMe, holder, nextStep, stateLines, stepText } from "./alerts.js";
import { get, post } from "./live.js";
import { messageList } from "./messages.js";
import { staffPage } from "./page.js";
import { planLines } from "./plan.js";
import { byId, h, keepFocus, me, motherName, motherWeeks, phoneLink, priorityMark, riskPills, setText } from "./parts.js";
import { Tile } from "./tile.js";
import { answerNow, waysBar } from "./ways.js";
import { moment, say, t } from "./words.js";

const detail = byId("detail");
const other = byId("other");
const AWAY_MS = 60_000;
let shown = null; // {alert, tile, facts, age, next, answer}
let chosenId = null; // what somebody clicked, 0: none; else the worst is shown
let usedAt = 0;

staffPage({
  onSelect: choose,
  alert: ({ id, phase, mother }) => {
    if (phase === "told") chosenId ||= null;
    if (phase !== "closed" || id !== shown?.alert.id) return;
    show();
    chosenId = 0;
    detail.append(h("p", { role: "status" }, t("closed"), ": ", motherName(mother)));
  },
  traces: (blocks) => {
    for (const block of blocks) {
      if (block.recording_id === shown?.alert.recording_id) shown.tile?.trace.add(block);
    }
  },
  changed: ({ topic, id }) => topic === "marks" && id === shown?.alert.recording_id && shown.tile?.loadPresses(),
  draw: (live, queue) => {
    const used = performance.now() - usedAt < AWAY_MS || detail.matches(":hover, :focus-within");
    const kept = queue.alerts.get(chosenId ?? (used && shown?.alert.id));
    if (used && shown && !kept) chosenId = 0;
    show(kept ?? (chosenId !== 0 && queue.sorted[0]));
    const next = queue.sorted.find((one) => one.id !== shown?.alert.id && asksMe(one));
    other.hidden = !next;
    other.onclick = () => choose(next);
    if (next) setText(other, t("Another alert asks you: %(name)s, %(priority)s. Show it", { name: motherName(next.mother), priority: t(next.priority) }));
    queue.choose(shown?.alert.id);
    if (!shown) return;
    setText(shown.age, ageOf(shown.alert, live.nowMs));
    setText(shown.next, nextStep(shown.alert, live.nowMs));
    setText(shown.answer, answerNow(shown.alert));
    const bar = waysBar(shown.alert);
    if (byId("detail-ways").firstChild !== bar) byId("detail-ways").replaceChildren(bar);
    shown.tile?.draw(live);
  },
});

function choose(alert) {
  chosenId = alert.id;
  show(alert); // at once: the next click must not meet the alert before
  detail.firstElementChild.scrollIntoView({ block: "nearest" });
}

function show(alert) {
  if (!alert) {
    if (shown) detail.replaceChildren();
    shown = null;
    return;
  }
  if (shown && JSON.stringify(shown.alert) === JSON.stringify(alert)) return;
  const same = shown?.alert.recording_id === alert.recording_id;
  const { tile, facts } = same ? shown : { facts: h("p", { class: "facts" }) };
  shown = { alert, tile, facts, age: h("time", { class: "alert-age" }), next: h("p", { class: "next" }), answer: h("p", { class: "answer" }) };
  keepFocus(() => detail.replaceChildren(...parts(alert, shown)));
  if (tile) byId("detail-strip").replaceChildren(tile.element);
  open(shown);
}

async function open(place) {
  const row = await get(`/api/recordings/${place.alert.recording_id}`);
  setText(place.facts, row.essentials.map(say).join(" · "));
  if (place.tile) return;
  if (row.by_hand) return shown === place && setText(byId("detail-strip"), t("There is no strip: she entered it from home."));
  const mark = { fromS: place.alert.onset_s, toS: place.alert.at_s };
  const tile = new Tile(row, { marks: [mark] });
  await tile.load();
  if (shown?.alert.recording_id !== row.id) return; // somebody has moved on
  shown.tile = tile;
  byId("detail-strip").replaceChildren(tile.element);
}

const opened = () => Boolean(detail.querySelector("details[open]"));

function parts(alert, { facts, age, next, answer }) {
  const { mother } = alert;
  return [
    h("div", { class: "row-head" }, priorityMark(alert), age),
    h("h2", {}, mother ? h("a", { class: "name", href: `/mothers/${mother.id}` }, mother.name) : motherName(mother), " ", h("span", { class: "weeks" }, motherWeeks(mother)), " ", ...riskPills(mother), " ", phoneLink(mother?.phone)),
    facts,
    h("p", { class: "reason" }, say(alert.reason)),
    ...alert.also.map((reason) => h("p", { class: "reason also" }, t("and also"), ": ", say(reason))),
    ...stateLines(alert),
    alert.phase === "handled" ? null : h("p", { class: "doctor" }, alert.now.holds ? "" : t("When it was raised: "), t(alert.doctor_text)),
    !alert.now.strip ? null : h("p", { class: "quiet" }, t("An alert looks at seconds or minutes, scores and standards at 20 minutes or more: they may differ. The alert calls you now.")),
    ...planLines(alert),
    h("p", { class: "holder" }, holder(alert)),
    next,
    answer,
    actionBar(alert),
    h("div", { id: "detail-ways" }),
    h("div", { id: "detail-strip" }, h("p", { class: "quiet" }, t("loading"))),
    h("h3", {}, t("What happened so far")),
    h("ol", { class: "steps" }, ...alert.steps.map((step) => h("li", {}, h("time", {}, moment(step.at_ms)), " ", stepText(step)))),
    h("details", { open: opened() }, h("summary", {}, t("Messages sent outside this page")), messageList(alert.id)),
  ].filter(Boolean);
}

// "Seen" means a person: it is sent when somebody moves or types while the alert is on the screen.
function seen() {
  usedAt = performance.now();
  const alert = shown?.alert;
  if (!alert || alert.seen_ms || !["told", "delivered"].includes(alert.phase)) return;
  if (alert.organisation?.id !== me.organisationId || seen.sent === `${alert.id} ${alert.told_ms}`) return;
  seen.sent = `${alert.id} ${alert.told_ms}`;
  post(`/api/alerts/${alert.id}/read`).catch(() => {
    seen.sent = null;
  });
}
for (const kind of ["pointermove", "pointerdown", "keydown", "click", "wheel"]) addEventListener(kind, seen);
