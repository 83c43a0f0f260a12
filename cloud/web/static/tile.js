// One recording on the wall: who it is, the numbers of now, ten minutes of strip, its data's age.

import { get } from "./live.js";
import { h, motherName, motherWeeks, originBadges, orgName, riskPills, setText } from "./parts.js";
import { isFresh } from "./placing.js";
import { STALE_MS, Strip } from "./strip.js";
import { Trace } from "./trace.js";
import { duration, msgid, t } from "./words.js";

const SIGNAL_S = 60; // the signal of a running recording is that of the last minute
const READINGS = [
  ["fhr", msgid("FHR"), msgid("bpm")],
  ["mhr", msgid("MHR"), msgid("bpm")],
  ["toco", msgid("Toco"), ""],
];

export class Tile {
  // keepS: how much of the trace is kept
  constructor(recording, options = {}, keepS = 3600) {
    this.recording = recording;
    this.trace = new Trace(keepS);
    this.presses = []; // of the mother: {id, kind, at_s}
    this.numbers = {};
    this.age = h("span", { class: "age" });
    this.hers = h("b", { class: "hers" });
    this.quality = h("meter", { min: 0, max: 100, low: 40, optimum: 100, "aria-label": t("signal") });
    this.usable = h("span");
    this.canvas = h("canvas", { role: "img", "aria-label": t("strip of %(name)s", { name: this.name }) });
    this.element = this.#build();
    this.strip = new Strip(this.canvas, this.trace, {
      startMs: recording.start_ms,
      speed: recording.speed,
      ...options,
    });
  }

  get name() {
    return motherName(this.recording.mother);
  }

  #build() {
    const { recording } = this;
    const { mother } = recording;
    return h(
      "article",
      { class: "tile", "data-recording": recording.id },
      h(
        "header",
        {},
        h("a", { class: "name", href: `/recordings/${recording.id}` }, this.name),
        h("span", { class: "weeks" }, motherWeeks(mother)),
        ...riskPills(mother),
        ...originBadges(recording),
        h("span", { class: "place" }, orgName(mother?.organisation)),
      ),
      h("div", { class: "numbers" }, ...READINGS.map((reading) => this.#reading(...reading)), this.#signal()),
      this.canvas,
    );
  }

  #reading(name, label, unit) {
    this.numbers[name] = h("b", {}, "– –");
    return h("span", { class: `number ${name}` }, h("small", {}, t(label)), this.numbers[name], h("small", {}, t(unit)));
  }

  #signal() {
    return h("span", { class: "signal" }, h("span", {}, t("signal"), " ", this.usable), this.quality, this.hers, this.age);
  }

  load() {
    return loadTiles([this]);
  }

  async loadPresses() {
    this.show(await get(`/api/recordings/${this.recording.id}/marks`));
  }

  // What she pressed.
  show(presses) {
    this.presses = this.strip.options.presses = presses;
  }

  // The border shows the worst alert that is not closed, and only that.
  setPriority(priority) {
    this.element.classList.remove("high", "medium", "low");
    if (priority) this.element.classList.add(priority);
  }

  draw(live) {
    const ageMs = live.ageMs(this.recording.id);
    const stale = ageMs === null || ageMs > STALE_MS || live.lostMs > 0;
    this.element.dataset.state = live.lostMs ? "lost" : ageMs === null ? "ended" : stale ? "stale" : "live";
    this.element.dataset.endS = this.trace.endS;
    for (const [name] of READINGS) {
      const value = stale ? NaN : this.trace.newest(name);
      setText(this.numbers[name], Number.isNaN(value) ? "– –" : value.toFixed(0));
    }
    const ended = ageMs === null;
    const isKnown = ended ? !this.trace.awaited.length : !stale;
    const usable = isKnown ? this.trace.usable(ended ? this.trace.keepS : SIGNAL_S) : NaN;
    this.quality.value = usable || 0;
    setText(this.usable, Number.isNaN(usable) ? "–" : t("%(percent)d %% usable", { percent: Math.floor(usable) }));
    setText(this.age, ageText(ageMs));
    const placed = live.placed(this.recording.id);
    setText(this.hers, !stale && isFresh(placed) && placed.own_heart ? t("probably the mother's heart") : "");
    this.strip.draw(ageMs, live.lostMs);
  }
}

// The last minutes of several, in one answer.
export async function loadTiles(tiles) {
  if (!tiles.length) return;
  const ids = tiles.map(({ recording }) => `ids=${recording.id}`);
  for (const { id, trace, marks } of await get(`/api/strips?${ids.join("&")}`)) {
    const tile = tiles.find(({ recording }) => recording.id === id);
    tile.trace.add(trace);
    tile.show(marks);
  }
}

export function ageText(ageMs) {
  if (ageMs === null) return t("recording has ended");
  if (ageMs < STALE_MS) return t("data %(seconds)d s old", { seconds: Math.floor(ageMs / 1000) });
  return t("data %(time)s old", { time: duration(ageMs) });
}
