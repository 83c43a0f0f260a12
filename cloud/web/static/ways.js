// What a hospital can begin from an alert that it has taken: a green channel, a referral.

import { act, bars } from "./actions.js";
import { get } from "./live.js";
import { h, me } from "./parts.js";
import { t } from "./words.js";

const OVER = ["closed", "cancelled"];

export class Ways {
  greens = [];

  async load() {
    this.greens = await get("/api/green");
  }

  // As a bar that stays the same while what can be done does.
  barOf(alert) {
    const mine = ["accepted", "handled"].includes(alert.phase) && alert.organisation?.id === me.organisationId;
    const may = mine && Boolean(alert.mother);
    const green = this.greens.find((one) => one.alert_id === alert.id && one.phase !== "cancelled");
    const expected = this.greens.some((one) => one.mother.id === alert.mother?.id && !OVER.includes(one.phase));
    const opens = may && !green && !expected;
    return bars.of(`ways of alert ${alert.id}`, `${may} ${opens} ${green?.id}`, () => {
      const bar = h("div", { class: "actions" });
      const open = async () => (await act(bar, `/api/alerts/${alert.id}/green`)) && this.load();
      if (opens) bar.append(h("button", { type: "button", class: "go", onclick: open }, t("Open the green channel")));
      if (green) bar.append(h("a", { href: `#green-${green.id}` }, t("To the green channel")));
      const up = `/referrals/new?direction=up&urgent=true&mother_id=${alert.mother?.id}&recording_id=${alert.recording_id}`;
      if (may) bar.append(h("a", { class: "button", href: up }, t("Refer up")));
      return bar;
    });
  }
}
