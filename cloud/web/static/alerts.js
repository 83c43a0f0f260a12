// What the pages say about an alert: how urgent it is, who has it, how long until the next step.

import { h, me, orgName, orgOf } from "./parts.js";
import { duration, moment, msgid, say, t } from "./words.js";

export const isClosed = (alert) => alert.phase === "closed";
export const isOpen = (alert) => !alert.owner && !isClosed(alert);

// Unaccepted high, medium, low; accepted and not yet handled; technical; handled.
export function rank(alert) {
  if (alert.phase === "handled" || alert.phase === "acknowledged") return 5;
  if (!isOpen(alert)) return 3;
  if (alert.kind === "technical") return 4;
  return ["high", "medium", "low"].indexOf(alert.priority);
}

export function worstFirst(a, b) {
  return rank(a) - rank(b) || a.raised_ms - b.raised_ms || a.id - b.id;
}

// Whether its clock runs for the reader's own place.
export const asksMe = (one) => Boolean(one.deadline_ms) && isOpen(one) && one.organisation?.id === me.organisationId;

// For the queue: first what is asked of the reader, then what holds now, calls (no phase), the rest.
export const nowFirst = (a, b) => place(a) - place(b) || worstFirst(a, b);

function place(one) {
  const n = rank(one);
  if (n > 2) return n + 6;
  if (asksMe(one)) return n - 3;
  return one.kind === "ambulance" ? 0 : one.now.live && one.phase ? n : 3 + 2 * n + !one.now.live;
}

// {recording id: priority of its worst alert that nobody has closed}
export function worstByRecording(alerts) {
  const worst = new Map();
  for (const alert of [...alerts].sort(worstFirst).reverse()) {
    if (!isClosed(alert)) worst.set(alert.recording_id, alert.priority);
  }
  return worst;
}

export const ageOf = (alert, nowMs) => t("raised %(time)s ago", { time: duration(nowMs - alert.raised_ms) });

const TO_CALL = msgid("No hospital is left to ask. The centre has been asked to call her; nobody there has taken it yet.");
const CALLED = msgid("No hospital is left to ask. The centre has called her; nobody there has taken it yet.");

// What happens next if nobody does anything; empty when no clock runs.
export function nextStep(alert, nowMs) {
  if (!isOpen(alert)) return "";
  if (alert.phase === "centre") {
    if (alert.kind === "technical") return t("For the centre: help her with the probe");
    const calls = alert.steps.some(({ event }) => event === "called") ? t(CALLED) : t(TO_CALL);
    const { organisation, phone } = alert.mother ?? {};
    return phone && organisation?.id === me.organisationId ? `${calls} ${t("You can call her: %(phone)s", { phone })}` : calls;
  }
  if (!alert.deadline_ms) return "";
  const time = duration(Math.max(0, alert.deadline_ms - nowMs) + 999);
  const next = alert.organisation.next[0];
  if (!next) return t("%(time)s to answer, then the centre has it and calls", { time });
  return t("%(time)s to answer, then %(organisation)s is asked", { time, organisation: placeName(next) });
}

// An organisation, as its own people call it or by its name.
export const placeName = (one) => (one && one.id === me.organisationId ? t("your hospital") : orgName(one));

// What of an alert is so now: a line for each condition that holds, or that none does any more.
export const stateLines = ({ now }) => now.lines.map((line) => h("p", { class: now.holds ? "reason now" : "cleared" }, say({ ...line, args: { ...line.args, time: moment(line.at_ms) } })));

// Who has it, or who was asked and what came of it.
export function holder(alert) {
  if (alert.phase === "closed") return t("closed");
  if (alert.owner) {
    const who = { person: alert.owner.person, organisation: orgOf(alert.owner) };
    if (alert.phase === "handled") return t("handled by %(person)s, %(organisation)s", who);
    if (alert.phase === "acknowledged") return t("acknowledged by %(person)s, %(organisation)s", who);
    return t("accepted by %(person)s, %(organisation)s", who);
  }
  if (!alert.organisation) return "";
  if (alert.organisation.id === me.organisationId) return t("Your hospital is asked now");
  const args = { organisation: orgName(alert.organisation) };
  if (alert.seen_ms) return t("seen by %(organisation)s, not answered yet", args);
  if (alert.phase === "delivered") return t("on the screen of %(organisation)s, not answered yet", args);
  return t("%(organisation)s has been told", args);
}

export const ANSWERS = {
  on_my_way: msgid("I am on my way"),
  ambulance: msgid("I need an ambulance"),
  call_me: msgid("I am fine, call me"),
  done: msgid("I have done it"),
};

export function answerText(alert) {
  if (!alert.mother_answer) return "";
  return t("She answered at %(time)s: %(answer)s", {
    time: moment(alert.mother_answer_ms),
    answer: t(ANSWERS[alert.mother_answer]),
  });
}

const STEPS = {
  raised: msgid("raised"),
  tell: msgid("told"),
  delivered: msgid("on the screen"),
  read: msgid("seen"),
  accept: msgid("accepted"),
  decline: msgid("declined"),
  "time up": msgid("no answer in time"),
  withdrawn: msgid("may not be asked any more"),
  break_glass: msgid("asked without her agreement"),
  consent_kept: msgid("keeps it without her agreement"),
  "nobody left": msgid("handed to the centre"),
  acknowledge: msgid("acknowledged"),
  over: msgid("over"),
  joined: msgid("and also"),
  worsened: msgid("more urgent"),
  follow: msgid("follows her"),
  reminded: msgid("reminded"),
  "to call": msgid("a call is asked for"),
  called: msgid("called"),
  handle: msgid("handled"),
  close: msgid("closed"),
  recurred: msgid("the condition came again"),
  cleared: msgid("the condition went away"),
  mother_answer: msgid("the mother answered"),
};

export const stepName = (event) => t(STEPS[event] ?? event);

// One line of the history: what, who, words.
export function stepText(step) {
  const who = [orgOf(step), step.person].filter(Boolean).join(", ");
  return [stepName(step.event), who, say(step.text)].filter(Boolean).join(" · ");
}
