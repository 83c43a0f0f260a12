// The cross on a strip: what was measured in the second under pointer, finger or keyboard, in words
// below it. A finger drags the paper, two spread it. Keys: arrows by a second (Shift: a minute), Home
// and End, + and - for the paper's speed, Escape.

import { LEFT_PX } from "./paper.js";
import { setText } from "./parts.js";
import { FS_HZ } from "./trace.js";
import { clock, msgid, recorded, t } from "./words.js";

const NAMES = { fhr: msgid("FHR"), fhr2: msgid("FHR 2"), mhr: msgid("MHR"), toco: msgid("Toco") };
const PRESSED = { movement: msgid("My baby moved"), contraction: msgid("A contraction begins") }; // her buttons
const NEAR_PX = 6;
const SPREAD = 1.4; // of two fingers, for the next speed

export class Cross {
  // words: the element that says the values; moves: {scroll(seconds), zoom(steps)} of the page
  constructor(tile, words, moves) {
    Object.assign(this, { tile, words, moves, fingers: new Map() });
    const { canvas } = tile;
    canvas.tabIndex = 0;
    canvas.setAttribute("aria-describedby", words.id);
    const on = (kinds, handle) => kinds.split(" ").forEach((kind) => canvas.addEventListener(kind, (event) => tile.strip.paper && handle(event)));
    on("pointerdown", ({ pointerId, offsetX }) => {
      canvas.setPointerCapture(pointerId);
      this.fingers.set(pointerId, offsetX);
      this.apart = null;
    });
    on("pointermove", (event) => (this.fingers.has(event.pointerId) ? this.#drag(event) : this.#point(event)));
    on("pointerup pointercancel", (event) => this.fingers.delete(event.pointerId));
    on("pointerleave", (event) => event.pointerType === "mouse" && this.#show(NaN));
    on("click", (event) => this.#point(event));
    on("keydown", (event) => this.#key(event));
  }

  #point({ offsetX }) {
    const { paper } = this.tile.strip;
    this.#show(paper.fromS + (offsetX - LEFT_PX) / paper.perS);
  }

  #drag({ pointerId, offsetX }) {
    const moved = offsetX - this.fingers.get(pointerId);
    this.fingers.set(pointerId, offsetX);
    const [a, b] = this.fingers.values();
    if (b === undefined) return this.moves.scroll(-moved / this.tile.strip.paper.perS);
    const apart = Math.max(1, Math.abs(a - b));
    this.apart ??= apart;
    if (Math.max(apart / this.apart, this.apart / apart) < SPREAD) return;
    this.moves.zoom(Math.sign(apart - this.apart));
    this.apart = apart;
  }

  #key(event) {
    const { trace, strip } = this.tile;
    const step = event.shiftKey ? 60 : 1;
    const from = Number.isNaN(strip.options.crossS) ? strip.paper.toS : strip.options.crossS;
    const acts = {
      ArrowLeft: () => this.#walk(from - step),
      ArrowRight: () => this.#walk(from + step),
      Home: () => this.#walk(trace.firstS),
      End: () => this.#walk(trace.endS),
      "+": () => this.moves.zoom(1),
      "-": () => this.moves.zoom(-1),
      Escape: () => this.#show(NaN),
    };
    if (!acts[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    acts[event.key]();
  }

  // The paper follows the cross.
  #walk(second) {
    const { trace, strip } = this.tile;
    const at = Math.min(trace.endS - 1 / FS_HZ, Math.max(trace.firstS, second));
    const { fromS, toS } = strip.paper;
    if (at < fromS || at > toS) this.moves.scroll(at - (at < fromS ? fromS : toS));
    this.#show(at);
  }

  // NaN, and what lies beyond the recording, takes it away.
  #show(second) {
    const { trace, strip } = this.tile;
    const inside = second >= trace.startS && second < trace.endS;
    strip.options.crossS = inside ? second : NaN;
    setText(this.words, inside ? this.#said(second) : "");
    strip.draw(...strip.last);
  }

  #said(second) {
    const { trace, strip, presses } = this.tile;
    const { startMs, speed } = strip.options;
    const n = Math.floor((second - trace.startS) * FS_HZ);
    const value = (name) => (Number.isNaN(trace[name][n]) ? "–" : `${trace[name][n].toFixed(0)} ${name === "toco" ? "%" : t("bpm")}`);
    const names = Object.keys(NAMES).filter((name) => name !== "fhr2" || value(name) !== "–");
    const near = presses.filter((one) => Math.abs(one.at_s - second) * strip.paper.perS < NEAR_PX);
    return [
      recorded(second),
      ...(speed === 1 ? [clock(startMs + 1000 * second)] : []),
      ...names.map((name) => `${t(NAMES[name])} ${value(name)}`),
      ...near.map(({ kind }) => t("pressed: %(what)s", { what: t(PRESSED[kind]) })),
    ].join(" · ");
  }
}
