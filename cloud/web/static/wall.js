// The running recordings as tiles, kept up to date from the stream.

import { get } from "./live.js";
import { setText } from "./parts.js";
import { Tile } from "./tile.js";
import { t } from "./words.js";

const MANY = 9; // more strips than one person can watch: the queue is what finds the next

export class Wall {
  constructor(element, empty, options = {}) {
    this.element = element;
    this.empty = empty;
    this.options = options;
    this.tiles = new Map();
    setText(empty, t("loading"));
  }

  // Everything again: after a break, what came meanwhile is missing.
  async load() {
    await this.refresh();
    await Promise.all([...this.tiles.values()].map((tile) => tile.load()));
  }

  // A recording has begun, changed or ended.
  async refresh() {
    const rows = (await get("/api/recordings")).filter((row) => row.open);
    const open = new Set(rows.map((row) => row.id));
    for (const id of this.tiles.keys()) if (!open.has(id)) this.#remove(id);
    const fresh = rows.map((row) => this.#show(row)).filter(Boolean);
    this.#say();
    await Promise.all(fresh.map((tile) => tile.load()));
  }

  traces(blocks) {
    for (const block of blocks) this.tiles.get(block.recording_id)?.trace.add(block);
  }

  // priorities: {recording id: priority of its worst open alert}
  mark(priorities) {
    for (const [id, tile] of this.tiles) tile.setPriority(priorities.get(id));
  }

  draw(live) {
    for (const tile of this.tiles.values()) tile.draw(live);
  }

  // The new tile, or nothing when it was there and says the same.
  #show(row) {
    const old = this.tiles.get(row.id);
    if (old && sameFacts(old.recording, row)) return null;
    const tile = new Tile(row, this.options);
    if (old) old.element.replaceWith(tile.element);
    else this.element.append(tile.element);
    this.tiles.set(row.id, tile);
    return tile;
  }

  #remove(id) {
    this.tiles.get(id)?.element.remove();
    this.tiles.delete(id);
  }

  #say() {
    const count = this.tiles.size;
    this.empty.hidden = count > 0 && count <= MANY;
    setText(
      this.empty,
      count ? t("More than 9 strips: nobody can watch them all. Work from the queue.") : t("No recording is running."),
    );
  }
}

// Whether nothing has changed but the time.
function sameFacts(a, b) {
  const facts = ({ newest_s: _newest, age_ms: _age, ...rest }) => JSON.stringify(rest);
  return facts(a) === facts(b);
}
