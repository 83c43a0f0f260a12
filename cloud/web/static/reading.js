// The readings of one recording: what was said and signed, and the form of the one who reads now.
//
// A form stays the same element while what can be done stays the same, so that news about the
// reading takes no half-written word away.

import { act } from "./actions.js";
import { get } from "./live.js";
import { h, me, orgOf, setText } from "./parts.js";
import { PRIORITY, leftText, stateText } from "./toread.js";
import { clock, day, msgid, say, t } from "./words.js";

const CLASSES = { normal: msgid("normal"), suspicious: msgid("suspicious"), pathological: msgid("pathological"), unreadable: msgid("cannot be read") };
const FEATURES = {
  variability: [msgid("Variability"), { absent: msgid("absent"), minimal: msgid("minimal"), moderate: msgid("moderate"), marked: msgid("marked") }],
  accelerations: [msgid("Accelerations"), { present: msgid("present"), absent: msgid("absent") }],
  decelerations: [msgid("Decelerations"), { none: msgid("none"), early: msgid("early"), late: msgid("late"), variable: msgid("variable"), prolonged: msgid("prolonged") }],
};

export class Readings {
  // changed(): what we did may have changed what we may see; it calls load()
  constructor(element, recordingId, changed) {
    this.path = `/api/recordings/${recordingId}/readings`;
    this.element = element;
    this.changed = changed;
    this.info = h("div", { class: "readings" });
    this.form = h("div", { class: "actions" });
    this.left = h("time", { class: "left" });
    element.append(h("h2", {}, t("Readings")), this.info, this.form);
  }

  async load() {
    const all = await get(this.path);
    this.element.hidden = false;
    this.open = all.find((one) => one.signed === null) ?? null;
    const shown = JSON.stringify(all);
    if (shown === this.shown) return;
    this.shown = shown;
    this.info.replaceChildren(...all.map((one) => card(one, this.left)));
    const state = this.open ? `${this.open.id} ${this.open.phase} ${this.open.may}` : `none ${all.length}`;
    if (state === this.state) return;
    this.state = state;
    this.form.replaceChildren(...this.#forms(all.length > 0));
  }

  draw(nowMs) {
    if (!this.open) return;
    setText(this.left, leftText(this.open, nowMs));
    this.left.classList.toggle("late", nowMs >= this.open.deadline_ms);
  }

  async #send(event, body = {}) {
    const path = this.open ? `/api/readings/${this.open.id}/${event}` : this.path;
    if (await act(this.form, path, body)) await this.changed();
  }

