// A mother's signed readings: the doctor's words, name and time. Unsigned ones do not come here.

import { get } from "./live.js";
import { byId, h, orgOf } from "./parts.js";
import { day, t } from "./words.js";

const SHOWN = 5;

export async function showReports() {
  const reports = (await get("/api/readings")).slice(0, SHOWN);
  byId("reports").hidden = reports.length === 0;
  byId("reports-list").replaceChildren(...reports.map(report));
}

function report(one) {
  const who = { person: one.person, organisation: orgOf(one), time: day(one.signed_ms) };
  return h(
    "article",
    { class: "report" },
    ...one.sentences.map((text) => h("p", {}, t(text))),
    one.to_mother ? h("p", { class: "own-words" }, one.to_mother) : null,
    h("p", { class: "quiet" }, t("Read and signed by %(person)s, %(organisation)s, %(time)s", who)),
    h("p", {}, h("a", { href: `/recordings/${one.recording_id}` }, t("Show this recording")), " · ", h("a", { href: `/api/recordings/${one.recording_id}/report.pdf` }, t("Print"))),
  );
}
