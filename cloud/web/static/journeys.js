// Green channels and referrals of a page of staff: kept up to date, drawn, and counted down.

import { keptBar } from "./actions.js";
import { brief, greenCard, greenOf, mayOpen, openGreen } from "./green.js";
import { get } from "./live.js";
import { byId, h, keepFocus, me } from "./parts.js";
import { Refer } from "./refer.js";
import { GROUPS, groupOf, referralCard, waiting } from "./referrals.js";
import { t } from "./words.js";

const OVER = ["closed", "cancelled"];

export class Journeys {
  constructor() {
    this.greens = new Map();
    this.referrals = new Map();
    this.nowMs = Date.now(); // by the service's clock, once that is known
    this.ticking = []; // functions of the time, of what is on the page now
    this.refer = byId("refer-form") ? new Refer(byId("refer-form"), (view) => this.#put(this.referrals, view)) : null;
  }

  async load() {
    const lists = await Promise.all([get("/api/green"), get("/api/referrals")]);
    this.greens = new Map(lists[0].map((view) => [view.id, view]));
    this.referrals = new Map(lists[1].map((view) => [view.id, view]));
    this.#show();
  }

  green = (id) => this.#fetch(this.greens, `/api/green/${id}`, id);
  referral = (id) => this.#fetch(this.referrals, `/api/referrals/${id}`, id);

  draw(nowMs) {
    this.nowMs = nowMs;
    for (const tick of this.ticking) tick(nowMs);
  }

  // What can be begun from an alert, as a bar that stays the same while that does.
  barOf(alert) {
    const mine = ["accepted", "handled"].includes(alert.phase) && alert.organisation?.id === me.organisationId;
    const green = greenOf(this.greens, alert);
    const may = mine && Boolean(alert.mother);
    const opens = may && !green && mayOpen(this.greens, alert);
    return keptBar(`journeys of alert ${alert.id}`, `${may} ${opens} ${green?.id}`, () => {
      const bar = h("div", { class: "actions" });
      if (opens) bar.append(openGreen(bar, `/api/alerts/${alert.id}/green`, this.#putGreen));
      if (green) bar.append(h("a", { href: `#green-${green.id}` }, t("To the green channel")));
      if (may) bar.append(h("button", { type: "button", onclick: () => this.refer.up(alert) }, t("Refer up")));
      return bar;
    });
  }

  #putGreen = (view) => this.#put(this.greens, view);

  async #fetch(into, path, id) {
    try {
      this.#put(into, await get(path));
    } catch {
      into.delete(id); // it may not be seen any more
      this.#show();
    }
  }

  #put(into, view) {
    if (!view) return;
    into.set(view.id, view);
    this.#show();
  }

  #show() {
    this.ticking = [];
    const greens = [...this.greens.values()].filter((one) => !OVER.includes(one.phase) || one.back).sort(bySoon);
    const open = greens.filter((one) => !OVER.includes(one.phase));
    keepFocus(() => {
      const cards = greens.map((one) => this.#ticking(greenCard(one, { put: this.#putGreen, refer: this.refer })));
      byId("green-list").replaceChildren(...cards);
      byId("green-none").hidden = cards.length > 0;
      byId("referral-list").replaceChildren(...this.#groups());
      const asked = [...this.referrals.values()].filter((one) => groupOf(one) === "in");
      const lines = [...asked.map(waiting), ...open.map(brief)];
      byId("journeys-brief").replaceChildren(...lines.map((line) => this.#ticking(line)));
    });
  }

  #groups() {
    const shown = [...this.referrals.values()].sort((a, b) => b.id - a.id);
    const on = { put: (view) => this.#put(this.referrals, view), putGreen: this.#putGreen, refer: this.refer };
    const found = [];
    for (const [name, words, folded] of GROUPS) {
      const cards = shown.filter((one) => groupOf(one) === name).map((one) => this.#ticking(referralCard(one, on)));
      if (!cards.length) continue;
      const head = `${t(words)} (${cards.length})`;
      if (folded) found.push(h("details", {}, h("summary", {}, head), ...cards));
      else found.push(h("h3", {}, head), ...cards);
    }
    return found.length ? found : [h("p", { class: "quiet" }, t("No referral is under way."))];
  }

  #ticking({ element, tick }) {
    tick?.(this.nowMs); // at once: a countdown that is redrawn must not blink
    if (tick) this.ticking.push(tick);
    return element;
  }
}

// Who comes soonest stands first; one without a time at the end.
const bySoon = (a, b) => (a.expected_ms ?? Infinity) - (b.expected_ms ?? Infinity) || a.id - b.id;