  #forms(signedBefore) {
    const { open } = this;
    if (!["hospital", "centre"].includes(me.role)) return [];
    if (!open) return [this.#why(msgid("Ask for a reading"), signedBefore ? msgid("why it is to be read again") : msgid("reason, if there is one"), (reason) => this.#send("", { reason }))];
    const may = (event) => open.may.includes(event);
    const parts = [];
    if (may("take") || may("take over")) {
      parts.push(h("button", { type: "button", class: "go", onclick: () => this.#send("take") }, t(may("take") ? msgid("Read") : msgid("Take over"))));
    }
    if (may("read")) parts.push(this.#readForm());
    if (may("sign")) parts.push(this.#signForm(open));
    if (may("raise")) parts.push(this.#why(msgid("Ask an expert of the centre"), msgid("what the expert is to look at"), (reason) => this.#send("raise", { reason })));
    if (may("give back")) parts.push(h("button", { type: "button", onclick: () => this.#send("give-back") }, t("Give back")));
    return parts;
  }

  #why(title, hint, send) {
    const reason = h("input", { type: "text", maxlength: 300, "aria-label": t(hint), placeholder: t(hint) });
    const onsubmit = (event) => {
      event.preventDefault();
      send(reason.value.trim());
    };
    return h("form", { class: "line", onsubmit }, reason, h("button", {}, t(title)));
  }

  // The class is the button: it saves what was written beside it.
  #readForm() {
    const baseline = h("input", { type: "number", min: 30, max: 240, "aria-label": t("Baseline") });
    const chosen = Object.entries(FEATURES).map(([name, [label, values]]) => [name, label, h("select", { "aria-label": t(label) }, h("option", { value: "" }, "–"), ...Object.entries(values).map(([value, text]) => h("option", { value }, t(text))))]);
    const findings = h("textarea", { rows: 2, maxlength: 1000, "aria-label": t("Findings") });
    const advice = h("textarea", { rows: 2, maxlength: 1000, "aria-label": t("Advice to the clinic") });
    const features = () => {
      const found = Object.fromEntries(chosen.filter(([, , select]) => select.value).map(([name, , select]) => [name, name === "decelerations" ? [select.value] : select.value]));
      return baseline.value ? { ...found, baseline_bpm: Number(baseline.value) } : found;
    };
    const save = (said) => this.#send("read", { said, features: features(), findings: findings.value, advice: advice.value });
    const field = (label, input) => h("label", {}, h("small", {}, t(label)), input);
    return h(
      "fieldset",
      { class: "read" },
      h("legend", {}, t("What do you see?")),
      h("div", { class: "fields" }, h("label", {}, h("small", {}, `${t("Baseline")} (${t("bpm")})`), baseline), ...chosen.map(([, label, select]) => field(label, select))),
      field("Findings", findings),
      field("Advice to the clinic", advice),
      h("p", {}, t("Your own class. It is saved and kept:")),
      h("div", { class: "line" }, ...Object.entries(CLASSES).map(([value, text]) => h("button", { type: "button", class: "go", onclick: () => save(value) }, t(text)))),
    );
  }

  // The words that are usual with the doctor's own class stand chosen; the doctor sees and signs them.
  #signForm(open) {
    const own = open.opinions.at(-1).class;
    const said = h("select", { "aria-label": t("Signed class") }, ...Object.entries(CLASSES).map(([value, text]) => h("option", { value, selected: value === own }, t(text))));
    const words = h("div", { class: "words" });
    const free = h("textarea", { rows: 2, maxlength: 1000, "aria-label": t("In your own words, to the mother") });
    const right = h("input", { type: "checkbox" });
    const fill = () =>
      words.replaceChildren(
        ...open.words.filter((one) => one.classes.includes(said.value)).map((one) => h("label", {}, h("input", { type: "checkbox", value: one.id, checked: one.usual.includes(said.value) }), " ", t(one.text))),
      );
    said.addEventListener("change", fill);
    fill();
    const onsubmit = (event) => {
      event.preventDefault();
      const sentences = [...words.querySelectorAll("input:checked")].map((box) => box.value);
      this.#send("sign", { said: said.value, sentences, to_mother: free.value, confirmed: right.checked });
    };
    return h(
      "form",
      { class: "sign", onsubmit },
      h("label", {}, h("small", {}, t("Signed class")), said),
      h("fieldset", {}, h("legend", {}, t("The mother is told")), words, h("label", {}, h("small", {}, t("In your own words, to the mother")), free)),
      h("label", {}, right, " ", t("The measured values are right")),
      h("button", { class: "go" }, t("Sign and tell her")),
    );
  }
}

function card(one, left) {
  const { signed } = one;
  const head = signed ? [h("b", { "data-verdict": signed.class }, t(CLASSES[signed.class])), " ", t("signed by %(person)s, %(organisation)s, %(time)s; it holds for all members", { ...signed, organisation: orgOf(signed), time: day(signed.at_ms) })] : [h("b", { class: `urgency ${one.priority}` }, t(PRIORITY[one.priority])), " ", left, " ", stateText(one)];
  return h(
    "article",
    { class: "history" },
    h("p", { class: "row-who" }, ...head),
    one.raised ? h("p", {}, t("Asked of the expert: %(reason)s", { reason: say(one.raised.reason) })) : h("p", { class: "quiet" }, say(one.reason)),
    ...one.opinions.map(opinion),
    one.hidden ? h("p", { class: "quiet" }, t("Blind: what the computer and others found is shown when you have read.")) : null,
    one.differ?.machine ? h("p", { class: "differs" }, t("The reader and the computer differ. Both are kept.")) : null,
    one.differ?.expert ? h("p", { class: "differs" }, t("The first reader and the expert differ. Both are kept.")) : null,
    signed ? h("blockquote", {}, ...[...signed.sentences.map((text) => t(text)), signed.to_mother].filter(Boolean).map((text) => h("p", {}, text))) : null,
  );
}

function opinion(one) {
  const who = { ...one, organisation: orgOf(one), time: clock(one.at_ms, false), class: t(CLASSES[one.class]) };
  const machine = one.machine ? t("the computer: %(verdict)s", { verdict: t(one.machine) }) : null;
  const features = Object.entries(one.features).map(([name, value]) => (name === "baseline_bpm" ? `${t("Baseline")} ${value}` : `${t(FEATURES[name][0])}: ${[value].flat().map((v) => t(FEATURES[name][1][v])).join(", ")}`));
  return h(
    "div",
    { class: "opinion" },
    h("p", {}, t(one.rank === "expert" ? msgid("Expert %(person)s, %(organisation)s, %(time)s: %(class)s") : msgid("%(person)s, %(organisation)s, %(time)s: %(class)s"), who), machine ? ` · ${machine}` : ""),
    features.length ? h("p", { class: "quiet" }, features.join(" · ")) : null,
    one.findings ? h("p", {}, one.findings) : null,
    one.advice ? h("p", {}, t("Advice: %(advice)s", one)) : null,
  );
}
