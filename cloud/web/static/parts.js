// Small pieces of pages. Texts are set as text, never as HTML.

import { gestation, language, msgid, t } from "./words.js";

export const byId = (id) => document.getElementById(id);

// Who looks at this page.
export const me = {
  role: document.body.dataset.role,
  organisationId: Number(document.body.dataset.organisation) || null,
};

// h("button", {class: "go", onclick: f}, "words", child, ...): one element
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Changes text only when it differs, so that screen readers hear changes and nothing else.
// Elements by what they are about: the same ones as long as they stand in the page, so that news
// takes away neither a half-written reason nor a button under the finger.
export class Kept {
  #all = new Map(); // key -> {state, element, placed: whoever made it has had the time to place it}

  // The element of this key, made anew only when its state is another one.
  of(key, state, make) {
    const old = this.#all.get(key);
    if (old?.state === state) return old.element;
    for (const [one, { element, placed }] of this.#all) if (placed && !element.isConnected) this.#all.delete(one);
    const made = { state, element: make(), placed: false };
    queueMicrotask(() => (made.placed = true));
    this.#all.set(key, made);
    return made.element;
  }
}

export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Elements that move lose the keyboard: give it back to whoever had it.
export function keepFocus(change) {
  const had = document.activeElement;
  change();
  if (had !== document.activeElement && had?.isConnected) had.focus({ preventScroll: true });
}

const PRIORITIES = { high: ["***", msgid("HIGH")], medium: ["**", msgid("MEDIUM")], low: ["*", msgid("LOW")] };

// Shape, stars, word and colour (IEC 60601-1-8 as common monitors render it).
export function priorityMark(alert) {
  const [stars, word] = PRIORITIES[alert.priority];
  const open = !alert.owner;
  return h(
    "span",
    { class: `priority ${alert.priority}${open ? " open" : ""}` },
    h("i", { "aria-hidden": "true" }),
    `${stars} ${t(word)}`,
  );
}

// The five colours of pregnancy risk: a labelled pill, so that nobody takes it for an alarm.
export function riskPills(mother) {
  if (!mother) return [];
  const pill = (name, words) => h("span", { class: "risk" }, h("i", { class: name, "aria-hidden": "true" }), words);
  const risk = pill(mother.risk, t("Pregnancy risk: %(colour)s", { colour: t(mother.risk) }));
  return mother.purple ? [risk, pill("purple", t("Infectious disease: purple"))] : [risk];
}

// A replayed or synthetic recording is no patient: said wherever it is shown.
export function originBadges(recording) {
  const badges = [];
  if (recording.synthetic) badges.push(h("span", { class: "origin" }, t("SYNTHETIC")));
  else if (recording.replayed) badges.push(h("span", { class: "origin" }, t("REPLAYED")));
  if (recording.speed > 1) {
    badges.push(h("span", { class: "origin" }, t("speed x%(speed)d", { speed: recording.speed })));
  }
  return badges;
}

export function motherName(mother) {
  return mother ? mother.name : t("not yet bound to a mother");
}

export function motherWeeks(mother) {
  return mother ? gestation(mother.gestation_weeks) : "";
}

export function orgName(organisation) {
  if (!organisation) return "";
  return language === "zh" ? organisation.name_zh : organisation.name;
}

// The same for {organisation, organisation_zh}, as steps and owners carry it.
export function orgOf(row) {
  return (language === "zh" ? row.organisation_zh : row.organisation) ?? "";
}

export function phoneLink(phone) {
  return phone ? h("a", { class: "phone", href: `tel:${phone}` }, phone) : null;
}
