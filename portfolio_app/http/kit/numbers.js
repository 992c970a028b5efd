// In the browser because it writes figures of what only the browser has counted.
export const LOCALE = "en"; // the build puts the one of the interface here
export const number = (value) => Math.round(value).toLocaleString(LOCALE);
export const decimal = (value, digits) => value.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
