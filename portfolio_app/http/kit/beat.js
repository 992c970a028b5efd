// In the browser because it draws: what falls due at about the same time is laid out and painted once for all.
const TOGETHER_MS = 125; // so much earlier than due may a drawing join another one

const waiting = new Map(); // drawing -> when it is due
let timer = null;

const plan = () => {
  clearTimeout(timer);
  if (waiting.size) timer = setTimeout(beat, Math.min(...waiting.values()) - performance.now());
};

const beat = () => {
  const now = performance.now();
  const ready = [...waiting.keys()].filter((drawing) => waiting.get(drawing) - TOGETHER_MS <= now);
  ready.forEach((drawing) => waiting.delete(drawing));
  plan();
  ready.forEach((drawing) => drawing());
};

/** Calls `drawing` once, `pause` ms after `last`, or right away if that is over. */
export const drawSoon = (drawing, last, pause) => {
  if (waiting.has(drawing)) return;
  waiting.set(drawing, last + pause);
  if (last + pause <= performance.now()) beat();
  else plan();
};

/** It was drawn for another reason: nothing is due any more. */
export const drawn = (drawing) => waiting.delete(drawing);
