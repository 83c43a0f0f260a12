// The samples of one recording at 4 Hz, by recorded second. Missing is NaN, never a number.

export const FS_HZ = 4;
export const CHANNELS = ["fhr", "fhr2", "mhr", "toco", "quality"];
const SPARE_S = 600; // room behind the newest second, and kept beyond keepS: nothing moves each second

export class Trace {
  constructor(keepS = 3600) {
    this.keepS = keepS;
    this.startS = null; // recorded second of sample 0; null: nothing came yet
    this.awaited = []; // [{fromS, toS}] that exist and have not arrived, in order (pieces.js)
    this.changedS = Infinity; // from this second on something is new to the strip that draws it
    for (const name of CHANNELS) this[name] = new Float32Array(0);
  }

  get length() {
    return this.fhr.length;
  }

  get endS() {
    return this.startS === null ? 0 : this.startS + this.length / FS_HZ;
  }

  // Where the strip begins, whether that has arrived or not.
  get firstS() {
    return Math.min(this.startS ?? 0, this.awaited[0]?.fromS ?? Infinity);
  }

  // A snapshot, a piece or a live block: {start_s, fhr: [number | null, ...], ...}. Late blocks fill
  // their place, the same block twice changes nothing, a null never removes a value that was measured.
  add(block) {
    const count = Math.max(...CHANNELS.map((name) => block[name]?.length ?? 0));
    if (count === 0) return;
    this.#reach(block.start_s, block.start_s + count / FS_HZ);
    this.counted = null;
    const at = Math.round((block.start_s - this.startS) * FS_HZ); // what lies before sample 0 is lost
    for (const name of CHANNELS) {
      block[name]?.forEach((value, n) => {
        if (value !== null) this[name][at + n] = value;
      });
    }
    this.changedS = Math.min(this.changedS, block.start_s);
  }

  // The newest measured value of the last `seconds`, or NaN.
  newest(name, seconds = 3) {
    for (let n = this.length - 1; n >= Math.max(0, this.length - seconds * FS_HZ); n--) {
      if (!Number.isNaN(this[name][n])) return this[name][n];
    }
    return NaN;
  }

  // How many percent of the last `seconds` have a fetal heart rate; NaN when nothing came yet.
  usable(seconds) {
    if (this.counted?.seconds === seconds) return this.counted.percent; // nothing came since then
    const first = Math.max(0, this.length - seconds * FS_HZ);
    let measured = 0;
    for (let n = first; n < this.length; n++) if (!Number.isNaN(this.fhr[n])) measured++;
    const percent = (100 * measured) / (this.length - first);
    this.counted = { seconds, percent };
    return percent;
  }

  // Room for these seconds too. The new samples are unknown until they come.
  #reach(fromS, toS) {
    const before = this.startS ?? fromS;
    const endS = Math.max(this.endS, toS);
    let startS = Math.min(before, fromS);
    if (endS - startS > this.keepS + SPARE_S) startS = endS - this.keepS;
    const [length, moved] = [endS - startS, before - startS].map((seconds) => Math.round(seconds * FS_HZ));
    for (const name of CHANNELS) {
      let room = new Float32Array(this[name].buffer);
      if (moved || length > room.length) {
        room = new Float32Array(length + SPARE_S * FS_HZ).fill(NaN);
        room.set(this[name].subarray(Math.max(0, -moved)), Math.max(0, moved));
      }
      this[name] = room.subarray(0, length);
    }
    this.startS = startS;
  }
}
