// The monitoring centre: the queue, the wall, and whether the service itself is well.

import { isOpen } from "./alerts.js";
import { Calls } from "./tasks.js";
import { offer } from "./hospitals.js";
import { Journeys } from "./journeys.js";
import { get } from "./live.js";
import { staffPage } from "./page.js";
import { byId, h, orgOf, setText } from "./parts.js";
import "./state.js";
import { t } from "./words.js";

const HEALTH_MS = 5000;

const journeys = new Journeys();
const calls = new Calls(byId("calls"));

staffPage({
  reload: () => Promise.all([calls.load(), journeys.load(), balance()]),
  alert: () => calls.load(),
  green: journeys.green,
  referral: (id) => Promise.all([journeys.referral(id), balance()]),
  draw: (live, queue) => {
    offer(queue.sorted.filter((alert) => isOpen(alert) && alert.kind === "patient"));
    journeys.draw(live.nowMs);
    calls.draw(live.nowMs);
  },
});

// "Easy up, hard down": how many of a year's referrals lead back.
async function balance() {
  const { total, months } = await get("/api/referrals/balance");
  const words = t("Referrals of 12 months: %(up)d up, %(down)d down", total);
  const gauge = h("meter", { min: 0, max: Math.max(1, total.up), value: total.down, "aria-label": t("Share of those up that led back") });
  const cells = ["sent_up", "came_up", "sent_down", "came_down"];
  const head = [t("Month"), t("Hospital"), t("sent up"), t("came up"), t("sent down"), t("came down")];
  const rows = months.map((row) => h("tr", {}, ...[row.month, orgOf(row), ...cells.map((cell) => row[cell])].map((cell) => h("td", {}, String(cell)))));
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...head.map((one) => h("th", {}, one)))), h("tbody", {}, ...rows));
  const folded = h("details", {}, h("summary", {}, t("By month and hospital")), h("div", { class: "wide" }, table));
  byId("balance").replaceChildren(h("p", {}, h("b", {}, words), " ", gauge), folded);
}

async function health() {
  const ill = await illParts();
  let words = t("All parts of the service work");
  if (ill === null) words = t("The service does not answer");
  else if (ill.length) words = t("Not working: %(parts)s", { parts: ill.map((name) => t(name)).join(", ") });
  setText(byId("health"), words);
  byId("health").classList.toggle("ill", ill === null || ill.length > 0);
}

// The names of the parts that are not well; null when nobody answers.
async function illParts() {
  try {
    const { parts } = await (await fetch("/readyz")).json();
    return Object.keys(parts).filter((name) => !parts[name].ok);
  } catch {
    return null;
  }
}

health();
setInterval(health, HEALTH_MS);
