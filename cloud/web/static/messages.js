// The messages about an alert, for staff: to whom, on which way, and what came of each.

import { stepName } from "./alerts.js";
import { get } from "./live.js";
import { h, orgOf } from "./parts.js";
import { clock, msgid, say, t } from "./words.js";

const AGAIN_MS = 5000;

export const WAYS = {
  push: msgid("Notification"),
  sms: msgid("SMS"),
  wechat: msgid("WeChat"),
  email: msgid("E-mail"),
  voice: msgid("Phone call"),
  webhook: msgid("Webhook"),
};

const lists = new Map(); // alert id -> element; the same one each time, so nothing flickers

export function messageList(alertId) {
  if (!lists.has(alertId)) lists.set(alertId, h("ul", { class: "messages" }));
  fill(alertId);
  return lists.get(alertId);
}

setInterval(() => {
  for (const [alertId, list] of lists) if (list.isConnected) fill(alertId);
}, AGAIN_MS);

async function fill(alertId) {
  const found = await get(`/api/alerts/${alertId}/messages`).catch(() => null);
  if (!found) return;
  const list = lists.get(alertId);
  if (list.shown === (list.shown = JSON.stringify(found))) return;
  const [unsent, others] = [found.filter(isUnsent), found.filter((one) => !isUnsent(one))];
  const lines = others.flatMap(linesOf);
  if (!found.length) lines.push(t("No message has been written."));
  list.replaceChildren(...lines.map((line) => h("li", {}, line)), ...(unsent.length ? [unsentLine(unsent)] : []));
}

// Ended without a single try: said once for all of them, one by one on a click.
const isUnsent = (message) => message.ended_why && !message.tries.length;

function unsentLine(messages) {
  const words = t("%(count)d messages were not sent", { count: messages.length });
  return h("li", {}, h("details", {}, h("summary", {}, words), h("ul", {}, ...messages.flatMap(linesOf).map((line) => h("li", {}, line)))));
}

// One line for each try, one for what waits, one for why it ended.
function linesOf(message) {
  const who = recipient(message.to);
  const line = (way, what) => t("%(way)s to %(who)s: %(what)s", { way: t(WAYS[way]), who, what });
  const lines = message.tries.map((one) => line(one.channel, outcome(one)));
  if (message.next_channel) {
    const waiting = t("from %(time)s, unless it is not needed any more", { time: clock(message.next_ms) });
    lines.push(line(message.next_channel, waiting));
  }
  if (message.ended_why) {
    const args = { who, step: stepName(message.step), what: say(message.ended_why) };
    lines.push(t("To %(who)s about “%(step)s”: %(what)s", args));
  }
  return lines;
}

function outcome(one) {
  const found = [];
  if (one.failed_why) found.push(t("failed %(time)s: %(why)s", { time: clock(one.at_ms), why: say(one.failed_why) }));
  else found.push(t("sent %(time)s", { time: clock(one.at_ms) }));
  if (one.delivered_ms) found.push(t("delivered %(time)s", { time: clock(one.delivered_ms) }));
  if (one.read_ms) found.push(t("read %(time)s", { time: clock(one.read_ms) }));
  return found.join(", ");
}

function recipient(to) {
  if (to.role === "mother") return to.name ?? t("the mother");
  return [to.name, orgOf(to)].filter(Boolean).join(", ");
}
