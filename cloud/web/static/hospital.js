// A hospital's console: the alerts it was asked about, one of them in full, its own mothers.

import { actionBar } from "./actions.js";
import { ageOf, answerText, holder, nextStep, stateLines, stepText } from "./alerts.js";
import { get, post } from "./live.js";
import { messageList } from "./messages.js";
import { staffPage } from "./page.js";
import { planLines } from "./plan.js";
import { byId, h, keepFocus, me, motherName, motherWeeks, phoneLink, priorityMark, riskPills, setText } from "./parts.js";
import { Tile } from "./tile.js";
import { Ways } from "./ways.js";
import { moment, say, t } from "./words.js";

const detail = byId("detail");
let shown = null; // {alert, tile, age, next}
let chosenId = null; // what somebody clicked or touched, 0: none; else the worst is shown

const ways = new Ways();

staffPage({
  reload: () => ways.load(),
  green: () => ways.load(),
  onSelect: (alert) => {
    chosenId = alert.id;
    show(alert); // at once: the next click must not meet the alert before
  },
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
    show(queue.alerts.get(chosenId) ?? (chosenId !== 0 && queue.sorted[0]));
    queue.choose(shown?.alert.id);
    if (!shown) return;
    setText(shown.age, ageOf(shown.alert, live.nowMs));
    setText(shown.next, nextStep(shown.alert, live.nowMs));
    const bar = ways.barOf(shown.alert);
    if (byId("detail-ways").firstChild !== bar) byId("detail-ways").replaceChildren(bar);
    shown.tile?.draw(live);
  },
});

// An alert does not give way to a worse one under the pointer.
for (const kind of ["pointerenter", "focusin"]) {
  detail.addEventListener(kind, () => (chosenId = shown?.alert.id ?? chosenId));
}

function show(alert) {
  if (!alert) {
    if (shown) detail.replaceChildren();
    shown = null;
    return;
  }
  if (shown && JSON.stringify(shown.alert) === JSON.stringify(alert)) return;
  const same = shown?.alert.recording_id === alert.recording_id;
  const tile = same ? shown.tile : null;
  shown = { alert, tile, age: h("time", { class: "alert-age" }), next: h("p", { class: "next" }) };
  keepFocus(() => detail.replaceChildren(...parts(alert, shown)));
  if (tile) byId("detail-strip").replaceChildren(tile.element);
  else openStrip(shown);
}

async function openStrip(place) {
  const row = await get(`/api/recordings/${place.alert.recording_id}`);
  if (row.by_hand) return shown === place && setText(byId("detail-strip"), t("There is no strip: she entered it from home."));
  const mark = { fromS: place.alert.onset_s, toS: place.alert.at_s };
  const tile = new Tile(row, { marks: [mark] });
  await tile.load();
  if (shown?.alert.recording_id !== row.id) return; // somebody has moved on
  shown.tile = tile;
  byId("detail-strip").replaceChildren(tile.element);
}

const opened = () => Boolean(detail.querySelector("details[open]"));

function parts(alert, { age, next }) {
  const { mother } = alert;
  return [
    h("div", { class: "row-head" }, priorityMark(alert), age),
    h("h2", {}, mother ? h("a", { class: "name", href: `/mothers/${mother.id}` }, mother.name) : motherName(mother), " ", h("span", { class: "weeks" }, motherWeeks(mother)), " ", ...riskPills(mother), " ", phoneLink(mother?.phone)),
    h("p", { class: "reason" }, say(alert.reason)),
    ...alert.also.map((reason) => h("p", { class: "reason also" }, t("and also"), ": ", say(reason))),
    ...stateLines(alert),
    alert.phase === "handled" ? null : h("p", { class: "doctor" }, t(alert.doctor_text)),
    !alert.now.strip ? null : h("p", { class: "quiet" }, t("An alert looks at seconds or minutes, scores and standards at 20 minutes or more: they may differ. The alert calls you now.")),
    ...planLines(alert),
    h("p", { class: "holder" }, holder(alert)),
    next,
    alert.mother_answer ? h("p", { class: "answer" }, answerText(alert)) : null,
    actionBar(alert, me),
    h("div", { id: "detail-ways" }),
    h("div", { id: "detail-strip" }, h("p", { class: "quiet" }, t("loading"))),
    h("h3", {}, t("What happened so far")),
    h("ol", { class: "steps" }, ...alert.steps.map((step) => h("li", {}, h("time", {}, moment(step.at_ms)), " ", stepText(step)))),
    h("details", { open: opened() }, h("summary", {}, t("Messages sent outside this page")), messageList(alert.id)),
  ].filter(Boolean);
}

// "Seen" means a person: it is sent when somebody moves or types while the alert is on the screen.
function seen() {
  const alert = shown?.alert;
  if (!alert || alert.seen_ms || !["told", "delivered"].includes(alert.phase)) return;
  if (alert.organisation?.id !== me.organisationId || seen.sent === `${alert.id} ${alert.told_ms}`) return;
  seen.sent = `${alert.id} ${alert.told_ms}`;
  post(`/api/alerts/${alert.id}/read`).catch(() => {
    seen.sent = null;
  });
}
for (const kind of ["pointermove", "pointerdown", "keydown", "click"]) addEventListener(kind, seen);
