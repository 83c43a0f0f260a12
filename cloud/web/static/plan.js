// Why this hospital was asked, who is next, and why nearer ones were not: the plan of an alert.

import { isOpen, passedOver } from "./alerts.js";
import { h, Kept, orgName } from "./parts.js";
import { msgid, say, t } from "./words.js";

const BREAK_GLASS = msgid("Asked without her agreement: no other hospital was left, and the alert is urgent. She is told.");

const boxes = new Kept(); // of alerts; an open one stays open

export function planLines(alert) {
  const { organisation } = alert;
  if (!organisation) return nobodyLines(alert);
  const why = t("Chosen: %(organisation)s, %(why)s", { organisation: orgName(organisation), why: say(organisation.why) });
  const next = (isOpen(alert) ? organisation.next : []).map((one, n) => {
    const args = { number: n + 1, organisation: orgName(one), why: say(one) };
    return h("li", {}, t("Next %(number)d: %(organisation)s, %(why)s", args));
  });
  if (!next.length && isOpen(alert)) next.push(h("li", {}, t("Next: nobody else is fit, the centre's call list")));
  return [
    h("p", { class: "why-you" }, why),
    organisation.break_glass ? h("p", { class: "glass" }, t(BREAK_GLASS)) : null,
    h("ul", { class: "plan" }, ...next, ...passedOver(alert).map((line) => h("li", { class: "quiet" }, line))),
    notes(organisation.notes),
  ].filter(Boolean);
}

function nobodyLines(alert) {
  const last = alert.steps.findLast((step) => step.event === "nobody left");
  if (!last || typeof last.text === "string") return [];
  const unfit = (last.text.passed_over ?? []).map((one) =>
    h("li", {}, t("Not asked: %(organisation)s, %(why)s", { organisation: orgName(one), why: say(one) })),
  );
  return [h("p", { class: "why-you" }, say(last.text)), h("ul", { class: "plan" }, ...unfit), notes(last.text.notes ?? [])];
}

function notes(list) {
  return h("p", { class: "quiet" }, list.map(say).join("; "));
}

// The same behind a line to click, for rows of the queue.
export function planBox(alert) {
  const box = boxes.of(alert.id, "", () => h("details", {}));
  box.replaceChildren(h("summary", {}, t("Who is asked, and why")), ...planLines(alert));
  return box;
}
