// A long recording comes in pieces: the newest hour first, then what is on the screen, then the
// hours before it, in idle time. A piece that fails is asked for again.

import { get } from "./live.js";

const PIECE_S = 3600;
const AGAIN_MS = 5000;

export class Pieces {
  // path: of the trace at the service; seen(): [fromS, toS] on the screen
  constructor(path, trace, seen) {
    Object.assign(this, { path, trace, seen, arrived: new Set(), wanted: [] });
  }

  // The newest; all others follow, those that are here too: something may have come late meanwhile.
  async load() {
    const newest = await get(`${this.path}?seconds=${PIECE_S}`);
    const { trace } = this;
    if (newest.start_s > trace.endS) {
      // what lies between was never here
      this.sinceS = newest.start_s;
      this.arrived = new Set([...this.arrived].filter((hour) => (hour + 1) * PIECE_S <= trace.endS));
    }
    trace.add(newest);
    const first = Math.floor(Math.max(0, trace.endS - trace.keepS) / PIECE_S);
    this.wanted = [];
    for (let hour = Math.ceil(newest.start_s / PIECE_S) - 1; hour >= first; hour--) this.wanted.push(hour);
    this.#tell();
    if (!this.busy) this.#next();
  }

  async #next() {
    const [fromS, toS] = this.seen();
    const isSeen = (hour) => hour * PIECE_S < toS && (hour + 1) * PIECE_S > fromS;
    const hour = this.wanted.find((one) => isSeen(one) && !this.arrived.has(one)) ?? this.wanted[0];
    this.busy = hour !== undefined;
    if (!this.busy) return;
    let waitMs = 0;
    try {
      const toS = Math.min((hour + 1) * PIECE_S, this.trace.endS);
      this.trace.add(await get(`${this.path}?seconds=${PIECE_S}&to_s=${toS}`));
      this.wanted = this.wanted.filter((one) => one !== hour);
      this.arrived.add(hour);
      this.#tell();
    } catch (problem) {
      if (problem.constructor !== Error) throw problem;
      waitMs = AGAIN_MS;
    }
    setTimeout(() => (globalThis.requestIdleCallback ?? setTimeout)(() => this.#next(), { timeout: 500 }), waitMs);
  }

  #tell() {
    const lacking = this.wanted.filter((hour) => hour * PIECE_S < this.sinceS && !this.arrived.has(hour)).reverse();
    this.trace.awaited = lacking.map((hour) => ({ fromS: hour * PIECE_S, toS: Math.min((hour + 1) * PIECE_S, this.sinceS) }));
    this.trace.changedS = 0;
  }
}
