// All hospitals for the centre: their state now and, for a chosen alert, the way and the reason.

import { get } from "./live.js";
import { byId, h, motherName, orgName, phoneLink, setText } from "./parts.js";
import { clock, say, t } from "./words.js";

const SHOWN = 200; // a page is no list of a whole province
const box = byId("hospitals");
const chosen = h("select", { "aria-label": t("For the alert of"), onchange: load });
const table = h("table", {});
const note = h("p", { class: "quiet" });
box.querySelector("div").append(h("label", {}, t("For the alert of"), " ", chosen), table, note);
box.addEventListener("toggle", load);

let known = "";

// The open alerts to choose from, as the queue has them.
export function offer(alerts) {
  const now = alerts.map((alert) => alert.id).join();
  if (!box.open || now === known) return;
  known = now;
  const value = chosen.value;
  const options = alerts.map((alert) => h("option", { value: alert.id }, `${motherName(alert.mother)} · ${say(alert.reason)}`));
  chosen.replaceChildren(h("option", { value: "" }, t("no alert")), ...options);
  chosen.value = alerts.some((alert) => String(alert.id) === value) ? value : "";
}

async function load() {
  if (!box.open) return;
  const rows = await get(`/api/hospitals${chosen.value ? `?alert_id=${chosen.value}` : ""}`).catch(() => null);
  if (!rows) return;
  const names = [t("Hospital"), t("Level"), t("Obstetrician on call"), t("Free beds"), t("NICU"), t("Blood bank"), t("Minutes"), t("Last answer"), t("Why")];
  table.replaceChildren(
    h("thead", {}, h("tr", {}, ...names.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...rows.slice(0, SHOWN).map(line)),
  );
  setText(note, rows.length > SHOWN ? t("%(shown)d of %(count)d hospitals", { shown: SHOWN, count: rows.length }) : "");
}

function line(row) {
  const minutes = row.minutes === null ? "–" : String(Math.ceil(row.minutes));
  const cells = [
    h("th", { scope: "row" }, orgName(row), " ", phoneLink(row.phone) ?? h("small", {}, t("no telephone number is known"))),
    row.level,
    `${yesNo(row.on_call_now)}${row.by_roster ? ` (${t("by roster")})` : ""}`,
    row.free_beds,
    yesNo(row.nicu),
    yesNo(row.blood_bank),
    minutes,
    row.answered_ms ? clock(row.answered_ms, false) : "–",
    row.why ? say(row.why) : "",
  ];
  return h("tr", { class: row.fit === false ? "unfit" : "" }, ...cells.map((cell) => (cell instanceof Element ? cell : h("td", {}, String(cell)))));
}

export const yesNo = (value) => (value === null ? t("not known") : value ? t("yes") : t("no"));
setInterval(load, 15_000);
