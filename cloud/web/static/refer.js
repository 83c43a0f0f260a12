// The form of a new referral: up, down, or the way back of one.

import { act } from "./actions.js";
import { get } from "./live.js";
import { h, orgName } from "./parts.js";
import { msgid, t } from "./words.js";

const TITLES = { up: msgid("Refer to a hospital of a higher level"), down: msgid("Refer back, with a plan of care") };

export class Refer {
  // put(view): the referral that was made
  constructor(box, put) {
    this.box = box;
    this.put = put;
    const button = (direction, words) => h("button", { type: "button", onclick: () => this.open({ direction }) }, words);
    this.box.append((this.tools = h("div", { class: "actions" }, button("up", t("Refer up")), button("down", t("Refer down")))), (this.place = h("div")));
  }

  // From an alert that this hospital has.
  up(alert) {
    return this.open({ direction: "up", mother: alert.mother, recordingId: alert.recording_id, urgent: true, chosen: ["ctg"] });
  }

  // To the hospital she came from.
  back(mother, to, answersId, recordingId) {
    return this.open({ direction: "down", mother, to, answersId, recordingId, chosen: ["stable"] });
  }

  async open(given) {
    const offered = await get(`/api/referrals/choices?direction=${given.direction}`);
    this.place.replaceChildren(this.#form(given, offered));
    this.place.scrollIntoView({ block: "nearest" });
    this.place.querySelector("select, input, textarea").focus();
  }

  #form(given, offered) {
    const back = h("button", { type: "button", onclick: () => this.place.replaceChildren() }, t("Back"));
    if (!offered.hospitals.length) return h("p", { class: "quiet" }, t("There is no such hospital in the consortium."), " ", back);
    const fields = this.#fields(given, offered);
    const buttons = h("div", { class: "actions" }, h("button", { class: "go" }, t("She agrees: send")), back);
    const form = h("form", { class: "refer" }, h("h3", {}, t(TITLES[given.direction])), ...fields.rows, h("p", { class: "quiet" }, t("Ask her first: the other hospital will see her records.")), buttons);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const made = await act(buttons, "/api/referrals", { direction: given.direction, answers_id: given.answersId ?? null, agreed: true, ...fields.read() });
      if (!made) return;
      this.place.replaceChildren();
      this.put(made);
    });
    return form;
  }

  #fields(given, offered) {
    const known = given.mother && !offered.mothers.some((one) => one.id === given.mother.id) ? [given.mother] : [];
    const mothers = [...known, ...offered.mothers];
    const mother = select(t("Mother"), mothers.map((one) => [one.id, one.name]), given.mother?.id);
    const to = select(t("Hospital"), offered.hospitals.map((one) => [one.id, placeText(one)]), given.to?.id);
    const grounds = h("fieldset", {}, h("legend", {}, t("Grounds")), ...offered.criteria.map((one) => check(t(one.text), one.id, given.chosen?.includes(one.id))));
    const reason = text(t("In your own words"), "input", 300);
    const notes = text(t("Notes for the other doctor"), "textarea", 4000);
    const urgent = check(t("urgent: a green channel is wanted"), "urgent", given.urgent);
    const strip = check(t("send the newest recording along"), "strip", true);
    const plan = given.direction === "down" ? new PlanFields() : null;
    const read = () => {
      const motherId = Number(value(mother));
      const newest = mothers.find((one) => one.id === motherId)?.recording_id ?? null;
      const recordingId = motherId === given.mother?.id ? (given.recordingId ?? newest) : newest;
      return {
        mother_id: motherId,
        to_id: Number(value(to)),
        criteria: [...grounds.querySelectorAll("input:checked")].map((one) => one.value),
        reason: value(reason),
        notes: value(notes),
        urgent: urgent.querySelector("input").checked,
        recording_id: strip.querySelector("input").checked ? recordingId : null,
        plan: plan?.read() ?? null,
      };
    };
    const rows = [mother, to, grounds, reason, ...(plan?.rows ?? []), notes, strip, given.direction === "up" ? urgent : null];
    return { rows: rows.filter(Boolean), read };
  }
}

class PlanFields {
  constructor() {
    this.text = text(t("Plan of care"), "textarea", 4000);
    this.text.querySelector("textarea").required = true;
    this.visits = h("fieldset", {}, h("legend", {}, t("Next visits")));
    this.visits.append(h("button", { type: "button", onclick: () => this.#addVisit() }, t("Add a visit")));
    this.#addVisit();
    this.times = number(t("Monitoring, times a week"), 1, 21, 3);
    this.minutes = number(t("minutes each time"), 10, 120, 20);
    this.rows = [this.text, this.visits, h("div", { class: "line" }, this.times, this.minutes)];
  }

  read() {
    const visits = [...this.visits.querySelectorAll(".line")].map((row) => {
      const [day, what] = row.querySelectorAll("input");
      return { day: day.value, what: what.value.trim() };
    });
    const times = Number(value(this.times));
    return {
      text: value(this.text),
      visits: visits.filter((visit) => visit.day && visit.what),
      monitoring: times ? { per_week: times, minutes: Number(value(this.minutes)) } : null,
    };
  }

  #addVisit() {
    const day = h("input", { type: "date", "aria-label": t("Day") });
    const what = h("input", { type: "text", maxlength: 200, placeholder: t("what for"), "aria-label": t("what for") });
    what.addEventListener("input", () => (day.required = Boolean(what.value.trim()))); // or it would be lost
    this.visits.lastElementChild.before(h("div", { class: "line" }, day, what));
  }
}

const value = (label) => label.querySelector("select, input, textarea").value.trim();

function placeText(one) {
  const facts = [t("level %(level)d", { level: one.level }), t("free beds: %(beds)d", { beds: one.free_beds })];
  if (one.km !== null) facts.unshift(t("%(km).1f km", { km: one.km }));
  return `${orgName(one)} (${facts.join(", ")})`;
}

function select(words, options, chosen) {
  return h("label", {}, words, h("select", { required: true }, ...options.map(([id, name]) => h("option", { value: id, selected: id === chosen }, name))));
}

function text(words, tag, maxlength) {
  return h("label", {}, words, h(tag, { maxlength, ...(tag === "input" ? { type: "text" } : { rows: 3 }) }));
}

function number(words, min, max, usual) {
  return h("label", {}, words, h("input", { type: "number", min, max, value: usual }));
}

function check(words, id, checked) {
  return h("label", { class: "check" }, h("input", { type: "checkbox", value: id, checked: Boolean(checked) }), words);
}
