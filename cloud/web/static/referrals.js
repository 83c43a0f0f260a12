// One referral: who, from where to where, on which grounds, and what to do with it.

import { act, ask, keptBar } from "./actions.js";
import { arrival, openGreen, sentAhead, steps, timeline } from "./green.js";
import { h, me, motherName, motherWeeks, orgName, phoneLink, riskPills, setText } from "./parts.js";
import { msgid, say, t } from "./words.js";

const PHASES = {
  requested: msgid("waits for an answer"),
  accepted: msgid("accepted"),
  declined: msgid("declined"),
  "in transit": msgid("on the way"),
  arrived: msgid("arrived"),
  closed: msgid("closed"),
  withdrawn: msgid("withdrawn"),
};
const EVENTS = {
  request: msgid("requested"),
  accept: msgid("accepted"),
  decline: msgid("declined"),
  transport: msgid("transport arranged"),
  expected: msgid("time of arrival"),
  arrive: msgid("arrived"),
  withdraw: msgid("withdrawn"),
  close: msgid("closed"),
};
const DIRECTIONS = { up: msgid("↑ up"), down: msgid("↓ down") };
const DECLINE = [
  msgid("no bed is free"),
  msgid("another hospital is better for her"),
  msgid("she can be looked after where she is"),
];
const WITHDRAW = [
  msgid("she does not want it"),
  msgid("her condition has changed"),
  msgid("she goes to another hospital"),
];
const HOW = [msgid("ambulance"), msgid("she comes by herself"), msgid("taken by her family")];
const TRAVELLING = ["accepted", "in transit"];

// [group, heading, folded]
export const GROUPS = [
  ["in", msgid("For us to answer")],
  ["way", msgid("Accepted or on the way")],
  ["here", msgid("Arrived")],
  ["out", msgid("Sent, waiting for an answer")],
  ["back", msgid("Done: the way back is open")],
  ["over", msgid("Over"), true],
];

export function groupOf(one) {
  if (one.phase === "requested") return one.to.id === me.organisationId ? "in" : "out";
  if (TRAVELLING.includes(one.phase)) return "way";
  if (one.phase === "arrived") return "here";
  return one.back ? "back" : "over";
}

// One line that leads to a referral that waits for our answer.
export function waiting(one) {
  const name = { name: motherName(one.mother) };
  const link = h("a", { href: `#referral-${one.id}` }, t("Referral to answer: %(name)s", name));
  return { element: h("li", { class: "answers" }, link, h("span", { class: "quiet" }, ` ${orgName(one.from)}${one.urgent ? ` · ${t("urgent")}` : ""}`)) };
}

// on: {put(view), putGreen(view), refer}
export function referralCard(one, on) {
  const when = h("b", { class: "arrival", role: "timer", "aria-live": "off" });
  const coming = TRAVELLING.includes(one.phase) && one.expected_ms;
  const grounds = [...one.criteria.map((criterion) => t(criterion.text)), one.reason].filter(Boolean);
  const way = `${orgName(one.from)} → ${orgName(one.to)}${one.transport ? ` · ${t(one.transport)}` : ""}`;
  const head = [t(DIRECTIONS[one.direction]), one.urgent ? t("urgent") : "", t(PHASES[one.phase])].filter(Boolean);
  const element = h(
    "article",
    { id: `referral-${one.id}`, class: `journey ${one.direction} ${one.phase.replace(" ", "-")}` },
    h("div", { class: "row-head" }, h("span", { class: "phase" }, head.join(" · ")), when),
    h("p", { class: "row-who" }, h("b", {}, motherName(one.mother)), h("span", { class: "weeks" }, motherWeeks(one.mother)), ...riskPills(one.mother), phoneLink(one.mother.phone)),
    h("p", {}, way),
    h("p", { class: "reason" }, grounds.join("; ")),
    one.notes ? h("p", { class: "notes" }, one.notes) : null,
    h("p", {}, sentAhead(one)),
    one.plan ? planOf(one.plan) : null,
    keptBar(`referral ${one.id}`, `${one.phase} ${one.may} ${one.back?.id} ${one.green_id}`, () => bar(one, on)),
    h("details", {}, h("summary", {}, t("Times")), timeline(one.timeline, PHASES), steps(one.steps, EVENTS)),
  );
  return { element, tick: coming ? (nowMs) => setText(when, arrival(one, nowMs)) : null };
}

// The plan of care, for the clinic and for the mother.
export function planOf(plan) {
  const lines = plan.visits.map((visit) => h("li", {}, `${visit.day}: ${visit.what}`));
  const { monitoring } = plan;
  if (monitoring) {
    const until = monitoring.until ? ` ${t("until %(day)s", { day: monitoring.until })}` : "";
    lines.push(h("li", {}, t("Monitoring: %(times)d times a week, %(minutes)d minutes", { times: monitoring.per_week, minutes: monitoring.minutes }) + until));
  }
  return h("div", { class: "plan" }, h("h4", {}, t("Plan of care")), h("p", { class: "notes" }, plan.text), h("ul", {}, ...lines));
}

function bar(one, on) {
  const box = h("div", { class: "actions" });
  const send = async (event, words = {}) => on.put(await act(box, `/api/referrals/${one.id}/steps`, { event, ...words }));
  const button = (event, words, kind) => one.may.includes(event) && box.append(h("button", { type: "button", class: kind, onclick: () => send(event) }, t(words)));
  const asking = (event, words, ...given) =>
    one.may.includes(event) && box.append(h("button", { type: "button", onclick: () => ask(box, ...given, (said) => send(event, { said })) }, t(words)));
  button("accept", msgid("Accept"), "go");
  asking("decline", msgid("Decline"), msgid("Why not?"), DECLINE, msgid("Decline"));
  if (TRAVELLING.includes(one.phase) && one.urgent && one.to.id === me.organisationId && !one.green_id) {
    box.append(openGreen(box, `/api/referrals/${one.id}/green`, on.putGreen));
  }
  if (one.green_id) box.append(h("a", { href: `#green-${one.green_id}` }, t("To the green channel")));
  asking("transport", msgid("Arrange the transport"), msgid("How does she travel?"), HOW, msgid("She is on her way"));
  button("arrive", msgid("She has arrived"), "");
  button("close", msgid("Close"), "go");
  asking("withdraw", msgid("Withdraw"), msgid("Why?"), WITHDRAW, msgid("Withdraw"));
  if (one.back && on.refer) box.append(h("button", { type: "button", class: "go", onclick: () => on.refer.back(one.mother, one.back, one.id, one.recording_id) }, t("Refer back")));
  return box;
}
