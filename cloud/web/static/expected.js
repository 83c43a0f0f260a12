// For the mother: which hospital expects her and how to get there, and her plan of care.

import { get } from "./live.js";
import { byId, h, orgName, phoneLink } from "./parts.js";
import { planOf } from "./referrals.js";
import { clock, t } from "./words.js";

const HERE = ["arrived", "admitted"];
const OVER = ["closed", "cancelled"];
const VOID = ["declined", "withdrawn"];

export async function showExpected() {
  const [greens, referrals] = await Promise.all([get("/api/green"), get("/api/referrals")]);
  const open = greens.find((one) => !OVER.includes(one.phase));
  byId("expected").hidden = !open;
  byId("expected").replaceChildren(...(open ? expects(open) : []));
  const back = referrals.find((one) => one.plan && !VOID.includes(one.phase));
  byId("care").hidden = !back;
  byId("care").replaceChildren(...(back ? [h("p", { class: "quiet" }, t("From %(organisation)s", { organisation: orgName(back.from) })), planOf(back.plan)] : []));
}

function expects(one) {
  const { organisation } = one;
  const name = { organisation: orgName(organisation) };
  if (HERE.includes(one.phase)) return [h("h1", {}, t("%(organisation)s is looking after you.", name))];
  const lines = [h("h1", {}, t("%(organisation)s expects you.", name))];
  if (one.expected_ms) lines.push(h("p", {}, t("Expected there at %(time)s", { time: clock(one.expected_ms, false) })));
  if (one.bed) lines.push(h("p", { class: "good" }, `✓ ${t("A bed is ready for you.")}`));
  const phone = phoneLink(organisation.phone);
  if (phone) lines.push(h("p", {}, t("Phone of the hospital:"), " ", phone));
  const { latitude, longitude } = organisation;
  if (latitude !== null && longitude !== null) {
    const place = `${latitude},${longitude}`;
    lines.push(h("p", {}, h("a", { class: "route", href: `geo:${place}?q=${place}(${encodeURIComponent(name.organisation)})` }, t("Show the way"))));
  }
  return lines;
}
