// What the mother decides: whether her phone's position is sent.

import { post } from "./live.js";
import { byId, setText } from "./parts.js";
import { t } from "./words.js";

const KEY = "lucina-position";
const EVERY_MS = 60_000;
const news = byId("position-news");
let watch = null; // of navigator.geolocation, while something runs and she allows it
let sentAt = -Infinity;

const allowed = byId("position");
allowed.checked = localStorage.getItem(KEY) === "yes";
allowed.addEventListener("change", allow);

// Called often: whether a recording runs or an alert is open.
export function sharePosition(running) {
  const wanted = running && allowed.checked && "geolocation" in navigator;
  if (wanted && watch === null) {
    watch = navigator.geolocation.watchPosition(send, refused, { enableHighAccuracy: true, maximumAge: EVERY_MS });
  } else if (!wanted && watch !== null) {
    navigator.geolocation.clearWatch(watch);
    watch = null;
  }
}

function allow() {
  localStorage.setItem(KEY, allowed.checked ? "yes" : "no");
  setText(news, "");
  if (allowed.checked) return;
  sentAt = -Infinity;
  post("/api/mother/position", {}, "DELETE").then(
    () => setText(news, t("Your position is deleted. Your home address is used.")),
    (error) => setText(news, t("Not done: %(why)s", { why: error.message })),
  );
}

async function send({ coords, timestamp }) {
  if (performance.now() - sentAt < EVERY_MS) return;
  sentAt = performance.now();
  const { latitude, longitude, accuracy } = coords;
  const where = { latitude, longitude, accuracy_m: accuracy, at_ms: Math.round(timestamp), sent_ms: Date.now() };
  try {
    const { clock_wrong } = await post("/api/mother/position", where);
    const words = t("Your position is known, within %(metres)d m.", { metres: accuracy });
    setText(news, clock_wrong ? `${words} ${t("The clock of this phone is wrong; the time of the service is used.")}` : words);
  } catch (error) {
    sentAt = -Infinity;
    setText(news, t("Not done: %(why)s", { why: error.message }));
  }
}

function refused() {
  setText(news, t("This phone does not give its position. Your home address is used."));
}
