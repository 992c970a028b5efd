// In the browser because arrow keys walk and select at once, and the focus goes along.
import { Children, useId, useRef, useState } from "react";

/** As the ARIA practices describe them. All panels are in the page; CSS hides the others only where scripts run. */
export function Tabs({ names, label, children }) {
  const [selected, select] = useState(0);
  const list = useRef(null);
  const id = useId();
  const panels = Children.toArray(children);

  const onKeyDown = (event) => {
    const to = { ArrowLeft: selected - 1, ArrowRight: selected + 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + names.length) % names.length;
    select(next);
    list.current.children[next].focus();
  };

  return (
    <div className="tabs">
      <div ref={list} className="tab-list" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {names.map((name, at) => (
          <button key={name} type="button" role="tab" id={`${id}tab${at}`} className="tab" data-testid="tab"
            aria-selected={at === selected} aria-controls={`${id}panel${at}`} tabIndex={at === selected ? 0 : -1}
            onClick={() => select(at)}>
            {name}
          </button>
        ))}
      </div>
      {panels.map((panel, at) => (
        <div key={names[at]} role="tabpanel" id={`${id}panel${at}`} className="tab-panel" data-testid="tab-panel"
          aria-labelledby={`${id}tab${at}`} tabIndex={0} data-selected={at === selected}>
          {panel}
        </div>
      ))}
    </div>
  );
}
