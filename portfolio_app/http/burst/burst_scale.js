// Figures and places on the scales of the burst's charts.
const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const MIDDLE = 50; // of 100, as all places

const figure = (value) => (value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
export const plain = (value) => String(figure(value));

/** A round number at or above the highest value. */
export const ceiling = (values) => {
  const highest = Math.max(...values, 0);
  if (highest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return NICE.map((step) => step * power).find((step) => step >= highest);
};

const endsOf = (bins) => [bins[0].from_ms, bins.at(-1).to_ms];

/** Bins grow by a constant factor, unless there is one only, or they begin at 0, which has no logarithm. */
export const isLogarithmic = (bins) => bins.length > 1 && bins[0].from_ms > 0;

/** Where a time stands among bins that are drawn equally wide. */
export const along = (bins, ms) => {
  if (bins.length === 1) return MIDDLE;
  const [from, to] = endsOf(bins);
  if (!isLogarithmic(bins)) return (100 * (ms - from)) / (to - from);
  return (100 * Math.log(ms / from)) / Math.log(to / from);
};

/** What a bin holds, in words. */
export const spanOf = ({ from_ms, to_ms }) => {
  const [from, to] = [plain(from_ms), plain(to_ms)];
  return from === to ? `${from} ms` : `${from} to ${to} ms`;
};
