// Alarm sounds. A browser plays none before a click, so the page says that sound is off until then.
//
// Patterns as on common monitors: high two groups of five beeps, medium three, low one. A pause
// lasts at most two minutes and ends at once when something worse comes. It is kept for this person
// and page, so that a reload neither ends nor prolongs it.

import { h, setText } from "./parts.js";
import { duration, t } from "./words.js";

const BEEPS = { high: [0, 0.2, 0.4, 0.75, 0.95, 1.5, 1.7, 1.9, 2.25, 2.45], medium: [0, 0.3, 0.6], low: [0] };
const PITCH_HZ = { high: 880, medium: 660, low: 523 };
const HARMONICS = [0, 1, 0.7, 0.6, 0.5, 0.4]; // five that are nearly as loud: heard from any side, and on small speakers
const EVERY_MS = { high: 6000, medium: 15_000, low: 60_000 };
const ORDER = ["low", "medium", "high"];
const PAUSE_MS = 120_000;
const KEY = `sound pause ${document.body.dataset.person} ${location.pathname}`;
const ARMED = `${KEY} armed`;

export class Sound {
  constructor(bar) {
    this.bar = bar;
    const again = localStorage.getItem(ARMED);
    if (again) this.context = new AudioContext(); // silent until a click where the browser wants one
    addEventListener("click", () => this.context?.resume());
    this.words = h("span", {});
    this.arm = h("button", { type: "button", onclick: () => this.#arm() }, again ? t("Sound is OFF since this page was loaded: click to arm") : t("Sound is off: click to arm"));
    this.test = h("button", { type: "button", onclick: () => this.#play("low") }, t("Test"));
    this.hush = h("button", { type: "button", onclick: () => this.#pause() }, t("Pause 2 min"));
    this.playedAt = -Infinity;
    this.#resume();
    bar.append(this.arm, this.words, this.test, this.hush);
    this.#show(null);
  }

  get armed() {
    return this.context?.state === "running";
  }

  // Called twice a second with the worst priority that nobody has taken, or nothing.
  tick(priority) {
    const now = performance.now();
    if (this.pausedUntil && ORDER.indexOf(priority) > ORDER.indexOf(this.pausedAt)) this.#end();
    const paused = now < this.pausedUntil;
    if (priority !== this.last) this.playedAt = -Infinity;
    this.last = priority;
    if (this.armed && priority && !paused && now - this.playedAt > EVERY_MS[priority]) {
      this.playedAt = now;
      this.#play(priority);
    }
    this.#show(paused ? this.pausedUntil - now : null);
  }

  #arm() {
    this.context ??= new AudioContext();
    localStorage.setItem(ARMED, 1);
    this.#play("low");
  }

  #pause() {
    this.pausedUntil = performance.now() + PAUSE_MS;
    this.pausedAt = this.last ?? null;
    localStorage.setItem(KEY, JSON.stringify({ until: Date.now() + PAUSE_MS, at: this.pausedAt }));
  }

  // A pause that was begun before this page was loaded; what is left of it.
  #resume() {
    const { until = 0, at = null } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const leftMs = until - Date.now();
    const isOn = leftMs > 0 && leftMs <= PAUSE_MS; // else it is over, or the clock went back
    this.pausedUntil = isOn ? performance.now() + leftMs : 0;
    this.pausedAt = isOn ? at : null;
  }

  #end() {
    this.pausedUntil = 0;
    localStorage.removeItem(KEY);
  }

  #show(pausedMs) {
    const { armed } = this;
    this.bar.classList.toggle("off", !armed || pausedMs !== null);
    this.arm.hidden = armed;
    this.test.hidden = this.hush.hidden = !armed;
    const words = pausedMs === null ? t("Sound is on") : t("Sound pauses for %(time)s", { time: duration(pausedMs) });
    setText(this.words, armed ? words : "");
  }

  #play(priority) {
    const periodicWave = new PeriodicWave(this.context, { imag: HARMONICS });
    for (const at of BEEPS[priority]) {
      const from = this.context.currentTime + at;
      const tone = new OscillatorNode(this.context, { frequency: PITCH_HZ[priority], periodicWave });
      const gain = new GainNode(this.context, { gain: 0 });
      gain.gain.setTargetAtTime(0.3, from, 0.01);
      gain.gain.setTargetAtTime(0, from + 0.1, 0.02);
      tone.connect(gain).connect(this.context.destination);
      tone.start(from);
      tone.stop(from + 0.25);
    }
  }
}
