// In the browser because only it knows how far a reader has scrolled: until then the end is kept in view.
import { useEffect, useRef, useState } from "react";
import { useKeptFocus } from "$/public/js/kept.jsx";
import { number } from "$/public/js/numbers.js";
import { oneStop } from "$/public/js/rove.js";

const END_PX = 24;
const EDGE_PX = 300; // so near an end of its rows, the page beyond it is asked for
const FEW = 16; // rows that may come at once and still be pointed out

/**
 * Stays at its end until the reader scrolls up, then counts what arrives below. A row being sent brings the end back.
 * Rows that come or go above what is in view don't move it. Where a button with `data-edge` stands first or last, rows
 * are left out there: it is pressed when the reader comes near; at the lower one nothing is followed. `atEnd` is called
 * with whether the end is in view, each time that changes. Nothing moves while a pointer is down, or in an open menu: a
 * click would meet another button, or none. What the keyboard has led to stays in view, and ends the following.
 */
export function Follow({ one, several, atEnd, className, children, ...region }) {
  const scroller = useRef(null);
  const follow = useRef(null);
  const [unread, setUnread] = useState(0);
  useKeptFocus(scroller);

  useEffect(() => {
    const element = scroller.current;
    let following = true;
    let said = true; // as `atEnd` knows it
    let first = null; // rows that come in above it are older ones, asked for with the button at the top
    let pulled = null; // the outermost row for which the button beside it has been pressed
    let anchor = null; // the first row in view, and where it stands
    let wanted = "0"; // of the row that was brought into view last
    let extent = "";
    let isSettled = false; // the rows of the first drawing are not new
    let [isPressed, due] = [false, 0]; // `due` is the frame in which the end is brought back
    let focused = null; // what the keyboard has led to, while it is in view
    const isStill = () => isPressed || element.querySelector("details[name][open]:is(:hover, :focus-within)") !== null;
    const measured = () => `${element.scrollHeight}/${element.clientHeight}`;
    const rowsNow = () => [...element.querySelectorAll(":scope > :not(button)")];
    const edge = (at) => element.querySelector(`:scope > button[data-edge="${at}"]`);
    const topOf = (row) => row.getBoundingClientRect().top;
    const isInView = (at) => at.getBoundingClientRect().bottom > topOf(element) && topOf(at) < topOf(element) + element.clientHeight;
    const isFocused = (at) => at !== element && element.contains(at) && at.matches(":focus-visible");
    const settle = () => {
      const at = document.activeElement;
      [extent, focused] = [measured(), isFocused(at) && isInView(at) ? at : null];
      if (following !== said) atEnd?.((said = following));
      const row = following && !isStill() ? null : rowsNow().find((each) => each.getBoundingClientRect().bottom > topOf(element));
      anchor = row && { row, top: topOf(row) };
    };
    const toEnd = () => {
      if (following && !isStill()) element.scrollTop = element.scrollHeight;
      else if (anchor?.row.isConnected) element.scrollTop += topOf(anchor.row) - anchor.top;
      if (focused && isFocused(focused) && !isInView(focused)) {
        following = false;
        focused.scrollIntoView({ block: "nearest" });
      }
      settle();
    };
    const bring = () => {
      const row = element.querySelector(`:scope > [data-wanted]:not([data-wanted="0"])`);
      if (!row || row.dataset.wanted === wanted) return;
      Object.assign(element, { scrollTop: row.offsetTop - element.offsetTop });
      [following, wanted, anchor] = [false, row.dataset.wanted, null];
    };
    const pull = () => {
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      const at = element.scrollTop < EDGE_PX ? "older" : below < EDGE_PX ? "newer" : "";
      const outermost = rowsNow().at(at === "older" ? 0 : -1);
      if (!edge(at) || edge(at) === focused || pulled === outermost) return;
      pulled = outermost;
      edge(at).click();
    };
    // Rows get their height when they come into view, so being at the end for a moment is not enough.
    follow.current = () => {
      following = true;
      setUnread(0);
      toEnd();
      element.focus({ preventScroll: true });
    };
    const onScroll = () => {
      // A turned phone scrolls too, and so do rows that are replaced by others: it isn't the reader who went elsewhere.
      if (due || extent !== measured()) return toEnd();
      following = !edge("newer") && element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
      if (following) setUnread(0);
      else pull();
      settle();
    };
    const press = (event) => {
      isPressed = event.type === "pointerdown" && element.contains(event.target);
      if (isPressed) settle();
      else if (following) setTimeout(toEnd); // once the click has found its button
    };
    // Opening or closing a part changes the height, and it isn't the reader who scrolls.
    const onToggle = ({ target }) => {
      settle();
      if (!target.open) toEnd();
      else if (target.name) target.lastElementChild.scrollIntoView({ block: "nearest" });
    };
    const onChange = (changes) => {
      const isOlder = (row) =>
        first?.isConnected && first.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_PRECEDING;
      const rows = changes
        .filter((change) => change.target === element)
        .flatMap((change) => [...change.addedNodes])
        .filter((row) => row.nodeName !== "BUTTON" && !isOlder(row));
      first = element.querySelector(":scope > :not(button)");
      if (rows.some((row) => row.dataset?.status === "sending")) {
        following = true;
        element.querySelectorAll("details[name][open]").forEach((menu) => (menu.open = false));
      }
      if (edge("newer")) following = false;
      else if (!following && rows.length) setUnread((count) => count + rows.length);
      // A row that is new lights up. Where most are new that says nothing, and would paint at every frame.
      element.toggleAttribute("data-settled", isSettled && rows.length <= FEW);
      isSettled = true;
      bring();
      // Before the next paint, which lays the page out anyhow: not in the task that has drawn the rows.
      due ||= requestAnimationFrame(() => ((due = 0), toEnd()));
      oneStop(element);
    };
    const changed = new MutationObserver(onChange);
    const resized = new ResizeObserver(toEnd);
    const gone = new AbortController();
    const on = (names, target, call, capture) => names.forEach((name) => target.addEventListener(name, call, { capture, signal: gone.signal }));
    changed.observe(element, { childList: true, subtree: true, characterData: true });
    resized.observe(element);
    on(["scroll"], element, onScroll);
    on(["toggle"], element, onToggle, true); // it does not bubble
    on(["pointerdown", "pointerup", "pointercancel"], window, press, true);
    on(["focusin", "focusout"], element, (event) => {
      focused = event.type === "focusin" && isFocused(event.target) ? event.target : null;
      oneStop(element, event);
    });
    oneStop(element);
    bring();
    toEnd();
    return () => [changed.disconnect(), resized.disconnect(), gone.abort()];
  }, []);

  return (
    <div className="follow">
      <div ref={scroller} className={className} role="log" tabIndex={0} {...region}>{children}</div>
      {unread > 0 && (
        <button type="button" className="follow-jump" onClick={() => follow.current()}>
          {number(unread)} {unread === 1 ? one : several}
        </button>
      )}
    </div>
  );
}
