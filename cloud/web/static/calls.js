// Whom the centre calls when nobody is left to ask: the mother, and the hospitals with their people.

import { get } from "./live.js";
import { h, orgName, phoneLink } from "./parts.js";
import { say, t } from "./words.js";

const boxes = new Map(); // alert id -> box; the same one each time, so nothing flickers

export function callList(alert) {
  if (!boxes.has(alert.id)) boxes.set(alert.id, h("div", { class: "calls" }));
  fill(alert.id);
  return boxes.get(alert.id);
}

async function fill(alertId) {
  const found = await get(`/api/alerts/${alertId}/calls`).catch(() => null);
  if (!found) return;
  const operators = found.operators.map(personName).join(", ");
  boxes.get(alertId).replaceChildren(
    h("p", {}, operators ? t("On duty here: %(people)s", { people: operators }) : t("Nobody is on the centre's roster now: whoever reads this calls.")),
    h("ol", {}, ...motherLine(found.mother), ...found.hospitals.map(hospitalLine)),
  );
}

function motherLine(mother) {
  if (!mother) return [];
  return [h("li", {}, t("The mother:"), " ", mother.name, " ", phone(mother.phone))];
}

function hospitalLine(hospital) {
  const people = hospital.on_duty.map((one) => h("span", {}, " · ", personName(one), " ", phoneLink(one.phone) ?? ""));
  return h("li", {}, orgName(hospital), " ", phone(hospital.phone), ...people, h("small", {}, " ", say(hospital.why)));
}

const personName = (one) => one.name ?? t("on duty, name not given");
const phone = (number) => phoneLink(number) ?? t("no telephone number is known");
