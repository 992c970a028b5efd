// Figures of what only this browser has counted; all others come as text from the server.
export const number = (value) => Math.round(value).toLocaleString("en");
export const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
