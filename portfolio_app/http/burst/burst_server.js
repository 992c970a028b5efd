// In the browser because the sender of the load reports it: a ticket before it, answers and receipt after it.
const RUNS = "/api/burst/runs";
const CHUNK = 500; // answers in one call, which may not be longer than 64 KB
const SPARE_MS = 10_000; // of the time that the server takes requests in: an answer takes some, too
const PAUSE_MS = 400; // before the first repetition; twice as long before each other
const LONGEST_MS = 1_600; // before the last one

/** Why something could not be done, in words for the visitor. `final`: trying again is of no use. */
export class Refusal extends Error {
  final = false;
}

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const wordsOf = async (answer) => {
  const body = await answer.json().catch(() => ({}));
  const words = body.error?.text ?? body.error ?? `${"The server answered with "}${answer.status}.`;
  const seconds = Number(answer.headers.get("retry-after"));
  return seconds > 0 && !/\d/.test(words) ? `${words}${" Try again in "}${seconds} s.` : words;
};

const post = async (path, body, ticket, more) => {
  const headers = { "content-type": "application/json", ...(ticket && { "x-burst-ticket": ticket }) };
  const answer = await fetch(RUNS + path, { method: "POST", headers, body: JSON.stringify(body), ...more }).catch(() => {
    throw new Refusal(navigator.onLine ? "The server can't be reached." : "This browser is offline.");
  });
  const final = answer.status < 500 && answer.status !== 429;
  if (!answer.ok) throw Object.assign(new Refusal(await wordsOf(answer)), { final });
  return answer.status === 204 ? null : answer.json();
};

const ofRun = (run, what, body, more) => post(`/${run.run}/${what}`, body, ticketOf(run), more);

const persistently = async (call) => {
  for (let wait = PAUSE_MS; ; wait *= 2) {
    try {
      return await call();
    } catch (refusal) {
      if (refusal.final || wait > LONGEST_MS) throw refusal;
      await pause(wait);
    }
  }
};

export const openRun = (settings) => post("", settings);

/** Lets the requests of `run` wait for a moment, once; `Refusal` for a second time. */
export const stall = (run) => ofRun(run, "stall", {});

const ticketOf = (run) => `${run.run}.${run.ticket}`;

/** Gives `run` up, even if this page is gone before; if that fails, the server notices by itself, seconds later. */
export const giveUp = (run) => ofRun(run, "abandon", {}, { keepalive: true }).catch(() => {});

/** What the worker has to know to send the load of `run`. */
export const orderOf = (run) => ({
  address: `/api/burst/${run.mode}`,
  method: run.mode === "write" ? "POST" : "GET",
  headers: { "x-burst-ticket": ticketOf(run) },
  size: run.size,
  workers: run.workers,
  rate: run.rate,
  rising: run.rising,
  lasts_ms: run.expires_in_s * 1000 - SPARE_MS,
});

/** Hands in what the browser saw, and returns the receipt. May be repeated: the server takes each `n` once. */
export const handIn = async (run, tally) => {
  const rows = tally.answers.map((answer) => [...answer.slice(0, 5), tally.isPushed(answer) ? 1 : 0, ...answer.slice(5)]);
  for (let from = 0; from < rows.length; from += CHUNK) {
    const answers = rows.slice(from, from + CHUNK);
    await persistently(() => ofRun(run, "answers", { answers }));
  }
  const end = { sent: tally.sent, cancelled: tally.stopped !== "", rate: run.rate, skipped: tally.skipped, ...(run.rising && { rising: true }) };
  return persistently(() => ofRun(run, "finish", end));
};
