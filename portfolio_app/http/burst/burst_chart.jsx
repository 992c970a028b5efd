import { useId } from "react";
import { along, ceiling, isLogarithmic, plain, spanOf } from "$/public/js/burst_scale.js";

const HEIGHT = 100; // the drawings' own unit; CSS says how high they are
const LINES = ["p50", "p95", "p99"];

const numbers = (points, name) => points.map((point) => point[name]).filter((value) => Number.isFinite(value));

/** A line through the middles of the stretches that have a value. */
const path = (points, name, left, width, top) => {
  const known = points.filter((point) => Number.isFinite(point[name]));
  const height = (point) => (HEIGHT * (1 - point[name] / top)).toFixed(2);
  // One stretch has no other to be joined with.
  if (known.length === 1) return `M${left(known[0])} ${height(known[0])}h${width}`;
  return known.map((point, index) => `${index ? "L" : "M"}${(left(point) + width / 2).toFixed(2)} ${height(point)}`).join("");
};

const Bar = ({ left, width, part, children }) => (
  <rect className="plot-bar" x={left} width={width} y={HEIGHT * (1 - part)} height={HEIGHT * part}>
    {children}
  </rect>
);

/** The upper edge of bars that stand side by side; it ends where a value is unknown. */
const Edge = ({ values, top }) => {
  const at = (index) => ((100 * index) / values.length).toFixed(2);
  const steps = values.map((value, index) => {
    if (!Number.isFinite(value)) return "";
    const height = (HEIGHT * (1 - value / top)).toFixed(2);
    const start = Number.isFinite(values[index - 1]) ? `V${height}` : `M${at(index)} ${height}`;
    return `${start}H${at(index + 1)}`;
  });
  return <path className="plot-edge" d={steps.join("")} />;
};

const Line = ({ name, d }) => <path className="plot-line" data-line={name} d={d} />;

const Nothing = ({ words }) => <p className="plot-waiting">{words}</p>;

const Axis = ({ from, to }) => (
  <p className="plot-axis" aria-hidden="true">
    <span>{from}</span>
    <span>{to}</span>
  </p>
);

function Plot({ title, top, label, legend, children }) {
  const caption = useId();
  return (
    <figure className="plot" aria-labelledby={caption}>
      <figcaption id={caption} className="plot-title">
        {title}
        {legend}
      </figcaption>
      <span className="plot-scale" aria-hidden="true">
        <span>{plain(top)}</span>
        <span>{plain(top / 2)}</span>
        <span>0</span>
      </span>
      <svg className="plot-area" viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <path className="plot-grid" d={`M0 0H100M0 ${HEIGHT / 2}H100M0 ${HEIGHT}H100`} />
        {children}
      </svg>
    </figure>
  );
}

const legend = (
  <span className="plot-legend" aria-hidden="true">
    {LINES.map((name) => (
      <span key={name} className="plot-key" data-line={name}>
        {name}
      </span>
    ))}
  </span>
);

/** Requests per second above, percentiles below, over one time axis; the scales have room for `beside`, too. */
export function Timeline({ points, waiting, beside = [] }) {
  if (points.length === 0) return <Nothing words={waiting} />;
  const step = points.length > 1 ? points[1].at_s - points[0].at_s : 1;
  const span = step * points.length;
  const width = 100 / points.length;
  const left = (point) => (100 * point.at_s) / span;
  const rates = numbers(points, "rate");
  const most = ceiling([...rates, ...numbers(beside, "rate")]);
  const slowest = LINES.flatMap((name) => numbers(points, name));
  const longest = ceiling([...slowest, ...LINES.flatMap((name) => numbers(beside, name))]);
  const during = points.length > 1 ? ` over ${plain(span)} s` : "";
  return (
    <div className="timeline" data-points={points.length}>
      <Plot
        title="Requests per second" top={most}
        label={`Requests per second${during}: at most ${plain(Math.max(...rates, 0))}.`}
      >
        {points.map((point) =>
          point.rate ? (
            <Bar key={point.at_s} left={left(point)} width={width} part={point.rate / most} />
          ) : null,
        )}
        <Edge values={points.map((point) => point.rate)} top={most} />
      </Plot>
      <Plot
        title="Latency, ms" top={longest} legend={legend}
        label={`Latency percentiles${during}: at most ${plain(Math.max(...slowest, 0))} ms.`}
      >
        {LINES.map((name) => (
          <Line key={name} name={name} d={path(points, name, left, width, longest)} />
        ))}
      </Plot>
      <Axis from="0 s" to={points.length > 1 ? `${plain(span)} s` : ""} />
    </div>
  );
}

const endOf = (bins) => {
  if (bins.length === 1) return ""; // which begins where it ends
  return `${plain(bins.at(-1).to_ms)} ms${isLogarithmic(bins) ? ", log scale" : ""}`;
};

/** How the times spread: bins, all drawn as wide, and percentiles among them. */
export function Histogram({ bins, marks }) {
  if (bins.length === 0) return <Nothing words="No request was answered, so there is nothing to spread." />;
  const counts = bins.map((bin) => bin.count);
  const most = Math.max(...counts);
  const width = 100 / bins.length;
  const peak = bins[counts.indexOf(most)];
  return (
    <div className="histogram">
      <Plot
        title="Requests by how long they took" top={most} legend={legend}
        label={`Most of the requests in one bin, ${most}, took ${spanOf(peak)}.`}
      >
        {bins.map((bin, index) => (
          <Bar key={bin.from_ms} left={index * width} width={width} part={bin.count / most}>
            <title>{`${spanOf(bin)}: ${bin.count}`}</title>
          </Bar>
        ))}
        <Edge values={counts} top={most} />
        {marks.map(({ name, ms }) => (
          <Line key={name} name={name} d={`M${along(bins, ms).toFixed(2)} 0V${HEIGHT}`} />
        ))}
      </Plot>
      <Axis from={`${plain(bins[0].from_ms)} ms`} to={endOf(bins)} />
    </div>
  );
}
