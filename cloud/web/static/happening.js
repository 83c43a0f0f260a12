// What a mother's page says: one state, one line of what happens now, what to do, who is watching.
// Pure: tests/cloud/mother/states.py has every one.

import { clock, msgid, t } from "./words.js";

const ORDERS = /on this page|nobody answers|call the hospital|call and go there/i; // whom to call
const TOLD = /has been asked to look/; // stands below, with its time
const WORSE = msgid("If you get worse on the way, or cannot go, call 120.");
const OVER = ["handled", "closed"];
export const callsAmbulance = (words) => /120|ambulance|救护车/.test(words);
export const callsHospital = (words) => /hospital|医院/.test(words);

const SAYS = { // state: [what happens now, what to do]
  lost: [msgid("This page has lost its connection."), msgid("What you see here may be old. In doubt, call the hospital.")],
  on_my_way: [msgid("You are on your way to the hospital."), WORSE],
  ambulance: [msgid("You have asked for an ambulance."), msgid("Lie on your left side until it comes. If it does not come, call 120.")],
  waiting: [msgid("Waiting for the probe ..."), msgid("Switch on the box. Put gel on the round probe, and hold it where the picture shows.")],
  late: [msgid("Nothing has come from the probe yet."), msgid("Is the box switched on? Is the probe charged, and near the box? Does the box have a network?")],
  idle: [msgid("No recording is running."), ""],
  running: [msgid("Your recording is running."), ""],
  silent: [msgid("Nothing arrives from your probe at the moment."), ""],
  away: [msgid("Nothing arrives from your probe at the moment."), msgid("Leave the probe and the box switched on, near each other.")],
  done: [msgid("%(minutes)d minutes are recorded."), msgid("You may take off the probe and switch off the box. No doctor has read it yet.")],
  searching: [msgid("Looking for the heartbeat."), msgid("Move the probe slowly. It often takes a while.")],
  unclear: [msgid("The heartbeat is not clear at the moment."), msgid("This is common: move the probe a little.")],
  found: [msgid("The heartbeat is found. Your recording is running."), msgid("Lie on your left side, and rest.")],
};
const UNDER_WAY = ["searching", "unclear", "found"];

// facts: {lost, alert: kind or "", person: who has taken it, going: her answer to one that is dealt
// with, expected: "coming", "here", "", waiting: "waiting", "late", "", calm: nothing asks for
// something, minutes: wanted, recording: null or {stale, done, signal: of UNDER_WAY}}
export function happening(facts) {
  const state = stateOf(facts);
  const { alert, expected, recording } = facts;
  const under = UNDER_WAY.includes(state);
  const [now, todo] = SAYS[state].map((words) => t(words, facts));
  return {
    state,
    now,
    todo,
    watching: watching(facts, state),
    calm: state === "idle" && facts.calm && !alert && !expected,
    begin: state === "idle" && !alert && expected !== "coming",
    left: under,
    rate: /found|running/.test(state) && recording.signal === "found",
    meter: under || (state === "running" && alert === "technical"),
    hints: under, // the meter's own words, in the place of what to do
    less: Boolean(recording) && alert !== "patient",
  };
}

function stateOf({ lost, alert, going, expected, waiting, recording }) {
  if (lost) return "lost";
  if (going && !alert && !expected) return going;
  const told = alert || expected; // which says what to do
  if (!recording) return (!told && waiting) || "idle";
  if (recording.stale) return told ? "silent" : "away";
  if (told) return "running";
  return recording.done ? "done" : recording.signal;
}

// The truth about who looks: the service checks by itself, a person only once called.
function watching({ alert, person, expected, recording }, state) {
  if (state === "lost") return "";
  if (!recording) return alert || expected || /way|ambul/.test(state) ? "" : t("Nobody is watching now.");
  if (recording.stale) return t("Nobody can see your recording until data arrive again.");
  if (alert && person) return t("%(person)s can see your recording live.", { person });
  if (alert) return t("The staff who are called can see your recording.");
  if (expected) return t("The hospital can see your recording.");
  return t("The computer checks your recording all the time. No person is watching it live; staff are called if something needs them.");
}

// Whether this alert still asks something of her: one about the signal only while it lasts.
export function asks(alert, recordingId) {
  if (OVER.includes(alert.phase)) return false;
  return alert.kind === "patient" || (alert.recording_id === recordingId && alert.cleared_s === null);
}

// Since when somebody is asked to call her and has not yet; falsy: nobody is.
function waitsMs({ steps, phase, kind }) {
  const tells = ["to call", "called", phase === "centre" && kind === "patient" && "nobody left"];
  const last = steps.filter(({ event }) => tells.includes(event)).at(-1);
  return last && last.event !== "called" && last.at_ms;
}

// [what is, ...what to do]: the words of the alert, without an order that another one has replaced.
export function sentences(alert, expected, nowMs) {
  const cut = (words) => words.match(/[^.!?。！？]+[.!?。！？]+/g)?.map((one) => one.trim()) ?? [words];
  const { mother_text: told, mother_answer: answer } = alert;
  const english = cut(told);
  const [what, ...steps] = cut(t(told));
  const kept = (drop) => steps.filter((_, n) => !TOLD.test(english[n + 1]) && !(drop && ORDERS.test(english[n + 1])));
  if (expected === "here") return [what, t("Tell the staff beside you.")];
  if (answer === "ambulance") return [what, ...kept(true).slice(0, 1), t("The monitoring centre has been asked to call an ambulance. If you can, call 120 yourself now.")];
  if (answer === "on_my_way" || expected === "coming") {
    const side = /left side/.test(told) && t("Until you leave, lie on your left side.");
    return [what, t("Go to the hospital now. Let somebody else drive."), side, t(WORSE)].filter(Boolean);
  }
  const since = waitsMs(alert);
  if (!since) return [what, ...kept(false)];
  const urgent = /ambulance/.test(told);
  const until = 6e4 * Math.round(since / 6e4 + 2); // a whole minute
  if (nowMs >= until) return [what, ...kept(true), t(urgent ? msgid("Nobody has called? Call 120 now.") : msgid("Nobody has called? Call the hospital."))];
  const alone = urgent && t("If nobody has called by %(time)s, call 120.", { time: clock(until, false) });
  return [what, ...kept(true), t("The monitoring centre has been asked to call you. Keep your phone free."), alone].filter(Boolean);
}
