// Green channels: which mothers have come, and what a hospital can begin from an alert it has taken.

import { act, bars } from "./actions.js";
import { answerText } from "./alerts.js";
import { get } from "./live.js";
import { h, me } from "./parts.js";
import { t } from "./words.js";

const HERE = ["arrived", "admitted"];
const OVER = ["closed", "cancelled"];

let greens = [];

export async function loadGreens() {
  greens = await get("/api/green");
}

// Whether the mother of this alert is at a hospital; of one sent home again it is not said.
export const isHere = ({ id, mother }) =>
  greens.some((one) => one.mother.id === mother?.id && (HERE.includes(one.phase) || (one.alert_id === id && one.timeline.some(({ phase }) => phase === "admitted"))));

// What she answered, until she has come.
export const answerNow = (alert) => (isHere(alert) ? t("She has arrived") : answerText(alert));

// As a bar that stays the same while what can be done does.
export function waysBar(alert) {
  const mine = ["accepted", "handled"].includes(alert.phase) && alert.organisation?.id === me.organisationId;
  const may = mine && Boolean(alert.mother);
  const green = greens.find((one) => one.alert_id === alert.id && one.phase !== "cancelled");
  const expected = greens.some((one) => one.mother.id === alert.mother?.id && !OVER.includes(one.phase));
  const opens = may && !green && !expected;
  return bars.of(`ways of alert ${alert.id}`, `${may} ${opens} ${green?.id}`, () => {
    const bar = h("div", { class: "actions" });
    const open = async () => (await act(bar, `/api/alerts/${alert.id}/green`)) && loadGreens();
    if (opens) bar.append(h("button", { type: "button", class: "go", onclick: open }, t("Open the green channel")));
    if (green) bar.append(h("a", { href: `#green-${green.id}` }, t("To the green channel")));
    const up = `/referrals/new?direction=up&urgent=true&mother_id=${alert.mother?.id}&recording_id=${alert.recording_id}`;
    if (may) bar.append(h("a", { class: "button", href: up }, t("Refer up")));
    return bar;
  });
}
