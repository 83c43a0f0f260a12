// The buttons of an alert for staff: take it, decline with a reason, say what was done, close.

import { isOpen } from "./alerts.js";
import { post } from "./live.js";
import { h, Kept, me } from "./parts.js";
import { isHere } from "./ways.js";
import { msgid, t } from "./words.js";

const DECLINE = [
  msgid("no bed is free"),
  msgid("no obstetrician is free now"),
  msgid("another hospital is better for her"),
];
const HANDLE = [
  msgid("spoke with the mother, she stays at home"),
  msgid("she is on her way to us"),
  msgid("an ambulance has been sent"),
  msgid("she has been admitted"),
  msgid("she has given birth"),
  msgid("she has had a caesarean section or another operation"),
  msgid("the probe was placed again"),
  msgid("the alert was not useful"),
];
const AWAY = 3; // of these: of one who has not come
// What a button does, to the list and to her.
const HELP = {
  asked: msgid("Whoever takes it looks after her from now on; nobody else is asked."),
  accepted: msgid("Once you say it, the alert counts as handled and the reminders stop; it stays on this list and on her phone until it is closed."),
  handled: msgid("Once you close it, it leaves this list and her phone; it stays in her record."),
};

const USES = { [msgid("not said")]: null, [msgid("yes, it was")]: true, [msgid("no, it was not")]: false };
export const bars = new Kept();

// The bar of an alert, the same one while what can be done stays the same.
export function actionBar(alert) {
  const state = stateOf(alert);
  return bars.of(`alert ${alert.id}`, state, () => newBar(alert, state));
}

function stateOf(alert) {
  const mine = alert.organisation?.id === me.organisationId;
  if (!["hospital", "centre"].includes(me.role)) return "theirs";
  if (alert.kind === "technical" && isOpen(alert)) return "technical";
  if (!isOpen(alert)) return mine ? alert.phase : "theirs";
  if (me.role === "centre" || alert.asked.some(({ id }) => id === me.organisationId)) return mine ? "asked" : "open";
  return "theirs";
}

function newBar(alert, state) {
  const { id } = alert;
  const bar = h("div", { class: "actions" });
  const send = (event, body) => act(bar, `/api/alerts/${id}/${event}`, body);
  const button = (words, kind, onclick) => bar.append(h("button", { type: "button", class: kind, onclick }, words));
  if (state === "technical") button(t("I see to it"), "go", () => send("acknowledge"));
  if (state === "asked" || state === "open") button(t("I take it"), "go", () => send("accept"));
  if (state === "asked") button(t("Decline"), "", () => ask(bar, t("Why not?"), DECLINE, t("Decline"), (reason) => send("decline", { reason })));
  if (state === "accepted") button(t("Say what was done"), "go", () => ask(bar, t("What was done?"), HANDLE.slice(isHere(alert) ? AWAY : 0), t("Mark as handled"), (reason, useful) => send("handle", { reason, useful }), true));
  if (["handled", "acknowledged"].includes(state)) button(t("Close"), "", () => send("close"));
  if (!["theirs", "technical"].includes(state)) bar.append(h("a", { href: `/consultations/case?alert_id=${id}` }, t("Discuss a case")));
  const help = HELP[state];
  if (help) bar.append(h("p", { class: "quiet help" }, t(help)));
  return bar;
}

// Send it; the answer of the service, or nothing and the words that say why not in the bar.
export async function act(bar, path, body = {}) {
  const buttons = [...bar.querySelectorAll("button")];
  for (const one of buttons) one.disabled = true;
  bar.querySelector(".failed")?.remove();
  try {
    return await post(path, body);
  } catch (error) {
    bar.append(h("p", { class: "failed", role: "alert" }, t("Not done: %(why)s", { why: error.message })));
    return null;
  } finally {
    for (const one of buttons) one.disabled = false;
  }
}

// [select, own words]; msgids: each reads their own. None is chosen beforehand: what nobody has
// said must not be on record.
export function choice(reasons, label) {
  const chosen = h("select", { required: true, "aria-label": label }, h("option", { value: "" }, t("choose")), ...reasons.map((reason) => h("option", { value: reason }, t(reason))));
  const oninput = () => (chosen.required = !own.value.trim());
  const own = h("input", { type: "text", maxlength: 300, placeholder: t("or in your own words"), oninput });
  return [chosen, own];
}

// A reason is chosen or written; then it is sent.
// Staff who handle an alert may say whether it was of use.
function ask(bar, title, reasons, confirm, send, withUse = false) {
  const before = [...bar.childNodes];
  const [chosen, own] = choice(reasons);
  const use = h("select", {}, ...Object.keys(USES).map((one) => h("option", { value: one }, t(one))));
  const used = withUse ? h("label", {}, t("Was the alert of use?"), use) : null;
  const onsubmit = (event) => {
    event.preventDefault();
    send(own.value.trim() || chosen.value, USES[use.value]);
  };
  const back = h("button", { type: "button", onclick: () => bar.replaceChildren(...before) }, t("Back"));
  const go = h("button", { class: "go" }, confirm);
  bar.replaceChildren(h("form", { class: "why", onsubmit }, h("label", {}, title, chosen), own, used, go, back));
  chosen.focus();
}
