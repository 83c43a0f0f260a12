// The analysis of a recording in words: measures, events, scores. Every line leads to its seconds.

import {
  activityWords,
  bandWords,
  cellWords,
  contractionWords,
  fallWords,
  faults,
  faultWords,
  figure,
  lackWords,
  length,
  overWords,
  plain,
  revisedWords,
  riseWords,
  sourceWords,
  WHAT,
} from "./findings.js";
import { RHYTHMS } from "./marks.js";
import { h } from "./parts.js";
import { duration, say, t } from "./words.js";

const MINUTES_10 = 600;
const MINUTES_30 = 1800;
const FIRST = ["nichd", "figo_2015", "nice_ng229"]; // ids of models/scores

// show(fromS, toS) brings seconds onto the strip.
export class AnalysisPanel {
  constructor(elements, show) {
    this.elements = elements; // measures, events, scores
    this.show = show;
    this.open = new Set(); // names of the groups that the reader has opened
  }

  draw(found) {
    const { measures, events, scores } = this.elements;
    const had = document.activeElement?.dataset.key;
    measures.replaceChildren(...this.#measures(found));
    events.replaceChildren(...this.#events(found));
    const sorted = Object.entries(found.scores).sort((a, b) => rank(a) - rank(b));
    scores.replaceChildren(...sorted.map(([name, score]) => this.#score(name, score, found)));
    if (had) document.querySelector(`[data-key="${had}"]`)?.focus({ preventScroll: true });
  }

  // A line that leads to its place on the strip.
  line(key, fromS, toS, ...words) {
    return h("li", {}, this.jump(key, fromS, toS), " ", ...words);
  }

  // `key`: by which the line is known again, so that the keyboard stays where it was.
  jump(key, fromS, toS) {
    const go = () => this.show(fromS, toS);
    return h("button", { type: "button", class: "jump", "data-key": key, onclick: go }, duration(fromS * 1000));
  }

  #measures(found) {
    const end = found.at_s;
    const begin = end - found.duration_s;
    const since = (seconds) => Math.max(begin, end - seconds);
    const rows = [
      [since(MINUTES_10), t("Baseline of the last 10 min"), figure(found.baseline_bpm, 0, t("bpm"))],
      [since(MINUTES_30), t("Variability of the last 30 min"), figure(found.bandwidth_bpm, 0, t("bpm"))],
      [since(MINUTES_30), t("Oscillations of the last 30 min"), figure(found.oscillations_per_min, 1, t("/min"))],
      [begin, t("Short-term variation"), figure(found.stv_ms, 1, t("ms"))],
      [begin, t("Long-term variation"), figure(found.ltv_ms, 0, t("ms"))],
      [since(MINUTES_30), t("Contractions in 10 min"), activityWords(found.activity)],
      [begin, t("Without a usable fetal rate"), figure(found.quality.loss && 100 * found.quality.loss, 0, "%")],
    ];
    return rows.map(([from, name, value]) => this.line(name, from, end, h("span", {}, name), h("b", {}, value)));
  }

  #events(found) {
    const { maternal } = found.quality;
    const small = ["minor_decelerations", "minor_accelerations"]
      .flatMap((what) => (found[what] ?? []).map((event) => ({ ...event, what })))
      .sort((a, b) => a.start_s - b.start_s);
    return [
      this.#group("decelerations", t("Decelerations"), found.decelerations, fallWords, true),
      this.#group("accelerations", t("Accelerations"), found.accelerations, riseWords),
      found.quality.toco || found.contractions.length
        ? this.#group("contractions", t("Contractions"), found.contractions, contractionWords)
        : null,
      found.quality.toco ? null : h("p", { class: "quiet none" }, t("No toco in the last 30 min: contractions are not known.")),
      this.#group("rhythm", t("Sinusoidal pattern"), found.sinusoidal, (wave) => t(RHYTHMS[wave.kind]), true),
      this.#group("maternal", t("May be the mother's pulse"), maternal, (span) => length(span), true),
      this.#group("faults", t("Left out: miscounted or held"), faults(found.quality), faultWords),
      this.#group("small", t("Small or doubtful, not counted"), small, (event) => t(WHAT[event.what])),
      this.#group("revised", t("Shown before, judged otherwise now"), found.revised, revisedWords),
    ].filter(Boolean);
  }

  // Empty groups of events that are always looked for stay, with 0.
  #group(name, title, rows, wordsOf, open = false) {
    if (!rows.length && !["decelerations", "accelerations", "contractions"].includes(name)) return null;
    const lines = rows.map((row) => {
      const mark = row.state === "provisional" ? h("span", { class: "provisional" }, ` ${t("provisional")}`) : null;
      return this.line(`${name} ${row.start_s}`, row.start_s, row.end_s, wordsOf(row), mark);
    });
    const heading = t("%(title)s: %(count)d", { title, count: rows.length });
    if (!rows.length) return h("p", { class: "none" }, heading);
    return this.#folded(name, open, [heading], h("ul", { class: "jumps" }, ...lines));
  }

  // Stays as the reader left it when the analysis comes again.
  #folded(name, open, summary, ...inside) {
    const isOpen = this.open.has(name) !== open; // the reader's clicks turn the usual state round
    const details = h("details", { open: isOpen }, h("summary", { "data-key": name }, ...summary), ...inside);
    details.addEventListener("toggle", () => this.open[details.open === open ? "delete" : "add"](name));
    return details;
  }

