// Helps to place the probe: four steps, what to do, after a while a call.

import { byId, setText } from "./parts.js";
import { duration, msgid, t } from "./words.js";

const STALE_MS = 25_000;
const OTHER_HINT_MS = 90_000;
const CALL_MS = 180_000;
const STEPS = [
  msgid("Use more gel, and move the probe 2 to 3 cm."),
  msgid("Tilt the probe slowly."),
  msgid("Hold the probe here."),
  msgid("Fix the belt, and rest."),
];

export const isFresh = (placed) => placed !== null && placed.age_ms < STALE_MS;

// hints: its words say what to do; otherwise something else on the page does
export function showPlacing(placed, hints = true) {
  byId("placing").hidden = !placed;
  if (!placed) return;
  const fresh = isFresh(placed);
  const at = fresh && !placed.own_heart ? placed.contact : -1;
  [...byId("placing-meter").children].forEach((step, place) => (step.ariaCurrent = place === at ? "step" : "false"));
  const searchedMs = fresh ? placed.searching_ms : 0;
  setText(byId("placing-words"), hints ? words(placed, fresh, searchedMs) : "");
  const said = fresh ? msgid("The probe said so %(time)s ago.") : msgid("No word from the probe for %(time)s.");
  setText(byId("placing-age"), t(said, { time: duration(placed.age_ms) }));
  byId("placing-call").hidden = !(searchedMs >= CALL_MS);
}

function words(placed, fresh, searchedMs) {
  if (!fresh) return "";
  if (placed.own_heart) return t("We may be hearing your heart: move the probe.");
  if (searchedMs >= OTHER_HINT_MS) return t("Try lower down, or nearer to where you feel the baby's back. Press gently.");
  return t(STEPS[placed.contact]);
}
