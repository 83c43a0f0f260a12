// One green channel: when she comes, what is ready, what is still to do.

import { act, ask, keptBar } from "./actions.js";
import { h, motherName, motherWeeks, orgName, orgOf, phoneLink, riskPills, setText } from "./parts.js";
import { clock, duration, msgid, say, t } from "./words.js";

const PHASES = {
  expected: msgid("expected"),
  reserved: msgid("bed and team reserved"),
  arrived: msgid("arrived"),
  admitted: msgid("admitted"),
  closed: msgid("closed"),
  cancelled: msgid("cancelled"),
};
const EVENTS = {
  open: msgid("opened"),
  expected: msgid("time of arrival"),
  tick: msgid("ready"),
  untick: msgid("not ready after all"),
  reserve: msgid("bed and team reserved"),
  arrive: msgid("arrived"),
  admit: msgid("admitted"),
  "send home": msgid("sent home"),
  cancel: msgid("cancelled"),
  close: msgid("closed"),
};
const BUTTONS = [
  ["arrive", msgid("She has arrived")],
  ["admit", msgid("Admitted")],
  ["send home", msgid("Seen, sent home")],
  ["close", msgid("Close the green channel")],
];
const NOT_COMING = [
  msgid("she goes to another hospital"),
  msgid("she stays at home after a talk with the doctor"),
  msgid("she could not be reached"),
];
const COMING = ["expected", "reserved"];

export const greenOf = (greens, alert) =>
  [...greens.values()].find((one) => one.alert_id === alert.id && one.phase !== "cancelled");

// Not while she is expected somewhere already.
export const mayOpen = (greens, alert) =>
  ![...greens.values()].some(
    (one) => (one.mother.id === alert.mother.id && one.phase !== "cancelled" && one.phase !== "closed") || one === greenOf(greens, alert),
  );

export function openGreen(bar, path, put) {
  const onclick = async () => put(await act(bar, path));
  return h("button", { type: "button", class: "go", onclick }, t("Open the green channel"));
}

// "arrives in 12:30", or how late she is.
export function arrival(one, nowMs) {
  if (!one.expected_ms) return t("time of arrival not known");
  const left = one.expected_ms - nowMs;
  if (left >= 0) return t("arrives in %(time)s", { time: duration(left) });
  return t("expected %(time)s ago", { time: duration(-left) });
}

const done = (one) => one.checklist.filter((item) => item.done_ms).length;

// One line that leads to the card.
export function brief(one) {
  const when = h("b", { class: "next" });
  const args = { done: done(one), all: one.checklist.length };
  const element = h(
    "li",
    {},
    h("a", { href: `#green-${one.id}` }, t("Green channel: %(name)s", { name: motherName(one.mother) })),
    when,
    h("span", { class: "quiet" }, `${t(PHASES[one.phase])} · ${t("ready: %(done)d of %(all)d", args)}`),
  );
  return { element, tick: (nowMs) => setText(when, COMING.includes(one.phase) ? arrival(one, nowMs) : "") };
}

// on: {put(view), refer}
export function greenCard(one, on) {
  const when = h("b", { class: "arrival", role: "timer", "aria-live": "off" });
  const coming = COMING.includes(one.phase);
  const element = h(
    "article",
    { id: `green-${one.id}`, class: `journey green ${one.phase}` },
    h("div", { class: "row-head" }, h("span", { class: "phase" }, t(PHASES[one.phase])), when),
    h("h2", {}, motherName(one.mother), " ", h("span", { class: "weeks" }, motherWeeks(one.mother)), " ", ...riskPills(one.mother), " ", phoneLink(one.mother.phone)),
    h("p", { class: "reason" }, say(one.why)),
    h("p", {}, sentAhead(one)),
    h("p", { class: "quiet" }, ready(one)),
    coming ? h("p", { class: "quiet" }, one.expected_how.map(say).join("; ")) : null,
    one.may.length ? checklist(one, on) : null,
    keptBar(`green ${one.id}`, `${one.phase} ${one.may} ${one.back?.id}`, () => bar(one, on)),
    h("details", {}, h("summary", {}, t("Times")), timeline(one.timeline, PHASES), steps(one.steps, EVENTS)),
  );
  return { element, tick: (nowMs) => setText(when, coming ? arrival(one, nowMs) : "") };
}

