// The samples of one recording at 4 Hz, by recorded second. Missing is NaN, never a number.

export const FS_HZ = 4;
export const CHANNELS = ["fhr", "fhr2", "mhr", "toco", "quality"];

export class Trace {
  constructor(keepS = 3600) {
    this.keepS = keepS;
    this.startS = null; // recorded second of sample 0; null: nothing came yet
    for (const name of CHANNELS) this[name] = [];
  }

  get length() {
    return this.fhr.length;
  }

  get endS() {
    return this.startS === null ? 0 : this.startS + this.length / FS_HZ;
  }

  // A snapshot or a live block: {start_s, fhr: [number | null, ...], ...}. Late blocks fill their
  // place, the same block twice changes nothing, a null never removes a value that was measured.
  add(block) {
    const count = Math.max(...CHANNELS.map((name) => block[name]?.length ?? 0));
    if (count === 0) return;
    if (this.startS === null) this.startS = block.start_s;
    if (block.start_s < this.startS) this.#prepend(block.start_s);
    const at = Math.round((block.start_s - this.startS) * FS_HZ);
    this.#extend(at + count);
    for (const name of CHANNELS) {
      (block[name] ?? []).forEach((value, n) => {
        if (value !== null) this[name][at + n] = value;
      });
    }
    this.#forget();
  }

  // The newest measured value of the last `seconds`, or NaN.
  newest(name, seconds = 3) {
    for (let n = this.length - 1; n >= Math.max(0, this.length - seconds * FS_HZ); n--) {
      if (!Number.isNaN(this[name][n])) return this[name][n];
    }
    return NaN;
  }

  #extend(length) {
    for (const name of CHANNELS) {
      while (this[name].length < length) this[name].push(NaN);
    }
  }

  #prepend(startS) {
    const empty = new Array(Math.round((this.startS - startS) * FS_HZ)).fill(NaN);
    for (const name of CHANNELS) this[name] = empty.concat(this[name]);
    this.startS = startS;
  }

  #forget() {
    const extra = this.length - this.keepS * FS_HZ;
    if (extra < 240) return; // once a minute is enough
    for (const name of CHANNELS) this[name].splice(0, extra);
    this.startS += extra / FS_HZ;
  }
}
