// Recordings that wait to be read, the next deadline first. One click takes one and opens it.

import { get, post } from "./live.js";
import { h, keepFocus, motherName, motherWeeks, orgOf, setText } from "./parts.js";
import { leftText, msgid, say, t } from "./words.js";

const PRIORITY = { urgent: msgid("urgent"), soon: msgid("soon"), routine: msgid("routine") };
const PHASE = {
  wanted: msgid("waits for a reader"),
  taken: msgid("%(person)s, %(organisation)s is reading it"),
  read: msgid("%(person)s, %(organisation)s has read it, not signed yet"),
  raised: msgid("waits for an expert of the centre"),
  expert: msgid("the expert %(person)s is reading it"),
  "expert read": msgid("the expert %(person)s has read it, not signed yet"),
};

const stateText = (one) => t(PHASE[one.phase], { ...one.holder, organisation: orgOf(one.holder ?? {}) });

export class ToRead {
  constructor(element, empty) {
    this.element = element;
    this.empty = empty;
    this.rows = [];
  }

  async load() {
    const open = (await get("/api/readings")).filter((one) => one.signed === null);
    this.rows = open.map((one) => ({ one, left: h("time", { class: "left" }) }));
    keepFocus(() => this.element.replaceChildren(...this.rows.map(row)));
    this.empty.hidden = open.length > 0;
  }

  draw(nowMs) {
    for (const { one, left } of this.rows) {
      setText(left, leftText(one.deadline_ms - nowMs));
      left.classList.toggle("late", nowMs >= one.deadline_ms);
    }
  }
}

function row({ one, left }) {
  const take = ["take", "take over"].find((event) => one.may.includes(event));
  const href = `/recordings/${one.recording_id}#readings`;
  const go = take
    ? h("button", { type: "button", class: "go", onclick: (event) => open(event.target, one, href) }, t(take === "take" ? msgid("Read") : msgid("Take over")))
    : h("a", { href }, t(one.mine ? msgid("Go on reading") : msgid("Open")));
  return h(
    "li",
    { class: "row reading", "data-reading": one.id },
    h("div", { class: "row-head" }, h("b", { class: `urgency ${one.priority}` }, t(PRIORITY[one.priority])), left),
    h("p", { class: "row-who" }, h("b", {}, motherName(one.mother)), " ", h("span", { class: "weeks" }, motherWeeks(one.mother))),
    h("p", {}, one.raised ? t("Asked of the expert: %(reason)s", { reason: say(one.raised.reason) }) : say(one.reason)),
    h("p", { class: "quiet" }, stateText(one)),
    go,
  );
}

async function open(button, one, href) {
  button.disabled = true;
  try {
    await post(`/api/readings/${one.id}/take`);
    location.assign(href);
  } catch (error) {
    button.disabled = false;
    button.after(h("p", { class: "failed", role: "alert" }, t("Not done: %(why)s", { why: error.message })));
  }
}
