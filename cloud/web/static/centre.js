// The monitoring centre: the queue, the wall, and whether the service itself is well.

import { isOpen } from "./alerts.js";
import { offer } from "./hospitals.js";
import { staffPage } from "./page.js";
import { byId, setText } from "./parts.js";
import "./state.js";
import { t } from "./words.js";

const HEALTH_MS = 5000;

staffPage({ draw: (_live, queue) => offer(queue.sorted.filter((alert) => isOpen(alert) && alert.kind === "patient")) });

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
