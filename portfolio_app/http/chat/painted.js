// Tells the server that rows are on this tab's screen; a tab out of view says nothing until it is looked at.
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
