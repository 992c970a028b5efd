// In the browser because frames are merged there: one that can't be shown is left out, and asked for again.
const LAST_DAY_MS = 8.64e15; // the end of what a Date can hold

const areTexts = (...values) => values.every((value) => typeof value === "string");
const isTime = (value) => Number.isFinite(value) && Math.abs(value) <= LAST_DAY_MS;
const areAll = (wellFormed) => (values) => Array.isArray(values) && values.every(wellFormed);

const arePills = areAll((pill) => areTexts(pill?.k, pill?.v));
const areRuns = areAll((run) => areTexts(run?.[0], run?.[1]));
const arePieces = areAll((piece) => areTexts(piece?.k, piece?.t, piece?.h) && areRuns(piece.c ?? []));
const areCounts = areAll((count) => areTexts(count?.[0]) && isRevision(count[1]));

const isMessage = (row) =>
  areTexts(row?.id, row?.cid, row?.author, row?.tag, row?.body) && arePieces(row.pieces ?? []) && areCounts(row.reactions ?? []) && isRevision(row.rev) && isRevision(placeOf(row)) && isTime(row.at);

const isLogRow = (row) =>
  areTexts(row?.ms, row?.target, row?.layer, row?.level, row?.message, row?.request_id) &&
  Number.isSafeInteger(row.seq) && isTime(row.at) && arePills(row.pills);

const isNetworkRow = (row) =>
  areTexts(row?.kind, row?.method, row?.path, row?.request_id) &&
  [row.seq, row.status, row.bytes].every(Number.isSafeInteger) &&
  Number.isFinite(row.ms) && isTime(row.at);

export const placeOf = (row) => row.pos ?? row.rev;
export const isPage = (page) => [page?.rev, page?.low, page?.high].every(isRevision);

const only = (wellFormed) => (rows) => (Array.isArray(rows) ? rows.filter(wellFormed) : []);

export const isRevision = (value) => Number.isSafeInteger(value) && value >= 0;
export const messagesIn = only(isMessage);
export const quotesIn = only((row) => areTexts(row?.id, row?.author, row?.tag, row?.body, row?.status) && isRevision(row.rev));
export const ownIn = only((own) => areTexts(own?.id, own?.signs));
export const logRowsIn = only(isLogRow);
export const networkRowsIn = only(isNetworkRow);
