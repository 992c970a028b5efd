// In the browser because only it knows in which time zone, and in whose notation, its reader counts.
const written = (options) => {
  let format; // made when it is needed: each costs a slow phone some milliseconds
  return (at) => (at ? (format ??= new Intl.DateTimeFormat(undefined, options).format)(new Date(at)) : ""); // nothing before it is known
};

export const clock = written({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const instant = written({ hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
export const moment = written({ dateStyle: "medium", timeStyle: "medium" });
const minute = written({ dateStyle: "medium", timeStyle: "short" });
export const fullDate = written({ dateStyle: "full", timeStyle: "long" });
export const day = written({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
// The server words moments in UTC, in one notation: on the page they are the reader's.
const UTC = /(\d{4}-\d\d-\d\d) (\d\d:\d\d)(:\d\d)? UTC/g;
export const inZone = (text) =>
  text?.replace(UTC, (_, on, at, s) => (s ? moment : minute)(Date.parse(`${on}T${at}${s ?? ""}Z`)));
export const iso = (at) => at && new Date(at).toISOString();
// Of the reader's day: Swedish writes it as the standard does.
export const date = (at) => new Date(at).toLocaleDateString("sv");
