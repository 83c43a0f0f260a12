// Whom the centre calls when nobody is left to ask: the mother, and the hospitals with their people.

import { get } from "./live.js";
import { h, Kept, orgName, phoneLink } from "./parts.js";
import { say, t } from "./words.js";

const boxes = new Kept(); // of alerts

export function callList(alert) {
  const box = boxes.of(alert.id, "", () => h("div", { class: "calls" }));
  fill(box, alert.id);
  return box;
}

async function fill(box, alertId) {
  const found = await get(`/api/alerts/${alertId}/calls`).catch(() => null);
  if (!found) return;
  const operators = found.operators.map(personName).join(", ");
  box.replaceChildren(
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
