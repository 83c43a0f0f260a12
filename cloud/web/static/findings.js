// The findings of an analysis in words.

import { KINDS } from "./marks.js";
import { duration, language, msgid, say, t } from "./words.js";

const SHORT_S = 180; // lengths below it are given in seconds
const LIKELY = 0.8; // from this probability on a kind is called likely, else uncertain
export const WHAT = {
  accelerations: msgid("acceleration"),
  decelerations: msgid("deceleration"),
  contractions: msgid("contraction"),
  minor_accelerations: msgid("doubtful acceleration"),
  minor_decelerations: msgid("doubtful deceleration"),
};

export function figure(value, digits, unit) {
  return value === null || value === undefined ? "–" : `${value.toFixed(digits)} ${unit}`;
}

export function activityWords({ per_10_min, tachysystole }) {
  const count = figure(per_10_min, 1, "");
  return tachysystole ? `${count}, ${t("tachysystole")}` : count;
}

export function faults({ doubled, halved, stuck }) {
  const kinds = [[doubled, msgid("twice the rate")], [halved, msgid("half the rate")], [stuck, msgid("one value held")]];
  const all = kinds.flatMap(([spans, what]) => spans.map((span) => ({ ...span, what })));
  return all.sort((a, b) => a.start_s - b.start_s);
}

export function faultWords(span) {
  return listed([t(span.what), length(span)]);
}

export function plain(value) {
  if (typeof value === "string") return t(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

// "100-119" stays, "late" is a word
export function cellWords(cell) {
  return /[a-z]/.test(cell) ? t(cell) : cell;
}

export function bandWords(score) {
  const band = t(score.band);
  return score.points === null ? band : t("%(points)d of %(max)d, %(band)s", { ...score, band });
}

export function overWords(score) {
  return t("of the last %(minutes)d min", { minutes: (score.end_s - score.start_s) / 60 });
}

export function sourceWords(score) {
  const [variant, source] = [t(score.variant), t(score.source)];
  const words = t("Variant: %(variant)s. Source: %(source)s", { variant, source });
  return score.check ? `${words} (${t(score.check)})` : words;
}

export function lackWords(lack) {
  const why = say(lack);
  return lack.items.length ? `${listed(lack.items.map((item) => t(item)))}: ${why}` : why;
}

function listed(words) {
  return words.join(language === "zh" ? "，" : ", ");
}

export function length(span) {
  const seconds = span.end_s - span.start_s;
  if (seconds < SHORT_S) return t("%(seconds)d s", { seconds });
  return t("%(time)s min", { time: duration(seconds * 1000) });
}

export function fallWords(event) {
  const kind = t(KINDS[event.kind]);
  const parts = [t("%(kind)s, lasts %(length)s, %(depth)d bpm deep", { kind, length: length(event), depth: event.depth_bpm })];
  if (event.lag_s !== null) parts.push(lagWords(event.lag_s));
  const sure = event.kind_probability;
  if (sure !== null && sure !== undefined) parts.push(sure >= LIKELY ? t("kind likely") : t("kind uncertain"));
  return listed(parts);
}

function lagWords(lag) {
  if (lag < 0) return t("%(lag)d s before the contraction began", { lag: -lag });
  return t("%(lag)d s after the contraction began", { lag });
}

export function riseWords(event) {
  return t("lasts %(length)s, %(height)d bpm high", { length: length(event), height: event.amplitude_bpm });
}

export function contractionWords(event) {
  return t("lasts %(length)s", { length: length(event) });
}

export function revisedWords(row) {
  if (row.what === "baseline") return t("baseline shown at %(shown)d, now %(now)d bpm", row);
  const what = t(WHAT[row.what]);
  if (!row.now) return t("%(what)s: not found any more", { what });
  if (!row.shown) return t("%(what)s: found too late to be shown", { what });
  return t("%(what)s: now seen otherwise", { what });
}
