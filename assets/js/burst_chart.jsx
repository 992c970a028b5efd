import { useId } from "react";

const HEIGHT = 100; // the drawings' own unit; CSS says how high they are
const LINES = ["p50", "p95", "p99"];
const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

const figure = (value) => (value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
const plain = (value) => String(figure(value));

/** A round number at or above the highest value. */
const ceiling = (values) => {
  const highest = Math.max(...values, 0);
  if (highest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return NICE.map((step) => step * power).find((step) => step >= highest);
};

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
  <rect className="plot-bar" x={left} width={width * 0.9} y={HEIGHT * (1 - part)} height={HEIGHT * part}>
    {children}
  </rect>
);

const Nothing = ({ words }) => <p className="plot-waiting">{words}</p>;

const Axis = ({ from, to }) => (
  <p className="plot-axis" aria-hidden="true">
    <span>{from}</span>
    <span>{to}</span>
  </p>
);

function Plot({ title, unit, top, label, legend, children }) {
  const caption = useId();
  return (
    <figure className="plot" aria-labelledby={caption}>
      <figcaption id={caption} className="plot-title">
        {title}
        {legend}
      </figcaption>
      <span className="plot-top" aria-hidden="true">
        {top === null ? "" : `${plain(top)} ${unit}`}
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

/** Requests per second above, percentiles below, over one time axis. */
export function Timeline({ points, waiting }) {
  if (points.length === 0) return <Nothing words={waiting} />;
  const step = points.length > 1 ? points[1].at_s - points[0].at_s : 1;
  const span = step * points.length;
  const width = 100 / points.length;
  const left = (point) => (100 * point.at_s) / span;
  const rates = numbers(points, "rate");
  const most = ceiling(rates);
  const slowest = LINES.flatMap((name) => numbers(points, name));
  const longest = ceiling(slowest);
  const during = points.length > 1 ? ` over ${plain(span)} s` : "";
  return (
    <div className="timeline" data-points={points.length}>
      <Plot
        title="Requests per second" unit="/s" top={most}
        label={`Requests per second${during}: at most ${plain(Math.max(...rates, 0))}.`}
      >
        {points.map((point) =>
          point.rate ? (
            <Bar key={point.at_s} left={left(point)} width={width} part={point.rate / most} />
          ) : null,
        )}
      </Plot>
      <Plot
        title="Latency" unit="ms" top={longest} legend={legend}
        label={`Latency percentiles${during}: at most ${plain(Math.max(...slowest, 0))} ms.`}
      >
        {LINES.map((name) => (
          <path key={name} className="plot-line" data-line={name} d={path(points, name, left, width, longest)} />
        ))}
      </Plot>
      <Axis from="0 s" to={points.length > 1 ? `${plain(span)} s` : ""} />
    </div>
  );
}

/** How the times spread: bins that grow by a constant factor, all drawn as wide. */
export function Histogram({ bins }) {
  if (bins.length === 0) return <Nothing words="No request was answered, so there is nothing to spread." />;
  const counts = bins.map((bin) => bin.count);
  const most = Math.max(...counts);
  const width = 100 / bins.length;
  const peak = bins[counts.indexOf(most)];
  return (
    <div className="histogram">
      <Plot
        title="How the times spread" unit="requests" top={most}
        label={`Most of the requests in one bin, ${most}, took ${plain(peak.from_ms)} to ${plain(peak.to_ms)} ms.`}
      >
        {bins.map((bin, index) => (
          <Bar key={bin.from_ms} left={index * width} width={width} part={bin.count / most}>
            <title>{`${plain(bin.from_ms)} to ${plain(bin.to_ms)} ms: ${bin.count}`}</title>
          </Bar>
        ))}
      </Plot>
      <Axis from={`${plain(bins[0].from_ms)} ms`} to={`${plain(bins.at(-1).to_ms)} ms, on a logarithmic scale`} />
    </div>
  );
}
