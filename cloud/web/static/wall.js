// The running recordings as tiles, kept up to date from the stream: as many as the reader chose,
// those with an alert before the others, worst first; nothing moves under the pointer.

import { get } from "./live.js";
import { byId, keepFocus, setText } from "./parts.js";
import { Tile, loadTiles } from "./tile.js";
import { t } from "./words.js";

const MANY = 9; // more strips than one person can watch: the queue is what finds the next
const KEY = "strips at once";
const REST_MS = 5000; // that nobody has touched the wall before it is put in order
const RANK = ["high", "medium", "low", undefined];

export class Wall {
  constructor(element, note) {
    this.element = element;
    this.note = note;
    this.tiles = new Map();
    this.priorities = new Map();
    this.rows = null;
    this.touchedAt = -Infinity;
    for (const kind of ["pointermove", "keydown", "focusin"]) element.addEventListener(kind, () => (this.touchedAt = performance.now()));
    element.addEventListener("pointerleave", () => (this.touchedAt = -Infinity));
    setText(note, t("loading"));
    this.count = byId("wall-count");
    this.count.value = localStorage.getItem(KEY) ?? this.count.value;
    this.count.addEventListener("change", () => {
      localStorage.setItem(KEY, this.count.value);
      this.#arrange();
    });
  }

  // A recording has begun, changed or ended; again: after a break what came meanwhile is missing.
  async refresh(again) {
    this.rows = await get("/api/recordings?running=true");
    await this.#arrange(again);
  }

  traces(blocks) {
    for (const block of blocks) this.tiles.get(block.recording_id)?.trace.add(block);
  }

  changed({ topic, id }) {
    if (topic === "marks") this.tiles.get(id)?.loadPresses();
  }

  // priorities: {recording id: priority of its worst open alert}
  mark(priorities) {
    this.priorities = priorities;
    if (this.rows) this.#arrange().catch(() => {}); // a lost trace is read again with the stream
    for (const [id, tile] of this.tiles) tile.setPriority(priorities.get(id));
  }

  draw(live) {
    for (const tile of this.tiles.values()) tile.draw(live);
  }

  // What is shown stays before what is not, alerts apart: nothing moves without need.
  #wanted() {
    const rank = (row) => RANK.indexOf(this.priorities.get(row.id)) * 2 + !this.tiles.has(row.id);
    const sorted = [...this.rows].sort((a, b) => rank(a) - rank(b) || a.id - b.id);
    return sorted.slice(0, Number(this.count.value));
  }

  async #arrange(again) {
    const wanted = this.#wanted();
    const ids = new Set(wanted.map((row) => row.id));
    for (const id of this.tiles.keys()) if (!ids.has(id)) this.#remove(id);
    this.element.dataset.count = this.count.value;
    const fresh = wanted.map((row) => this.#show(row)).filter(Boolean);
    if (performance.now() - this.touchedAt > REST_MS) this.#order(wanted);
    this.#say(wanted.length);
    await loadTiles(again ? [...this.tiles.values()] : fresh);
  }

  #order(wanted) {
    wanted.forEach((row, n) => {
      const { element } = this.tiles.get(row.id);
      const there = this.element.children[n];
      if (there !== element) keepFocus(() => this.element.insertBefore(element, there ?? null));
    });
  }

  // The new tile, or nothing when it was there and says the same.
  #show(row) {
    const old = this.tiles.get(row.id);
    if (old && (old.recording === row || sameFacts(old.recording, row))) return null;
    const tile = new Tile(row);
    if (old) old.element.replaceWith(tile.element);
    else this.element.append(tile.element);
    this.tiles.set(row.id, tile);
    return tile;
  }

  #remove(id) {
    this.tiles.get(id)?.element.remove();
    this.tiles.delete(id);
  }

  #say(shown) {
    const count = this.rows.length;
    let words = count ? "" : t("No recording is running.");
    if (shown > MANY) words = t("More than 9 strips: nobody can watch them all. Work from the queue.");
    else if (shown < count) words = t("%(shown)d of %(count)d recordings, those with an alert first. Work from the queue.", { shown, count });
    this.note.hidden = !words;
    setText(this.note, words);
  }
}

// Whether nothing has changed but the time.
function sameFacts(a, b) {
  const facts = ({ newest_s: _newest, age_ms: _age, ...rest }) => JSON.stringify(rest);
  return facts(a) === facts(b);
}
