// A part of a page that the service writes: its forms speak to the API, and it is fetched again
// when something it shows has changed, but never under somebody who is typing.
//
// <form inert data-api="/api/things" data-method="PUT" data-next="/things">: asleep until this is
// there to send it, so that nothing is typed or ticked in vain; its fields go as one JSON object:
// number fields as numbers, times of day as minutes, check boxes as true or false, several of one
// name (or data-list) as a list, empty fields as null; "plan.text" lies inside of "plan"; of two
// fields with one name the last that is filled in counts.
// <fieldset data-row="visits">: its fields as one object of a list; an empty row is left out, and
// one whose box with data-drop is checked. data-next is where to go then; {id} is the answer's.
// <input data-now>: its form is sent when it changes. <input data-zone>: the reader's time zone.
// <form data-said="Saved.">: said when it was. <button data-push>: see push.js.
// <ol data-seen="/api/things/3/read" data-through="7">: sent once the page is really looked at.
// <span data-since="1790000000000">: whole minutes since then; <b data-until="...">: "in 12:30";
// <time data-left="...">: "12:30 left", or overdue. <i data-waits="(2) ">: before the page's title.

import { post } from "./live.js";
import { setText } from "./parts.js";
import { allow } from "./push.js";
import { day, duration, leftText, t } from "./words.js";

function value(field) {
  if (field.type === "checkbox" && field.value === "on") return field.checked;
  if (field.value === "" || (field.type === "checkbox" && !field.checked)) return null;
  if (field.type === "time") return Number(field.value.slice(0, 2)) * 60 + Number(field.value.slice(3));
  return field.type === "number" || field.dataset.number !== undefined ? Number(field.value) : field.value;
}

function put(found, path, what) {
  const [name, ...inner] = path.split(".");
  if (inner.length) put((found[name] ??= {}), inner.join("."), what);
  else if (what !== null || found[name] === undefined) found[name] = what;
}

function collect(elements) {
  const found = {};
  for (const field of elements) {
    if (!field.name || field.tagName === "BUTTON" || (field.type === "radio" && !field.checked)) continue;
    if (field.dataset.list === undefined) put(found, field.name, value(field));
    else if (field.multiple) found[field.name] = [...field.selectedOptions].map((one) => value(one));
    else {
      found[field.name] ??= [];
      if (field.checked) found[field.name].push(field.dataset.number === undefined ? field.value : Number(field.value));
    }
  }
  return found;
}

function fields(form) {
  const found = collect([...form.elements].filter((one) => !one.closest("[data-row]")));
  const rows = {};
  for (const row of form.querySelectorAll("[data-row]")) {
    const list = (rows[row.dataset.row] ??= []);
    const inner = [...row.querySelectorAll("input, select, textarea")];
    const filled = inner.some((field) => field.type !== "hidden" && value(field));
    if (filled && !row.querySelector("[data-drop]:checked")) list.push(collect(inner));
  }
  for (const [name, list] of Object.entries(rows)) put(found, name, list);
  return found;
}

