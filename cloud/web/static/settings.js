// How somebody wants to be told when no page is open: ways in their order, steps, quiet hours.

import { get, post } from "./live.js";
import { WAYS } from "./messages.js";
import { byId, h, me, setText } from "./parts.js";
import { language, msgid, t } from "./words.js";

const WORKER = "/worker.js";
const LEAST = [
  ["low", msgid("for everything")],
  ["medium", msgid("for alerts")],
  ["high", msgid("for urgent alerts only")],
];
const STEPS = [
  ["none", msgid("no other message")],
  ["important", msgid("important steps")],
  ["every", msgid("every step")],
];
const KINDS = { sms: "tel", voice: "tel", email: "email", wechat: "text" };

const box = byId("message-settings");
let wanted = null; // as the service keeps it, with what was changed here
const news = h("p", { role: "status" });

if (box) load();

async function load() {
  wanted = await get("/api/me/messages").catch(() => null); // an administrator has none
  if (!wanted) return;
  box.hidden = false;
  draw();
}

function draw() {
  box.querySelector("div").replaceChildren(h("form", { onsubmit: save }, ...fields()), news);
}

function fields() {
  const ways = wanted.contacts.map(wayRow);
  const none = t("No way is given. A telephone number that your hospital knows is used for alerts.");
  return [
    h("p", {}, t("Tell me by, in this order:")),
    ...(ways.length ? ways : [h("p", { class: "quiet" }, none)]),
    h("div", { class: "line" }, ...addButtons(), pushButton()),
    me.role === "mother" ? stepsField() : null,
    ...quietFields(),
    h("button", { class: "go" }, t("Save")),
  ].filter(Boolean);
}

function wayRow(way, place) {
  const change = (name) => (event) => (way[name] = event.target.value);
  const name = t(WAYS[way.channel]);
  const address =
    way.channel === "push"
      ? h("span", {}, t("Notification in a browser"))
      : h("input", { type: KINDS[way.channel], value: way.address, required: true, maxlength: 250, placeholder: name, "aria-label": name, oninput: change("address") });
  return h(
    "div",
    { class: "way" },
    way.channel === "push" ? null : h("span", {}, name),
    address,
    choice(LEAST, way.least, t("When"), change("least")),
    h("button", { type: "button", disabled: place === 0, "aria-label": t("Earlier"), onclick: () => move(place) }, "↑"),
    h("button", { type: "button", "aria-label": t("Remove"), onclick: () => remove(place) }, "×"),
  );
}

function choice(options, value, label, onchange) {
  const found = options.map(([name, words]) => h("option", { value: name, selected: name === value }, t(words)));
  return h("select", { "aria-label": label, onchange }, ...found);
}

function addButtons() {
  return wanted.channels
    .filter((channel) => channel in KINDS)
    .map((channel) => h("button", { type: "button", onclick: () => add(channel) }, `+ ${t(WAYS[channel])}`));
}

function add(channel) {
  wanted.contacts.push({ channel, address: "", least: channel === "voice" ? "high" : "low" });
  draw();
}

function move(place) {
  const [way] = wanted.contacts.splice(place, 1);
  wanted.contacts.splice(place - 1, 0, way);
  draw();
}

function remove(place) {
  wanted.contacts.splice(place, 1);
  draw();
}

function stepsField() {
  const change = (event) => (wanted.steps = event.target.value);
  const label = t("Alerts always come. Besides them, tell me about:");
  return h("label", {}, label, choice(STEPS, wanted.steps, label, change));
}

function quietFields() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const time = (name, words) => {
    const minutes = wanted.quiet?.[name];
    const value = minutes === undefined ? "" : `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    const onchange = (event) => {
      const [hours, rest] = event.target.value.split(":").map(Number);
      wanted.quiet = { zone, ...wanted.quiet, [name]: event.target.value ? hours * 60 + rest : undefined };
    };
    return h("label", {}, words, h("input", { type: "time", value, onchange }));
  };
  return [
    h("p", {}, t("Quiet hours, in which only urgent alerts come:")),
    h("div", { class: "line" }, time("from_min", t("from")), time("to_min", t("to"))),
  ];
}

const two = (number) => String(number).padStart(2, "0");

async function save(event) {
  event.preventDefault();
  const { steps, contacts, quiet } = wanted;
  const whole = quiet?.from_min !== undefined && quiet?.to_min !== undefined;
  const body = { steps, contacts, language, quiet: whole ? quiet : null };
  try {
    wanted = await post("/api/me/messages", body, "PUT");
    draw();
    setText(news, t("Saved."));
  } catch {
    setText(news, t("Not saved: please check the addresses."));
  }
}

function pushButton() {
  if (!wanted.push_key || !("serviceWorker" in navigator) || !("PushManager" in window)) return null;
  return h("button", { type: "button", onclick: allow }, t("Allow notifications here"));
}

async function allow() {
  try {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
    const worker = await navigator.serviceWorker.register(WORKER);
    const options = { userVisibleOnly: true, applicationServerKey: wanted.push_key };
    const subscription = await worker.pushManager.subscribe(options);
    wanted = await post("/api/push/subscribe", subscription.toJSON());
    draw();
    setText(news, t("This browser will show notifications."));
  } catch {
    setText(news, t("This browser does not allow notifications."));
  }
}
