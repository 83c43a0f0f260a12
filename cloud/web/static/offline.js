// The page without a network: what was known last, and how old that is.

import { byId, phoneLink, setText } from "./parts.js";
import { moment, t } from "./words.js";

const known = JSON.parse(localStorage.getItem("lucina-known") ?? "null");

if (known) {
  const { atMs, running, unsentS: seconds, phone } = known;
  const time = moment(atMs);
  const late = seconds > 9 ? t("At %(time)s, %(seconds)d seconds of your recording were not sent yet.", { time, seconds }) : t("At %(time)s your recording was running.", { time });
  setText(byId("known"), running ? late : t("At %(time)s no recording was running.", { time }));
  if (phone) byId("hers").append(t("Hospital"), ": ", phoneLink(phone), " ·");
}
byId("again").addEventListener("click", () => window.location.reload());
window.addEventListener("online", () => window.location.reload());
