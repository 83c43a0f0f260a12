// The page without a network: what was known last, and how old that is.

import { byId, setText } from "./parts.js";
import { duration, t } from "./words.js";

const known = JSON.parse(localStorage.getItem("lucina-known") ?? "null");

function draw() {
  const time = duration(Date.now() - known.atMs);
  const words = known.running
    ? t("%(time)s ago, %(seconds)d seconds of your recording were not sent yet.", { time, seconds: known.unsentS })
    : t("%(time)s ago, no recording was running.", { time });
  setText(byId("known"), words);
}

if (known) {
  draw();
  setInterval(draw, 1000);
}
byId("again").addEventListener("click", () => window.location.reload());
window.addEventListener("online", () => window.location.reload());
