// Mothers that the centre has to call, above the queue: who, the number, what to say, what came of it.

import { act } from "./actions.js";
import { get } from "./live.js";
import { h, motherName, orgName, phoneLink, priorityMark, setText } from "./parts.js";
import { duration, msgid, say, t } from "./words.js";

const OUTCOMES = [
  msgid("reached: she is well and follows the steps"),
  msgid("reached: she is on her way"),
  msgid("not reached: called again and her family told"),
  msgid("an ambulance has been sent"),
];

export class Calls {
  constructor(element) {
    this.element = element;
    this.rows = new Map(); // task id -> {element, age, task}
  }

  async load() {
    const open = (await get("/api/tasks")).filter((task) => task.done_ms === null);
    const wanted = new Set(open.map((task) => task.id));
    for (const [id, row] of this.rows) {
      if (wanted.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    for (const [place, task] of open.entries()) {
      if (this.rows.has(task.id)) continue;
      const row = this.#row(task);
      this.rows.set(task.id, row);
      this.element.insertBefore(row.element, this.element.children[place] ?? null); // the worst first
    }
  }

  draw(nowMs) {
    for (const { age, task } of this.rows.values()) setText(age, duration(nowMs - task.made_ms));
  }

  #row(task) {
    const age = h("time", { class: "alert-age" });
    const phone = task.mother?.phone;
    const element = h(
      "li",
      { class: `row call ${task.priority}`, "data-task": task.id },
      h("div", { class: "row-head" }, priorityMark({ priority: task.priority, owner: null }), age),
      h("p", { class: "row-who" }, h("b", {}, t("Call %(name)s", { name: motherName(task.mother) })), " ", phone ? phoneLink(phone) : t("no number is known")),
      phone || !task.hospital ? null : h("p", {}, t("Ask her hospital how to reach her:"), " ", orgName(task.hospital), " ", phoneLink(task.hospital.phone) ?? t("no number is known")),
      task.reason ? h("p", { class: "reason" }, say(task.reason)) : null,
      h("p", {}, t(task.script)),
      task.steps ? h("blockquote", {}, t(task.steps)) : null,
      this.#form(task),
    );
    return { element, age, task };
  }

  #form(task) {
    const chosen = h("select", { "aria-label": t("What came of the call?") }, ...OUTCOMES.map((one) => h("option", { value: one }, t(one))));
    const own = h("input", { type: "text", maxlength: 300, placeholder: t("or in your own words") });
    const form = h("form", { class: "why" }, chosen, own, h("button", { class: "go" }, t("Called")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = { outcome: own.value.trim() || chosen.value };
      if (await act(form, `/api/tasks/${task.id}/done`, body)) await this.load();
    });
    return form;
  }
}
