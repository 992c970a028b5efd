// In the browser because the load is sent from there: this tab's run, or the one that another tab is running.
import { connection } from "$/public/js/connection.js";
import { drawSoon, drawn } from "$/public/js/beat.js";
import { followNetwork } from "$/public/js/network.js";
import { Tally } from "$/public/js/burst_tally.js";
import { chartOf } from "$/public/js/burst_chart.js";
import { Refusal, giveUp, handIn, openRun, orderOf, pause, stall } from "$/public/js/burst_server.js";
import { GONE, IDLE, countedOf, progressOf } from "$/public/js/burst_words.js";
import { Store, ask, hookOf, once } from "$/public/js/store.js";

const SCRIPT = "/js/burst_worker.js";
const MANY = 1000;
const FEW = 200; // where the line or the device is slow
const DRAWN_MS = 250; // between two readings that are shown, here and in other tabs
const SPOKEN_MS = 5_000;
const STRAGGLERS_MS = 3_000; // without a new arrival
const LOOK_MS = 50;
const GONE_MS = 8_000; // without a word from the tab that runs it; the server then evicts its run for another
const BLIND = "Not started: without a live connection this page could not see what is pushed.";
const UNKNOWN = "Not started: this browser blocks cookies, and without one the requests would not be yours.";

const countedKept = once(countedOf);
const chartKept = once(chartOf);

const isSlow = () => {
  const { effectiveType = "4g", saveData = false } = navigator.connection ?? {};
  return saveData || effectiveType !== "4g" || navigator.hardwareConcurrency <= 2;
};

class Burst extends Store {
  size = 1000;
  workers = 24;
  mode = "noop";
  rate = 200; // requests a second of an open loop
  loop = "closed"; // open, or a ramp
  quick = MANY; // how many the front page's button fires
  shown = IDLE;
  isMine = true; // whether `shown` is about a run of this tab
  run = null; // what the server has open for this tab
  tally = null;
  worker = null;
  drawnAt = 0;
  spoken = 0;
  words = "";
  tabs = null;
  left = false; // what a tab still counts while it closes must not take back that it is gone

  attach(states, names) {
    Object.assign(this, { states, names });
    if (this.tabs) return;
    this.set({ quick: isSlow() ? FEW : MANY, tabs: new BroadcastChannel("burst") });
    addEventListener("pagehide", () => this.leave());
    this.tabs.onmessage = ({ data }) => (data ? this.hear(data) : this.isMine && this.shown !== IDLE && this.tell());
    this.tabs.postMessage(null); // asks what the others show
  }

  hear(shown) {
    clearTimeout(this.silence);
    if (this.isMine && this.shown.busy) return;
    if (shown.busy) this.silence = setTimeout(() => this.hear(GONE), GONE_MS);
    this.isMine = false;
    if (shown.receipt && shown.receipt !== this.shown.receipt) ask(this.names.refresh);
    this.set({ shown });
  }

  tell(shown = this.shown) {
    if (!this.left) this.tabs?.postMessage(shown);
  }

  // The tab is closed, reloaded or left for another site: its run can't go on.
  leave() {
    if (!this.run) return;
    giveUp(this.run);
    this.tell(GONE);
    this.left = true;
  }

  choose(setting, value) {
    this.set({ [setting]: Number(value) || value });
  }

  fire() {
    if (!this.shown.busy) this.set({ size: this.quick });
    this.start();
  }

  async start() {
    if (this.shown.busy) return;
    // Offline says so by itself.
    const unseen = !connection.isLive && navigator.onLine ? BLIND : document.documentElement.dataset.storage === "cookies" ? UNKNOWN : "";
    if (unseen) return this.change({ ...IDLE, problem: unseen });
    Object.assign(this, { isMine: true, left: false, tally: new Tally() });
    const settings = { size: this.size, workers: this.workers, mode: this.mode };
    const rate = this.loop === "closed" ? 0 : this.rate;
    const rising = this.loop === "ramp";
    this.change({ ...IDLE, ...settings, rate_per_s: rate, rising, phase: "starting", busy: true });
    try {
      if (this.run) await giveUp(this.run); // of which there never was a receipt
      this.run = { ...(await openRun(settings)), rate, rising };
    } catch (refusal) {
      return this.fail(refusal, { ...IDLE });
    }
    const unfollow = followNetwork(this.states, this.names.sources, (rows) => this.tally.arrive(rows));
    await this.load();
    await this.collect();
    unfollow();
    await this.save();
  }

  async load() {
    this.change({ phase: "running" });
    try {
      this.worker = new Worker(SCRIPT);
      await this.sent(this.worker);
    } catch {
      this.tally.stopped = "script";
    }
    this.worker?.terminate();
    this.worker = null;
  }

  sent(worker) {
    return new Promise((done, fail) => {
      worker.onerror = fail;
      worker.onmessage = ({ data }) => {
        this.tally.take(data);
        if (data.over) done();
        else this.readSoon();
      };
      worker.postMessage(orderOf(this.run));
    });
  }

  cancel() {
    if (this.shown.phase === "running") this.worker?.postMessage({ cancel: true });
  }

  async stall() {
    if (!this.run || this.shown.phase !== "running" || this.shown.stalled) return;
    this.change({ stalled: true });
    await stall(this.run).catch((refusal) => this.change({ problem: refusal.message }));
  }

  // A push may come later than the answer; one that is lost must not hold the receipt up for ever.
  async collect() {
    this.tally.lastArrival = performance.now();
    this.read({ phase: "collecting", stopped: this.tally.stopped });
    while (this.tally.awaited() > 0 && performance.now() - this.tally.lastArrival < STRAGGLERS_MS) {
      await pause(LOOK_MS);
      this.readSoon();
    }
  }

  async save() {
    this.read({ phase: "saving", busy: true, problem: "", unsaved: false });
    try {
      const receipt = await handIn(this.run, this.tally);
      this.tally = this.run = null;
      this.change({ phase: "done", busy: false, receipt });
      ask(this.names.refresh);
      this.say(receipt.shown.verdict);
    } catch (refusal) {
      if (refusal.final) this.run = null;
      this.fail(refusal, { phase: "unsaved", unsaved: !refusal.final });
    }
  }

  fail(refusal, changes) {
    const problem = refusal instanceof Refusal ? refusal.message : "The page could not do it. Run the load again.";
    this.change({ ...changes, busy: false, problem });
    if (!(refusal instanceof Refusal)) throw refusal;
  }

  readNow = () => this.read();
  readSoon = () => drawSoon(this.readNow, this.drawnAt, DRAWN_MS);

  read(changes) {
    drawn(this.readNow);
    this.change({ ...this.tally.reading(), ...changes });
    if (performance.now() - this.spoken > SPOKEN_MS) this.say(progressOf(this.shown));
  }

  change(changes) {
    this.drawnAt = performance.now();
    this.set({ shown: { ...this.shown, ...changes } });
    this.tell();
  }

  say(words) {
    this.set({ words, spoken: performance.now() });
  }
}

export const burst = new Burst();

export const useBurst = hookOf(burst, {
  busy: () => burst.shown.busy,
  elsewhere: () => burst.shown.busy && !burst.isMine,
  stallable: () => burst.isMine && burst.shown.phase === "running" && !burst.shown.stalled,
  cancellable: () => burst.isMine && burst.shown.phase === "running",
  chart: () => burst.shown.receipt?.shown.timeline ?? chartKept(burst.shown.points),
  record: () => burst.shown.receipt ?? countedKept(burst.shown),
});
