// Mothers that the centre has to call, in the queue: who, the number, what to say, what came of it.

import { act, choice } from "./actions.js";
import { stateLines } from "./alerts.js";
import { get } from "./live.js";
import { h, me, motherName, orgName, phoneLink, priorityMark, setText } from "./parts.js";
import { duration, msgid, say, t } from "./words.js";

const OUTCOMES = [
  msgid("reached: she is well and follows the steps"),
  msgid("reached: she is on her way"),
  msgid("not reached: called again and her family told"),
  msgid("an ambulance has been sent"),
];

export class Calls {
  rows = new Map(); // by task id

  async load(queue) {
    if (me.role !== "centre") return; // an administrator calls nobody
    const open = (await get("/api/tasks")).filter((task) => task.done_ms === null);
    const wanted = new Set(open.map((task) => task.id));
    for (const [id, row] of this.rows) {
      if (wanted.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    for (const task of open) {
      if (!this.rows.has(task.id)) this.rows.set(task.id, this.#row(task, queue));
      const row = this.rows.get(task.id);
      row.task = task;
      row.state.replaceChildren(...stateLines(task));
    }
    queue.beside = [...this.rows.values()].map(({ element, task }) => ({ ...task, element, raised_ms: task.made_ms }));
  }

  draw(nowMs) {
    for (const { age, task } of this.rows.values()) setText(age, duration(nowMs - task.made_ms));
  }

  #row(task, queue) {
    const age = h("time", { class: "alert-age" });
    const state = h("div", {});
    const phone = task.mother?.phone;
    const element = h(
      "li",
      { class: `row call ${task.priority}`, "data-task": task.id },
      h("div", { class: "row-head" }, priorityMark({ priority: task.priority, owner: null }), age),
      h("p", { class: "row-who" }, h("b", {}, t("Call %(name)s", { name: motherName(task.mother) })), " ", phone ? phoneLink(phone) : t("no number is known")),
      task.hospital ? h("p", {}, phone ? t("Her hospital, for her to call:") : t("Ask her hospital how to reach her:"), " ", orgName(task.hospital), " ", phoneLink(task.hospital.phone) ?? t("no number is known")) : null,
      task.reason ? h("p", { class: "reason" }, say(task.reason)) : null,
      state,
      h("p", {}, t(task.script)),
      task.steps ? h("blockquote", {}, t(task.steps).replaceAll(t(" on this page"), "")) : null,
      this.#form(task, queue),
    );
    queue.element.append(element);
    return { element, age, state };
  }

  #form(task, queue) {
    const [chosen, own] = choice(OUTCOMES, t("What came of the call?"));
    const form = h("form", { class: "why" }, chosen, own, h("button", { class: "go" }, t("Called")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = { outcome: own.value.trim() || chosen.value };
      if (await act(form, `/api/tasks/${task.id}/done`, body)) await this.load(queue);
    });
    return form;
  }
}
