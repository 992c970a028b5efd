// In the browser because it draws: what falls due at about the same time is laid out and painted once for all.
const TOGETHER_MS = 125; // so much earlier than due may a drawing join another one

const waiting = new Map(); // drawing -> when it is due
let timer = null;
let wakes = Infinity;

const wakeAt = (due) => {
  if (due >= wakes) return;
  clearTimeout(timer);
  wakes = due;
  timer = setTimeout(beat, due - performance.now());
};

const beat = () => {
  const now = performance.now();
  clearTimeout(timer);
  wakes = Infinity;
  const ready = [...waiting].filter(([, due]) => due - TOGETHER_MS <= now).map(([drawing]) => drawing);
  ready.forEach((drawing) => waiting.delete(drawing));
  waiting.forEach(wakeAt);
  ready.forEach((drawing) => drawing());
};

/** Calls `drawing` once, `pause` ms after `last`, or right away if that is over. */
export const drawSoon = (drawing, last, pause) => {
  if (waiting.has(drawing)) return;
  const due = last + pause;
  waiting.set(drawing, due);
  if (due <= performance.now()) beat();
  else wakeAt(due);
};

/** It was drawn for another reason: nothing is due any more. */
export const drawn = (drawing) => waiting.delete(drawing);
