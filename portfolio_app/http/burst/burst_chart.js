// In the browser because the points of a run under way are there: shapes as `app/burst/charts.py` makes them.
import { LOCALE, number } from "$/public/js/numbers.js";

const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const LINES = ["p50", "p95", "p99"];
const HEIGHT = 100;

const at = (place) => String(Number(place.toFixed(2)));
const height = (part) => at(HEIGHT * (1 - part));
const plain = (value) => (value >= 100 ? number(value) : value.toLocaleString(LOCALE, { maximumSignificantDigits: 2 }));
const isKnown = (value) => value !== null;
const values = (points, ...names) => points.flatMap((point) => names.map((name) => point[name])).filter(isKnown);

const ceiling = (found) => {
  const highest = Math.max(...found, 0);
  if (highest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return NICE.map((step) => step * power).find((step) => step >= highest);
};

const areaOf = (rates, width, top) =>
  `M0 ${HEIGHT}${rates.map((rate, index) => `V${height(rate / top)}H${at((index + 1) * width)}`).join("")}V${HEIGHT}`;

const curveOf = (points, name, width, top) => {
  const known = points.flatMap((point, index) =>
    isKnown(point[name]) ? [[index * width, height(point[name] / top)]] : []);
  if (known.length === 1) return `M${at(known[0][0])} ${known[0][1]}h${at(width)}`;
  return known.map(([left, y], index) => `${index ? "L" : "M"}${at(left + width / 2)} ${y}`).join("");
};

const plotOf = (title, top, more) => ({ title, top: plain(top), middle: plain(top / 2), bars: [], area: "", lines: [], ...more });

export const chartOf = (points) => {
  if (points.length === 0) return { plots: [], start: "", end: "" };
  const isOne = points.length === 1;
  const span = `${plain((isOne ? 1 : points[1].at_s) * points.length)} s`;
  const during = isOne ? "" : `${" over "}${span}`;
  const [rates, times] = [values(points, "rate"), values(points, ...LINES)];
  const [most, longest] = [ceiling(rates), ceiling(times)];
  const width = 100 / points.length;
  return {
    plots: [
      plotOf("Requests per second", most, {
        label: `${"Requests per second"}${during}${": at most "}${plain(Math.max(...rates, 0))}.`,
        area: areaOf(points.map(({ rate }) => rate), width, most),
      }),
      plotOf("Latency, ms", longest, {
        label: `${"Latency percentiles"}${during}${": at most "}${plain(Math.max(...times, 0))} ms.`,
        lines: LINES.map((name) => ({ name, d: curveOf(points, name, width, longest) })),
      }),
    ],
    start: "0 s",
    end: isOne ? "" : span,
  };
};
