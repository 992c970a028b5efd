// The load burst as a tab shows it: its own run, or the one that another tab of this visitor is running.
import { useContext, useEffect, useSyncExternalStore } from "react";
import { StateStoreContext } from "$/utils/context-registry";
import { addEvents } from "$/utils/context";
import { ReflexEvent } from "$/utils/state";
import { drawSoon, drawn } from "$/public/js/beat.js";
import { followNetwork } from "$/public/js/network.js";
import { Tabs } from "$/public/js/burst_tabs.js";
import { Tally } from "$/public/js/burst_tally.js";
import { Refusal, giveUp, handIn, openRun, orderOf } from "$/public/js/burst_server.js";
import { blankView, receiptView } from "$/public/js/receipt.js";
import { GONE, IDLE, factsOf, progressOf, verdictOf, wordsOf } from "$/public/js/burst_words.js";

const SCRIPT = "/js/burst_worker.js";
const TOLD_MS = 250; // between two readings that are shown, here and in other tabs
const SPOKEN_MS = 5_000;
const STRAGGLERS_MS = 3_000; // without a new arrival
const LOOK_MS = 50;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const factsShown = new WeakMap();
const factsKept = (shown) => {
  if (!factsShown.has(shown)) factsShown.set(shown, factsOf(shown));
  return factsShown.get(shown);
};

class Burst {
  settings = { size: 1000, workers: 24, mode: "noop" };
  shown = IDLE;
  isMine = true; // whether `shown` is about a run of this tab
  run = null; // what the server has open for this tab
  tally = null;
  worker = null;
  told = 0;
  spoken = 0;
  words = "";
  listeners = new Set();
  tabs = null;

  attach(store, names) {
    Object.assign(this, { store, names });
    if (this.tabs) return;
    addEventListener("pagehide", () => this.leave());
    this.tabs = new Tabs({
      hear: (shown) => this.hear(shown),
      lost: () => this.hear(GONE),
      mine: () => (this.isMine && this.shown !== IDLE ? this.shown : null),
    });
  }

  hear(shown) {
    if (this.isMine && this.shown.busy) return;
    this.isMine = false;
    if (shown.receipt && shown.receipt !== this.shown.receipt) this.refresh();
    this.draw(shown);
  }

  // The tab is closed, reloaded or left for another site: its run can't go on.
  leave() {
    if (!this.run) return;
    giveUp(this.run);
    this.tabs?.tell(GONE);
  }

  choose(settings) {
    this.settings = { ...this.settings, ...settings };
    this.listeners.forEach((listener) => listener());
  }

  async start() {
    if (this.shown.busy) return;
    this.isMine = true;
    this.tally = new Tally();
    this.change({ ...IDLE, ...this.settings, phase: "starting", busy: true });
    try {
      if (this.run) await giveUp(this.run); // of which there never was a receipt
      this.run = await openRun(this.settings);
    } catch (refusal) {
      return this.fail(refusal, { ...IDLE });
    }
    const unfollow = followNetwork(this.store, this.names.sources, (rows) => this.tally.arrive(rows));
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
      this.refresh();
      this.say(verdictOf(this.shown));
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

  refresh() {
    addEvents([ReflexEvent(this.names.refresh)]);
  }

  readSoon() {
    drawSoon(this.readNow, this.told, TOLD_MS);
  }

  readNow = () => this.read();

  read(changes) {
    drawn(this.readNow);
    this.change({ ...this.tally.reading(), ...changes });
    if (performance.now() - this.spoken > SPOKEN_MS) this.say(progressOf(this.shown));
  }

  change(changes) {
    this.told = performance.now();
    this.draw({ ...this.shown, ...changes });
    this.tabs?.tell(this.shown);
  }

  say(words) {
    this.spoken = performance.now();
    this.words = words;
    this.listeners.forEach((listener) => listener());
  }

  draw(shown) {
    this.shown = shown;
    this.listeners.forEach((listener) => listener());
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

const burst = new Burst();

const READ = {
  size: () => burst.settings.size,
  workers: () => burst.settings.workers,
  mode: () => burst.settings.mode,
  busy: () => burst.shown.busy,
  elsewhere: () => burst.shown.busy && !burst.isMine,
  cancellable: () => burst.isMine && burst.shown.phase === "running",
  phase: () => burst.shown.phase,
  status: () => wordsOf(burst.shown, burst.isMine),
  problem: () => burst.shown.problem,
  unsaved: () => burst.shown.unsaved && burst.isMine,
  total: () => burst.shown.size,
  ended: () => burst.shown.ended,
  progress: () => progressOf(burst.shown),
  facts: () => factsKept(burst.shown),
  points: () => burst.shown.points,
  receipt: () => receiptView(burst.shown.receipt) ?? blankView(burst.shown),
  words: () => burst.words,
};
const INITIAL = Object.fromEntries(Object.entries(READ).map(([name, read]) => [name, read()]));

export const useBurst = (names, name) => {
  const store = useContext(StateStoreContext);
  useEffect(() => burst.attach(store, names), [store]);
  return useSyncExternalStore(burst.subscribe, READ[name], () => INITIAL[name]);
};

export const setBurstSize = (size) => burst.choose({ size: Number(size) });
export const setBurstWorkers = (workers) => burst.choose({ workers: Number(workers) });
export const setBurstMode = (mode) => burst.choose({ mode });
export const startBurst = () => burst.start();
export const cancelBurst = () => burst.cancel();
export const saveBurst = () => burst.save();
