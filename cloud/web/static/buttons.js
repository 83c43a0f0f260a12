// The buttons of a mother while a recording runs. What she presses stays on this phone until the
// service has it.

import { get, post } from "./live.js";
import { byId, setText } from "./parts.js";
import { t } from "./words.js";

const KEY = "lucina-marks";
const PULSE_MS = 60;
const KINDS = ["movement", "contraction"];

let recordingId = null;
let kept = []; // of this recording, as the service has them
let sending = false;

const waiting = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const wait = (rows) => localStorage.setItem(KEY, JSON.stringify(rows));
const mine = (rows) => rows.filter((one) => one.recordingId === recordingId);

for (const kind of KINDS) {
  byId(kind).addEventListener("click", () => {
    wait([...waiting(), { recordingId, kind, atMs: Date.now() }]);
    navigator.vibrate?.(PULSE_MS);
    draw();
    send();
  });
}
byId("undo").addEventListener("click", undo);

// After each connection: the recording that runs, or null.
export async function showButtons(id) {
  recordingId = id;
  byId("buttons").hidden = !id;
  await send();
  kept = id ? await get(`/api/recordings/${id}/marks`) : [];
  draw();
}

async function send() {
  if (sending) return;
  sending = true;
  for (let one; (one = waiting()[0]); ) {
    const body = { kind: one.kind, ago_ms: Math.max(0, Date.now() - one.atMs) };
    try {
      const path = `/api/recordings/${one.recordingId}/marks`;
      const mark = await post(path, body);
      const isWanted = waiting().some((other) => other.atMs === one.atMs);
      if (!isWanted) await post(`${path}/${mark.id}`, {}, "DELETE"); // taken back while it was sent
      else if (one.recordingId === recordingId) kept.push(mark);
    } catch (problem) {
      if (problem instanceof TypeError) break; // no network: the next connection sends it
    }
    wait(waiting().filter((other) => other.atMs !== one.atMs));
    draw();
  }
  sending = false;
}

// The last one that she pressed.
async function undo() {
  const last = mine(waiting()).at(-1);
  if (last) wait(waiting().filter((one) => one.atMs !== last.atMs));
  else {
    const { id } = kept.reduce((one, other) => (other.at_ms > one.at_ms ? other : one));
    kept = await post(`/api/recordings/${recordingId}/marks/${id}`, {}, "DELETE").catch(() => kept);
  }
  draw();
}

function draw() {
  const late = mine(waiting());
  const rows = [...kept, ...late];
  const count = (kind) => rows.filter((one) => one.kind === kind).length;
  const args = { movements: count("movement"), contractions: count("contraction"), waiting: late.length };
  const words = t("Movements: %(movements)d · contractions: %(contractions)d", args);
  setText(byId("pressed"), late.length ? `${words} · ${t("not sent yet: %(waiting)d", args)}` : words);
  byId("undo").hidden = !rows.length;
}