export class Written {
  // said: the element for words that say what went wrong; embedded: the page shows more than this
  constructor(body, said, path, embedded) {
    Object.assign(this, { body, said, path, embedded, asked: 0, stale: true, readAt: performance.now() });
    this.shown = 0; // what stands here is the answer to this request
    this.topics = body.dataset.topics.split(/\s+/);
    this.everyMs = 1000 * (body.dataset.every ?? Infinity);
    body.addEventListener("submit", (event) => this.#send(event));
    body.addEventListener("change", ({ target }) => target.dataset.now !== undefined && target.form.requestSubmit());
    body.addEventListener("click", ({ target }) => target.dataset.push && allow(target).catch(() => this.#say(target.dataset.refused)));
    this.#take(body);
  }

  // Something of this topic is new.
  changed({ topic }) {
    this.stale ||= this.topics.includes(topic);
  }

  // Called twice a second or more.
  tick(live) {
    this.stale ||= performance.now() - this.readAt > this.everyMs;
    if (this.stale && !live.lostMs && !this.body.closest("details:not([open])") && !this.#busy()) this.refresh();
    this.#tellLive(live.nowMs);
  }

  // sent: what was typed has been sent, and may go.
  async refresh(sent = false) {
    this.stale = false;
    this.readAt = performance.now();
    const turn = ++this.asked;
    const response = await fetch(this.path, { headers: { accept: "text/html" } }).catch(() => null);
    if (response?.redirected) return window.location.reload();
    if (!response?.ok) return this.#say(t("This page could not be read again. Reload it."));
    const text = await response.text();
    if (!sent && this.#busy()) return (this.stale = true); // somebody has begun to type meanwhile
    if (turn < this.shown) return; // a later answer was faster
    this.shown = turn;
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("section");
    const folds = [...this.body.querySelectorAll("details")];
    const open = new Set(folds.filter((one) => one.open).map(nameOf));
    const folded = new Set(folds.filter((one) => one.id && !one.open).map(nameOf));
    for (const one of fresh.querySelectorAll("details")) one.open = open.has(nameOf(one)) || (one.open && !folded.has(nameOf(one)));
    const had = this.body.contains(document.activeElement) ? document.activeElement : null;
    this.#take(fresh);
    this.body.replaceChildren(...fresh.childNodes);
    const same = had && [...this.body.querySelectorAll(had.tagName)].find((one) => keyOf(one) === keyOf(had));
    if (same) focusAs(same, had);
    if (turn === 1 && this.embedded && this.body.contains(document.getElementById(location.hash.slice(1)))) location.replace(location.hash); // it was not there when the page came
  }

  async #send(event) {
    const form = event.target;
    if (!form.dataset.api) return this.#look(event);
    event.preventDefault();
    const buttons = form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      const sent = fields(form);
      if (event.submitter?.name) sent[event.submitter.name] = event.submitter.value;
      const answer = await post(form.dataset.api, sent, form.dataset.method ?? "POST");
      if (form.dataset.next) window.location.assign(form.dataset.next.replace("{id}", answer.id));
      else await this.refresh(true);
      this.#say(form.dataset.said ?? "", "good");
    } catch (problem) {
      this.#say(problem.message);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  // A filter of a part leads to that part only.
  #look(event) {
    if (!this.embedded || event.target.method !== "get") return;
    event.preventDefault();
    this.path = `${this.path.split("?")[0]}?${new URLSearchParams(new FormData(event.target))}`;
    this.refresh(true);
  }

  #say(words, kind = "failed") {
    this.said.className = kind;
    this.said.textContent = words;
    this.said.hidden = !words;
    if (words) this.said.scrollIntoView({ block: "nearest" });
  }

  // What the service wrote, with times in the reader's own zone and forms that can be sent.
  #take(part) {
    for (const one of part.querySelectorAll("[data-ms]")) one.textContent = day(Number(one.dataset.ms));
    for (const one of part.querySelectorAll("[data-zone]")) one.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const one of part.querySelectorAll("form[inert]")) one.inert = false;
    const waits = part.querySelector("[data-waits]")?.dataset.waits;
    if (waits !== undefined) document.title = waits + document.title.replace(/^\(\d+\) /, "");
  }

  // Somebody who has begun to fill in a form keeps it.
  #busy() {
    return [...this.body.querySelectorAll("textarea, input:not([type=hidden]), select")].some((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.tagName === "SELECT"
          ? isChosen(field)
          : field.value !== field.defaultValue,
    );
  }

  // Minutes go on, and what has been on a screen that somebody can see counts as seen.
  #tellLive(nowMs) {
    for (const one of this.body.querySelectorAll("[data-since]")) setText(one, String(Math.floor((nowMs - one.dataset.since) / 60_000)));
    for (const one of this.body.querySelectorAll("[data-until]")) setText(one, untilText(one.dataset.until - nowMs));
    for (const one of this.body.querySelectorAll("[data-left]")) {
      setText(one, leftText(one.dataset.left - nowMs));
      one.classList.toggle("late", nowMs >= one.dataset.left);
    }
    const unseen = document.hidden ? null : this.body.querySelector("[data-seen]");
    if (!unseen) return;
    post(unseen.dataset.seen, { through: Number(unseen.dataset.through) }).catch((problem) => this.#say(problem.message));
    delete unseen.dataset.seen;
  }
}

const nameOf = (details) => details.id || details.querySelector("summary").textContent;
// With the same part selected, so that what is typed next lands where it would have.
function focusAs(same, had) {
  same.focus({ preventScroll: true });
  if (typeof had.selectionStart === "number") same.setSelectionRange(had.selectionStart, had.selectionEnd);
  else same.select?.(); // fields for numbers do not tell
}

const keyOf = (one) => [one.closest("[id]")?.id, one.name, one.value, one.textContent].join();

function untilText(leftMs) {
  if (leftMs >= 0) return t("arrives in %(time)s", { time: duration(leftMs) });
  return t("expected %(time)s ago", { time: duration(-leftMs) });
}

// Whether somebody has chosen: a list without a marked option begins with its first one.
function isChosen(list) {
  const options = [...list.options];
  const marked = options.filter((one) => one.defaultSelected);
  const usual = marked.length || list.multiple ? marked : options.slice(0, 1);
  return options.some((one) => one.selected !== usual.includes(one));
}

// The parts <div data-written="/path" data-topics="..."> of a page; the line for refusals before each.
export function writtenParts() {
  return [...document.querySelectorAll("[data-written]")].map((body) => new Written(body, body.previousElementSibling, body.dataset.written, true));
}
