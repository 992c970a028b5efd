// In the browser because what only this reader sees, and the days of their time zone, stand among the room's rows.
import { placeOf } from "$/public/js/frames.js";
import { date, day } from "$/public/js/times.js";

// One without a place in the room, which only its author sees, stands where it was written.
export const inPlace = (rows) => {
  const held = rows.filter((row) => !placeOf(row)).sort((a, b) => a.at - b.at);
  const placed = [];
  for (const row of rows.filter(placeOf).sort((a, b) => placeOf(a) - placeOf(b))) {
    while (held[0]?.at < (row.late || row.at)) placed.push(held.shift());
    placed.push(row);
  }
  return [...placed, ...held];
};

// The first row of each day says so. One that was approved late stands among those of its approval.
export const byDay = (rows) => {
  let latest = 0;
  let last = "";
  return rows.map((row) => {
    latest = Math.max(latest, row.late || row.at);
    const words = day(latest);
    if (words === last) return row;
    last = words;
    return { ...row, day: words, date: date(latest) };
  });
};