// Where she goes, and what waits for her there.
function ready(one) {
  const bed = one.bed ? t("a bed is reserved") : t("no bed reserved yet");
  const where = t("To %(organisation)s", { organisation: orgName(one.organisation) });
  return [where, one.phase === "closed" ? "" : bed, one.team].filter(Boolean).join(" · ");
}

export function sentAhead(one) {
  if (!one.recording_id) return t("No recording was sent along.");
  const link = h("a", { href: `/recordings/${one.recording_id}` }, t("Strip and analysis"));
  if (!one.assessment) return link;
  const found = { verdict: t(one.assessment.verdict), time: clock(one.assessment.made_ms, false) };
  return h("span", {}, link, ` (${t("analysis of %(time)s: %(verdict)s", found)})`);
}

function checklist(one, on) {
  const box = h("fieldset", { class: "checklist" }, h("legend", {}, t("Checklist")));
  for (const item of one.checklist) {
    const onchange = async (event) => {
      const body = { item: item.id, done: event.target.checked };
      const view = await act(box, `/api/green/${one.id}/ticks`, body);
      if (view) on.put(view);
      else event.target.checked = !body.done;
    };
    const who = item.done_ms ? h("small", {}, ` ${clock(item.done_ms, false)} ${item.person ?? ""}`) : null;
    box.append(h("label", {}, h("input", { type: "checkbox", id: `tick-${one.id}-${item.id}`, checked: Boolean(item.done_ms), onchange }), t(item.text), who ?? ""));
  }
  return box;
}

function bar(one, on) {
  const box = h("div", { class: "actions" });
  const send = async (event, words = {}) => on.put(await act(box, `/api/green/${one.id}/steps`, { event, ...words }));
  if (one.may.includes("reserve")) box.append(reserveForm(send));
  for (const [event, words] of BUTTONS) {
    if (one.may.includes(event)) box.append(h("button", { type: "button", class: event === "send home" ? "" : "go", onclick: () => send(event) }, t(words)));
  }
  if (COMING.includes(one.phase) && one.may.length) box.append(expectForm(box, one, on));
  if (one.may.includes("cancel")) {
    const onclick = () => ask(box, msgid("Why does she not come?"), NOT_COMING, msgid("Cancel it"), (reason) => send("cancel", { reason }));
    box.append(h("button", { type: "button", onclick }, t("She does not come")));
  }
  if (one.back && on.refer) box.append(h("button", { type: "button", class: "go", onclick: () => on.refer.back(one.mother, one.back, null, one.recording_id) }, t("Refer back")));
  return box;
}

function reserveForm(send) {
  const team = h("input", { type: "text", maxlength: 200, placeholder: t("who is in the team"), "aria-label": t("Team") });
  const onsubmit = (event) => {
    event.preventDefault();
    send("reserve", { team: team.value.trim() });
  };
  return h("form", { class: "line", onsubmit }, team, h("button", { class: "go" }, t("Reserve bed and team")));
}

function expectForm(box, one, on) {
  const path = `/api/green/${one.id}/expected`;
  const minutes = h("input", { type: "number", min: 0, max: 1440, required: true, "aria-label": t("Minutes until she is here") });
  const onsubmit = async (event) => {
    event.preventDefault();
    on.put(await act(box, path, { minutes: Number(minutes.value) }));
  };
  const again = h("button", { type: "button", onclick: async () => on.put(await act(box, path)) }, t("Estimate again"));
  return h("form", { class: "line", onsubmit }, t("Comes in"), minutes, t("minutes"), h("button", {}, t("Set")), again);
}

// How long each phase lasted.
export function timeline(spans, phases) {
  return h(
    "ul",
    { class: "timeline" },
    ...spans.map((span) => {
      const lasted = span.to_ms === null ? t("still") : duration(span.to_ms - span.from_ms);
      return h("li", {}, h("time", {}, clock(span.from_ms)), ` ${t(phases[span.phase])} `, span.to_ms === span.from_ms ? "" : h("b", {}, lasted));
    }),
  );
}

export function steps(rows, events) {
  return h(
    "ol",
    { class: "steps" },
    ...rows.map((row) => {
      const text = [t(events[row.event]), say(row.text), orgOf(row), row.person].filter(Boolean).join(" · ");
      return h("li", {}, h("time", {}, clock(row.at_ms)), " ", text);
    }),
  );
}
