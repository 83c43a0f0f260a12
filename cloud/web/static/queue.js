// The alerts that somebody must work on, worst first.
//
// A row never moves under the pointer: the order waits until the pointer and the keyboard have left
// the list or rested for 5 s, and says how many new ones wait.

import { actionBar } from "./actions.js";
import { callList } from "./calls.js";
import { ageOf, holder, isClosed, nextStep, nowFirst, stateLines } from "./alerts.js";
import { get } from "./live.js";
import { h, keepFocus, motherName, motherWeeks, priorityMark, orgName, riskPills, setText } from "./parts.js";
import { planBox } from "./plan.js";
import { ageText } from "./tile.js";
import { answerNow } from "./ways.js";
import { say, t } from "./words.js";

const REST_MS = 5000;
const SPOKEN = 5; // announcements kept for a screen reader that is still speaking

// That a recording has ended does not say that nothing of hers runs; of what she told nothing was recorded.
function dataText({ recording_id: id, mother, kind, now }, live) {
  const runs = mother && live.running?.some((row) => row.mother?.id === mother.id);
  const ageMs = live.ageMs(id);
  if (ageMs === null && kind === "patient" && !now.strip) return "";
  return runs && ageMs === null ? t("of an earlier recording; another runs now") : ageText(ageMs);
}

export class Queue {
  // options: empty (shown when there is nothing), news, announce (elements), onSelect(alert)
  constructor(element, options) {
    this.element = element;
    this.options = options;
    this.alerts = new Map();
    this.rows = new Map();
    this.beside = []; // other rows: like alerts, with an element
    this.touchedAt = -Infinity;
    for (const kind of ["pointermove", "keydown", "focusin"]) {
      element.addEventListener(kind, () => (this.touchedAt = performance.now()));
    }
    element.addEventListener("pointerleave", () => (this.touchedAt = -Infinity));
  }

  async load() {
    const views = await get("/api/alerts");
    const known = new Set(views.map((view) => view.id));
    for (const id of this.alerts.keys()) if (!known.has(id)) this.#remove(id);
    for (const view of views) this.put(view, this.alerts.size > 0);
    this.loaded = true;
    this.#sort();
  }

  // One alert is new or has changed.
  put(alert, announce = true) {
    if (isClosed(alert)) {
      this.#remove(alert.id);
      return;
    }
    const old = this.alerts.get(alert.id);
    this.alerts.set(alert.id, alert);
    if (old && JSON.stringify(old) === JSON.stringify(alert)) return;
    keepFocus(() => {
      const row = this.#row(alert);
      if (old) this.rows.get(alert.id).element.replaceWith(row.element);
      else this.element.append(row.element);
      this.rows.set(alert.id, row);
    });
    if (old?.priority !== alert.priority && announce) this.#announce(alert); // or it is more urgent
  }

  draw(live) {
    for (const [id, row] of this.rows) row.tick(this.alerts.get(id), live);
    const resting = performance.now() - this.touchedAt > REST_MS;
    if (resting) this.#sort();
    const waiting = resting ? 0 : this.#outOfPlace();
    this.options.news.hidden = waiting === 0;
    setText(this.options.news, t("%(count)d new above", { count: waiting }));
    this.options.empty.hidden = !this.loaded || this.alerts.size > 0;
  }

  // Show which row is open beside the list.
  choose(id) {
    for (const [one, { element }] of this.rows) element.classList.toggle("chosen", one === id);
  }

  get sorted() {
    return [...this.alerts.values()].sort(nowFirst);
  }

  #announce(alert) {
    const words = { name: motherName(alert.mother), reason: say(alert.reason), priority: t(alert.priority) };
    const { announce } = this.options;
    announce.append(h("p", {}, t("New alert, %(priority)s: %(name)s. %(reason)s", words)));
    while (announce.children.length > SPOKEN) announce.firstElementChild.remove();
  }

  #remove(id) {
    this.alerts.delete(id);
    this.rows.get(id)?.element.remove();
    this.rows.delete(id);
  }

  get #order() {
    return [...this.sorted, ...this.beside].sort(nowFirst).map((one) => one.element ?? this.rows.get(one.id).element);
  }

  #sort() {
    this.#order.forEach((element, n) => {
      const there = this.element.children[n];
      if (there !== element) keepFocus(() => this.element.insertBefore(element, there ?? null));
    });
  }

  // How many stand lower than they should.
  #outOfPlace() {
    const places = [...this.element.children];
    return this.#order.filter((element, n) => places.indexOf(element) > n).length;
  }

  #row(alert) {
    const age = h("time", { class: "alert-age" });
    const next = h("span", { class: "next" });
    const data = h("small", {});
    const answer = h("p", { class: "answer" });
    const { onSelect } = this.options;
    const name = onSelect
      ? h("button", { type: "button", class: "name", onclick: () => onSelect(this.alerts.get(alert.id)) }, motherName(alert.mother))
      : h("a", { class: "name", href: `/recordings/${alert.recording_id}?at=${Math.floor(alert.at_s)}` }, motherName(alert.mother));
    const element = h(
      "li",
      { class: `row ${alert.priority} ${alert.kind}${alert.owner ? " taken" : ""}`, "data-alert": alert.id, "data-phase": alert.phase },
      h("div", { class: "row-head" }, priorityMark(alert), age),
      h("div", { class: "row-who" }, name, h("span", { class: "weeks" }, motherWeeks(alert.mother)), ...riskPills(alert.mother)),
      h("p", { class: "quiet" }, orgName(alert.mother?.organisation), " ", data),
      h("p", { class: "reason" }, say(alert.reason)),
      ...alert.also.map((reason) => h("p", { class: "reason also" }, t("and also"), ": ", say(reason))),
      ...stateLines(alert),
      h("p", { class: "holder" }, holder(alert)),
      next,
      answer,
      onSelect || alert.phase !== "centre" ? null : callList(alert),
      onSelect ? null : actionBar(alert),
      onSelect || alert.kind === "technical" ? null : planBox(alert),
    );
    const tick = (now, live) => {
      setText(age, ageOf(now, live.nowMs));
      setText(next, nextStep(now, live.nowMs));
      setText(data, dataText(now, live));
      setText(answer, answerNow(now));
    };
    return { element, tick };
  }
}
