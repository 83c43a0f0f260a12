// The page's language: texts by their English msgid with %(name)s fields, times and durations.

const WORDS = globalThis.lucinaWords ?? {}; // a script of its own; English has none: its msgids are the texts

export const language = document.documentElement.lang;

// t("Baseline %(value).0f", {value: 98.4}) -> "Baseline 98". A missing value is shown as a dash.
export function t(msgid, args = {}) {
  const text = WORDS[msgid] ?? msgid;
  return text.replace(/%\((\w+)\)(?:\.(\d+))?([sdf])|%%/g, (whole, name, digits, kind) => {
    if (whole === "%%") return "%";
    const value = args[name];
    if (value === null || value === undefined) return "–";
    if (kind === "s" || typeof value !== "number") return String(value);
    return value.toFixed(kind === "d" ? 0 : Number(digits ?? 1));
  });
}

// Marks a text that is translated later, where it is shown.
export const msgid = (text) => text;

// A {text, args} of the service, whose arguments may be texts too, or free words.
export function say(reason) {
  if (!reason) return "";
  if (typeof reason === "string") return t(reason);
  const args = Object.entries(reason.args ?? {}).map(([name, value]) => [name, WORDS[value] ?? value?.[language] ?? (value?.text ? say(value) : value)]);
  if (reason.began_ms) args.push(["time", moment(reason.began_ms)]); // the reader's own clock
  return t(reason.text, Object.fromEntries(args));
}

// 72000 -> "1:12", 3672000 -> "1:01:12"
export function duration(ms, isWhole) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours || isWhole ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

// A recorded second: "0:03:10", as the axis counts.
export const recorded = (s) => duration(1000 * s, true);

// "12:04 left", or how long overdue it is.
export function leftText(leftMs) {
  if (leftMs > 0) return t("%(time)s left", { time: duration(leftMs) });
  return t("OVERDUE by %(time)s", { time: duration(-leftMs) });
}

// Made once: to make one takes longer than to draw a strip's label.
const format = (parts) => new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { ...parts, hour12: false });
const TIME = { hour: "2-digit", minute: "2-digit" };
const minutes = format(TIME);
const seconds = format({ ...TIME, second: "2-digit" });
const dates = format({ ...TIME, day: "2-digit", month: "2-digit", year: "numeric" });
const days = format({ ...TIME, day: "2-digit", month: "2-digit" });

export function clock(ms, withSeconds = true) {
  return (withSeconds ? seconds : minutes).format(ms);
}

// With the day: "22/11, 14:02".
export function day(ms) {
  return days.format(ms);
}

// With the year too: "22/11/2026, 14:02".
export function date(ms) {
  return dates.format(ms);
}

// Of today the time, else with the day.
export function moment(ms) {
  return new Date(ms).toDateString() === new Date().toDateString() ? clock(ms) : day(ms);
}

// Completed weeks of pregnancy.
export function gestation(weeks) {
  if (weeks === null || weeks === undefined) return t("gestation unknown");
  return t("%(weeks)d weeks", { weeks });
}
