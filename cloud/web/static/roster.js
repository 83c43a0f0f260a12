// The duty roster of an organisation: a weekly pattern, and dates that replace their weekday.

import { h } from "./parts.js";
import { msgid, t } from "./words.js";

const DAYS = [msgid("Monday"), msgid("Tuesday"), msgid("Wednesday"), msgid("Thursday"), msgid("Friday"), msgid("Saturday"), msgid("Sunday")];

// onSave(lines) gets the lines as the service takes them.
export function rosterForm(own, onSave) {
  const lines = own.duties.map((one) => ({ ...one }));
  const role = own.kind === "hospital" ? "obstetrician" : "operator";
  const list = h("div", {});
  const draw = () => list.replaceChildren(...lines.map((line) => row(own, line, () => (lines.splice(lines.indexOf(line), 1), draw()))));
  const add = (line) => {
    lines.push({ role, person_id: own.staff[0]?.id ?? null, weekday: null, day: null, from_min: 480, to_min: 1200, nobody: false, ...line });
    draw();
  };
  const onsubmit = (event) => {
    event.preventDefault();
    onSave(lines);
  };
  draw();
  const today = new Date().toLocaleDateString("sv-SE"); // YYYY-MM-DD of this place
  return h(
    "details",
    { class: "roster" },
    h("summary", {}, t("Duty roster")),
    h("p", { class: "quiet" }, t("Times of %(zone)s. A date replaces its weekday; an end at or before the beginning is on the next day.", { zone: own.zone })),
    h(
      "form",
      { onsubmit },
      list,
      h("button", { type: "button", onclick: () => add({ weekday: 0 }) }, t("+ weekday")),
      h("button", { type: "button", onclick: () => add({ day: today }) }, t("+ date")),
      h("button", { type: "button", onclick: () => add({ day: today, nobody: true, person_id: null }) }, t("+ nobody on a date")),
      h("button", { class: "go" }, t("Save the roster")),
    ),
  );
}

function row(own, line, remove) {
  const day =
    line.day === null
      ? select(DAYS.map((name, n) => [n, t(name)]), line.weekday, t("Weekday"), (value) => (line.weekday = Number(value)))
      : h("input", { type: "date", required: true, value: line.day, "aria-label": t("Date"), onchange: (event) => (line.day = event.target.value) });
  const people = [["", t("not named")], ...own.staff.map((one) => [one.id, one.name])];
  const who = select(people, line.person_id ?? "", t("Who"), (value) => (line.person_id = Number(value) || null));
  const hours = line.nobody ? [t("nobody")] : [who, time(line, "from_min", t("from")), time(line, "to_min", t("to"))];
  return h("div", { class: "way" }, day, ...hours, h("button", { type: "button", "aria-label": t("Remove"), onclick: remove }, "×"));
}

function select(options, value, label, change) {
  const found = options.map(([name, words]) => h("option", { value: name, selected: String(name) === String(value) }, words));
  return h("select", { "aria-label": label, onchange: (event) => change(event.target.value) }, ...found);
}

function time(line, name, label) {
  const two = (number) => String(number).padStart(2, "0");
  const value = `${two(Math.floor(line[name] / 60))}:${two(line[name] % 60)}`;
  const onchange = (event) => {
    const [hours, minutes] = event.target.value.split(":").map(Number);
    line[name] = hours * 60 + minutes;
  };
  return h("input", { type: "time", required: true, value, "aria-label": label, onchange });
}
