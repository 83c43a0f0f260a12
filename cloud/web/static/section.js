// Pages that the service writes: forms speak to the API, and the page is fetched again when
// something it shows has changed, but never under somebody who is typing.
//
// <form data-api="/api/things" data-method="PUT" data-next="/things">: its fields as one JSON
// object; number fields as numbers, check boxes as true or false, several of one name (or
// data-list) as a list, empty fields as null. data-next is where to go then; {id} is the answer's.
// <ol data-seen="/api/things/3/read" data-through="7">: sent once the page is really looked at.
// <span data-since="1790000000000">: whole minutes since then.

import { Live, post } from "./live.js";
import { setText } from "./parts.js";
import { day, t } from "./words.js";

const body = document.getElementById("section");
const said = document.getElementById("section-said");
const topics = body.dataset.topics.split(/\s+/);
let stale = false;
let asked = 0;
let shown = 0; // the page is the answer to this request

function value(field) {
  if (field.type === "checkbox" && field.value === "on") return field.checked;
  if (field.value === "") return null;
  return field.type === "number" || field.dataset.number !== undefined ? Number(field.value) : field.value;
}

function fields(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || (field.type === "radio" && !field.checked)) continue;
    if (field.dataset.list === undefined) found[field.name] = value(field);
    else if (field.multiple) found[field.name] = [...field.selectedOptions].map((one) => value(one));
    else {
      found[field.name] ??= [];
      if (field.checked) found[field.name].push(field.dataset.number === undefined ? field.value : Number(field.value));
    }
  }
  return found;
}

async function send(event) {
  const form = event.target;
  if (!form.dataset.api) return;
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    const sent = fields(form);
    if (event.submitter?.name) sent[event.submitter.name] = event.submitter.value;
    const answer = await post(form.dataset.api, sent, form.dataset.method ?? "POST");
    say("");
    if (form.dataset.next) window.location.assign(form.dataset.next.replace("{id}", answer.id));
    else await refresh(true);
  } catch (problem) {
    say(problem.message);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function say(words) {
  said.textContent = words;
  said.hidden = !words;
  if (words) said.scrollIntoView({ block: "nearest" });
}

// sent: what was typed has been sent, and may go.
async function refresh(sent = false) {
  stale = false;
  const turn = ++asked;
  const response = await fetch(window.location.href, { headers: { accept: "text/html" } });
  if (response.redirected) return window.location.reload();
  if (!response.ok) return say(t("This page could not be read again. Reload it."));
  const text = await response.text();
  if (!sent && busy()) return (stale = true); // somebody has begun to type meanwhile
  if (turn < shown) return; // a later answer was faster
  shown = turn;
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("section");
  const open = new Set([...body.querySelectorAll("details[open]")].map(nameOf));
  for (const one of fresh.querySelectorAll("details")) one.open ||= open.has(nameOf(one));
  body.replaceChildren(...fresh.childNodes);
  tellTimes();
}

const nameOf = (details) => details.id || details.querySelector("summary").textContent;

// Times in the reader's own zone.
function tellTimes() {
  for (const one of body.querySelectorAll("time[data-ms]")) one.textContent = day(Number(one.dataset.ms));
}

// Somebody who has begun to fill in a form keeps it.
const busy = () =>
  [...body.querySelectorAll("textarea, input:not([type=hidden]), select")].some((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT"
        ? isChosen(field)
        : field.value !== field.defaultValue,
  );

// Whether somebody has chosen: a list without a marked option begins with its first one.
function isChosen(list) {
  const options = [...list.options];
  const marked = options.filter((one) => one.defaultSelected);
  const usual = marked.length || list.multiple ? marked : options.slice(0, 1);
  return options.some((one) => one.selected !== usual.includes(one));
}

// Minutes go on, and what has been on a screen that somebody can see counts as seen.
function tellLive() {
  for (const one of body.querySelectorAll("[data-since]")) setText(one, String(Math.floor((live.nowMs - one.dataset.since) / 60_000)));
  const unseen = document.hidden ? null : body.querySelector("[data-seen]");
  if (!unseen) return;
  post(unseen.dataset.seen, { through: Number(unseen.dataset.through) }).catch((problem) => say(problem.message));
  delete unseen.dataset.seen;
}

tellTimes();
body.addEventListener("submit", send);
const live = new Live({
  reload: () => (stale = true),
  changed: (one) => topics.includes(one.topic) && (stale = true),
});
setInterval(() => {
  if (stale && !busy()) refresh();
  tellLive();
}, 500);
