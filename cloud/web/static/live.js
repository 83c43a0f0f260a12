// The page's one stream from the service, and the service's clock.
//
// Each second brings the time and, for every recording the page may see, the age of its newest
// data. When that stops, the page says so and every age keeps growing: nothing looks alive that
// is not. After a break everything is loaded again.

import { duration, say, t } from "./words.js";

const LOST_MS = 3500; // silence that the page reports: three clock events are missing
const RENEW_MS = 12_000; // silence after which a half-open stream is opened anew
const AGAIN_MS = 5000; // until what could not be read is asked for again

export class Live {
  // handlers: reload() after each (re)connection; traces(list), alert(view), reading({...});
  // recordings() when one has begun, ended or changed; green({id}), referral({id}) when one is new
  // or has changed; changed({topic}) for all of these and everything else (cloud/hub.py)
  constructor(handlers) {
    this.handlers = handlers;
    this.ages = new Map();
    this.told = {};
    this.unsentS = {}; // of a mother's recordings: seconds that exist and have not arrived
    this.offsetMs = 0; // the service's clock minus this page's
    this.heardAt = performance.now();
    this.banner = document.getElementById("lost");
    this.#connect();
    setInterval(() => this.#supervise(), 500);
  }

  // Milliseconds since the service was last heard, 0 while it is well.
  get lostMs() {
    const silentMs = performance.now() - this.heardAt;
    return silentMs > LOST_MS ? silentMs : 0;
  }

  get nowMs() {
    return Date.now() + this.offsetMs;
  }

  // The age of a recording's newest data now; null when the service knows none: it has ended.
  ageMs(recordingId) {
    const age = this.ages.get(recordingId);
    return age === undefined ? null : age + performance.now() - this.heardAt;
  }

  // How its probe lies, as it said last (cloud/placing.py); null when it has not.
  placed(recordingId) {
    const told = this.told[recordingId];
    return told ? { ...told, age_ms: told.age_ms + performance.now() - this.heardAt } : null;
  }

  #connect() {
    this.source = new EventSource("/events");
    const on = (kind, handle) =>
      this.source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
    on("clock", (clock) => this.#tick(clock));
    on("trace", (blocks) => this.handlers.traces?.(blocks));
    on("alert", (view) => this.#heard("alert", view));
    on("recording", (one) => this.#heard("recordings", one));
    on("reading", (one) => this.#heard("reading", one));
    on("green", (one) => this.#heard("green", one));
    on("referral", (one) => this.#heard("referral", one));
    on("changed", (one) => {
      this.handlers.changed?.(one);
      if (one.topic === "consultation") countWaiting();
    });
    on("sight", () => this.#reload()); // something may not be seen any more
    this.source.addEventListener("open", () => {
      this.#reload();
      countWaiting();
    });
  }

  // What the service does not give is asked for again; an error of a script stays one.
  async #reload() {
    try {
      await this.handlers.reload?.();
      this.failed = false;
    } catch (problem) {
      if (problem.constructor !== Error) throw problem;
      this.failed = true;
      setTimeout(() => this.failed && !this.lostMs && this.#reload(), AGAIN_MS);
    }
  }

  // For the handler of this kind, and as a topic for the parts that the service writes.
  #heard(kind, one) {
    this.handlers[kind]?.(one);
    this.handlers.changed?.({ topic: kind });
  }

  #tick(clock) {
    this.heardAt = performance.now();
    this.offsetMs = clock.now_ms - Date.now();
    this.told = clock.placed;
    this.unsentS = clock.unsent_s ?? {};
    this.ages = new Map(Object.entries(clock.ages_ms).map(([id, age]) => [Number(id), age]));
  }

  #supervise() {
    const silentMs = performance.now() - this.heardAt;
    this.banner.hidden = !this.lostMs && !this.failed;
    if (this.lostMs) this.banner.textContent = t("connection lost %(time)s", { time: duration(silentMs) });
    else if (this.failed) this.banner.textContent = t("The service did not give everything. It is asked again.");
    if (this.source.readyState === EventSource.CLOSED || silentMs > this.#renewAt()) {
      this.renewedAt = silentMs;
      this.source.close();
      this.#connect();
    }
    if (!this.lostMs) this.renewedAt = 0;
  }

  #renewAt() {
    return (this.renewedAt || 0) + RENEW_MS;
  }
}

// How many consultations wait for the reader, in the bar of every page.
async function countWaiting() {
  const link = document.querySelector(".sections a[href='/consultations']");
  const found = link && (await get("/api/consultations/waiting").catch(() => null)); // no news: as it was
  if (!found) return;
  link.querySelector(".unread")?.remove();
  if (found.count) link.append(Object.assign(document.createElement("b"), { className: "unread", textContent: found.count }));
}

export async function get(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } }).catch(() => null); // no network
  if (response?.status === 401) return toLogin();
  if (!response?.ok) throw new Error(`${path}: ${response?.status}`);
  return response.json();
}

// The answer of the service, or an Error with its words.
export async function post(path, body = {}, method = "POST") {
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new TypeError(t("no network: it was not sent"));
  });
  if (response.status === 401) return toLogin();
  const answer = await response.json();
  if (!response.ok) throw new Error(say(answer.detail) || response.status);
  return answer;
}

// The page is left: what waits for an answer gets none, which is no error.
function toLogin() {
  window.location.assign("/login");
  return new Promise(() => {});
}
