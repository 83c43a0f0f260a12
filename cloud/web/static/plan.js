// Who was asked and what came of it, why this hospital, who is next, and why nearer ones were not.

import { isOpen, placeName } from "./alerts.js";
import { h, Kept, me } from "./parts.js";
import { moment, msgid, say, t } from "./words.js";

const BREAK_GLASS = msgid("Asked without her agreement: no other hospital was left, and the alert is urgent. She is told.");

const boxes = new Kept(); // of alerts; an open one stays open

export function planLines(alert) {
  const { organisation, asked } = alert;
  const nobody = alert.steps.findLast((step) => step.event === "nobody left")?.text ?? {};
  const plan = organisation ?? nobody;
  const open = isOpen(alert);
  const lines = asked.map((one) => h("li", {}, askedText(one)));
  const next = open && organisation ? nextLine(organisation.next) : null;
  const unfit = (plan.passed_over ?? []).filter((one) => !asked.some(({ id }) => id === one.id));
  return [
    lines.length ? h("ol", { class: "plan asked", "aria-label": t("Who was asked") }, ...lines) : null,
    organisation ? h("p", { class: "why-you" }, whyText(organisation)) : nobody.text ? h("p", { class: "why-you" }, say(nobody)) : null,
    organisation?.break_glass ? h("p", { class: "glass" }, t(BREAK_GLASS)) : null,
    next,
    unfit.length ? h("ul", { class: "plan" }, ...unfit.map((one) => h("li", { class: "quiet" }, t("Not asked: %(organisation)s, %(why)s", { organisation: placeName(one), why: say(one) })))) : null,
    h("p", { class: "quiet" }, (plan.notes ?? []).map(say).join("; ")),
  ].filter(Boolean);
}

function askedText(one) {
  const args = { organisation: placeName(one), asked: moment(one.at_ms), said: say(one.said), time: one.said_ms && moment(one.said_ms) };
  if (args.time) return t("%(organisation)s, asked %(asked)s: %(said)s, %(time)s", args);
  return t("%(organisation)s, asked %(asked)s: %(said)s", args);
}

function whyText(one) {
  const why = say(one.why);
  if (one.id === me.organisationId) return t("Why you: %(why)s", { why });
  return t("Why %(organisation)s: %(why)s", { organisation: placeName(one), why });
}

function nextLine(next) {
  if (!next.length) return h("p", {}, t("Nobody else is fit: then the centre has it and calls"));
  const names = next.map((one) => `${placeName(one)}, ${say(one)}`).join("; ");
  return h("p", {}, t("Then, in this order: %(names)s", { names }));
}

// The same behind a line to click, for rows of the queue.
export function planBox(alert) {
  const box = boxes.of(alert.id, "", () => h("details", {}));
  box.replaceChildren(h("summary", {}, t("Who is asked, and why")), ...planLines(alert));
  return box;
}
