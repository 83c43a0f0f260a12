// "Our state now" of a hospital: what decides whether it is asked; and who changed it last.

import { get, post } from "./live.js";
import { byId, h, setText } from "./parts.js";
import { rosterForm } from "./roster.js";
import { clock, msgid, t } from "./words.js";

const AGAIN_MS = 60_000;
const ON_CALL = [
  ["roster", msgid("as the duty roster says")],
  ["yes", msgid("yes")],
  ["no", msgid("no")],
];
const KNOWN = [
  ["null", msgid("not known")],
  ["true", msgid("yes")],
  ["false", msgid("no")],
];
const WHAT = {
  on_call: msgid("Obstetrician on call"),
  by_roster: msgid("by roster"),
  free_beds: msgid("Free beds"),
  nicu: msgid("NICU"),
  blood_bank: msgid("Blood bank"),
  duties: msgid("Duty roster"),
  reads_blind: msgid("reading first, then the computer's result"),
};

const box = byId("our-state");
const news = h("p", { role: "status" });
if (box) {
  load();
  setInterval(refresh, AGAIN_MS);
}

// Not under the hands of somebody who is changing it.
export function refresh() {
  if (!box.contains(document.activeElement)) load();
}

async function load() {
  draw(await get("/api/organisation"));
}

function draw(own) {
  const isHospital = own.kind === "hospital";
  box.replaceChildren(
    ...(isHospital ? [stateForm(own)] : []),
    h("p", { class: "quiet" }, onDuty(own, isHospital ? "obstetrician" : "operator")),
    own.phone ? "" : h("p", { class: "failed" }, t("No telephone number of yours is known: nobody can call you.")),
    rosterForm(own, (lines) => send("duties", { duties: lines })),
    changesOf(own),
    news,
  );
}

function stateForm(own) {
  const onCall = choice(ON_CALL, own.by_roster ? "roster" : own.on_call ? "yes" : "no");
  const beds = h("input", { type: "number", min: 0, max: 10000, required: true, value: own.free_beds });
  const nicu = choice(KNOWN, String(own.nicu));
  const blood = choice(KNOWN, String(own.blood_bank));
  const onsubmit = (event) => {
    event.preventDefault();
    send("state", {
      on_call: onCall.value,
      free_beds: Number(beds.value),
      nicu: JSON.parse(nicu.value),
      blood_bank: JSON.parse(blood.value),
    });
  };
  const field = (name, input) => h("label", {}, t(WHAT[name]), " ", input);
  return h(
    "form",
    { class: "state", onsubmit },
    field("on_call", onCall),
    field("free_beds", beds),
    field("nicu", nicu),
    field("blood_bank", blood),
    h("button", { class: "go" }, t("Save")),
  );
}

function choice(options, value) {
  return h("select", {}, ...options.map(([name, words]) => h("option", { value: name, selected: name === value }, t(words))));
}

function onDuty(own, role) {
  const people = own.on_duty[role].map((one) => one.name ?? t("on duty, name not given"));
  return people.length ? t("On duty now: %(people)s", { people: people.join(", ") }) : t("Nobody is on the duty roster now.");
}

function changesOf(own) {
  const lines = own.changes.slice(0, 8).map((one) => {
    const args = { time: `${new Date(one.at_ms).toLocaleDateString("sv-SE")} ${clock(one.at_ms, false)}`, person: one.person, what: t(WHAT[one.what] ?? one.what), before: value(one.before), after: value(one.after) };
    const words = one.what === "duties" ? t("%(time)s %(person)s: %(what)s changed", args) : t("%(time)s %(person)s: %(what)s from %(before)s to %(after)s", args);
    return h("li", {}, words);
  });
  return h("details", {}, h("summary", {}, t("Who changed it last")), h("ul", { class: "quiet" }, ...lines));
}

function value(one) {
  if (one === null) return t("not known");
  return typeof one === "boolean" ? (one ? t("yes") : t("no")) : String(one);
}

async function send(what, body) {
  try {
    draw(await post(`/api/organisation/${what}`, body, "PUT"));
    setText(news, t("Saved."));
  } catch (error) {
    setText(news, t("Not done: %(why)s", { why: error.message }));
  }
}
