// The process's last minute as a line: one step a second, oldest at the left, so that what just happened is at the right.
const HEIGHT = 100; // the drawing's own unit; CSS says how high it is
const LEAST = 10; // frames a second at the top of the scale: one frame is no peak

export function Pulse({ rates, label, quiet }) {
  const peak = Math.max(...rates, 0);
  const known = rates.length > 0;
  const top = Math.max(peak, LEAST);
  const steps = rates.map((rate, index) => `V${(HEIGHT * (1 - rate / top)).toFixed(1)}H${index + 1}`).join("");
  return (
    <figure className="pulse" data-peak={peak}>
      <figcaption className="pulse-words">
        <span>{label}</span>
        <span className="pulse-peak">{known && `peak ${peak} /s`}</span>
      </figcaption>
      <svg className="pulse-area" viewBox={`0 0 ${rates.length || 1} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="pulse-fill" d={`M0 ${HEIGHT}${steps}V${HEIGHT}Z`} />
        <path className="pulse-line" d={`M0 ${HEIGHT}${steps}`} />
      </svg>
      {known && peak === 0 && <p className="pulse-quiet">{quiet}</p>}
    </figure>
  );
}
