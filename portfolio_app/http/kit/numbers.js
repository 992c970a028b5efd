// In the browser because it writes figures of what only the browser has counted.
export const number = (value) => Math.round(value).toLocaleString("en");
export const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
