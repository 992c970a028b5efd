// In the browser because only it knows when a row is on the screen; out of view a tab says nothing.
const MOST = 50; // as in http/chat/state.py

let waiting = [];

export const whenPainted = (ids, tell) => {
  if (ids.length === 0) return;
  waiting.push(...ids);
  if (waiting.length > ids.length) return;
  const say = () => {
    tell(waiting.slice(-MOST));
    waiting = [];
  };
  // The first frame puts the rows into the document, the second begins when they are on the screen.
  requestAnimationFrame(() => requestAnimationFrame(say));
};