  #score(name, score, found) {
    const lacks = score.because?.[0];
    const result = lacks
      ? h("small", {}, t("not computable: %(why)s", { why: say(lacks) }))
      : h("b", {}, bandWords(score));
    const summary = [h("span", {}, t(score.title)), " ", result];
    const why = (score.because ?? []).map((lack) => h("li", {}, lackWords(lack)));
    const rows = Object.entries(score.items).map(([id, item]) => this.#item(`${name} ${id}`, item, score, found));
    return this.#folded(
      name,
      false,
      summary,
      h("p", { class: "quiet" }, this.jump(`${name} all`, score.start_s, score.end_s), " ", overWords(score)),
      why.length ? h("ul", { class: "lacks" }, ...why) : null,
      rows.length ? this.#table(rows) : null,
      h("p", { class: "quiet" }, sourceWords(score)),
    );
  }

  #table(rows) {
    const heads = [t("Item"), t("Value"), t("Cell"), t("Result")].map((word) => h("th", { scope: "col" }, word));
    return h("div", { class: "wide" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)));
  }

  #item(key, item, score, found) {
    const place = placeOf(item.label, score, found);
    const go = h("button", { type: "button", class: "item", "data-key": key, onclick: () => this.show(...place) }, t(item.label));
    const note = item.note ? h("small", {}, ` ${t(item.note)}`) : null;
    const value = item.because && item.value === null ? h("td", { colspan: 3, class: "quiet" }, say(item.because)) : null;
    if (value) return h("tr", {}, h("th", { scope: "row" }, go, note), value);
    const unit = item.unit ? ` ${t(item.unit)}` : "";
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, go, note),
      h("td", {}, `${plain(item.value)}${unit}`),
      h("td", {}, item.cell === null ? say(item.because) : cellWords(item.cell)),
      h("td", {}, item.result === null ? "–" : t(String(item.result))),
    );
  }
}

// Guidelines first, then other results, at last what cannot be computed.
function rank([name, score]) {
  if (score.not_computable) return 9;
  const at = FIRST.indexOf(name);
  return at < 0 ? 8 : at;
}

// Where an item of a score lies: the longest deceleration or acceleration that it counts, else all.
function placeOf(label, score, found) {
  const kind = ["late", "variable", "prolonged"].find((one) => label.toLowerCase().includes(one));
  const of = /acceleration/i.test(label) && !/deceleration/i.test(label) ? found.accelerations : null;
  const falls = /deceleration/i.test(label) ? found.decelerations.filter((e) => !kind || e.kind === kind) : null;
  const events = (of ?? falls ?? []).filter((e) => e.end_s > score.start_s && e.end_s <= score.end_s);
  if (!events.length) return [score.start_s, score.end_s];
  const longest = events.reduce((a, b) => (b.end_s - b.start_s > a.end_s - a.start_s ? b : a));
  return [longest.start_s, longest.end_s];
}
