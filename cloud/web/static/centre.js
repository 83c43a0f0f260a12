// The monitoring centre: the queue, the wall, and whether the service itself is well.

import { staffPage } from "./page.js";
import { byId, setText } from "./parts.js";
import { Calls } from "./tasks.js";
import { t } from "./words.js";

const HEALTH_MS = 5000;

const calls = new Calls();

staffPage({
  reload: (queue) => calls.load(queue),
  alert: (_, queue) => calls.load(queue),
  draw: (live) => calls.draw(live.nowMs),
});

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
