// In the browser because only it knows which of the answered messages it has, and hears when one of them changes.
const WORDS = 90; // UTF-16 units of a quote, less those of the character, as readers count, that it would cut
const MOST_ASKED = 60; // as in http/chat/state.py
const MOST_KNOWN = 2_000;
const characters = new Intl.Segmenter();

export const isGone = ({ status }) => ["removed", "deleted"].includes(status);

// Quotes of the messages that rows answer. One that is not among the rows is asked for, once.
export class Quotes {
  known = new Map();
  asked = new Set();

  // A change of a message, or the answer: whatever is newer counts, so that a deleted text never comes back.
  learn(row) {
    if (this.asked.has(row.id) && !(this.known.get(row.id)?.rev > row.rev)) this.known.set(row.id, row);
  }

  of(id, rows) {
    const [here, known] = [rows.get(id), this.known.get(id)];
    const found = known?.rev > (here?.rev ?? -1) ? known : here ?? known;
    if (!found || isGone(found)) return { quoteBy: "", quoteWords: id ? "…" : "", quoteGone: Boolean(found) };
    const cut = characters.segment(found.body).containing(WORDS);
    const quoteWords = cut ? `${found.body.slice(0, cut.index || cut.segment.length)}…` : found.body;
    return { quoteBy: `${found.author} ${found.tag}`.trim(), quoteWords, quoteGone: false };
  }

  missing(ids, rows) {
    if (this.asked.size > MOST_KNOWN) Object.assign(this, { known: new Map(), asked: new Set() });
    const missing = [...new Set(ids)].filter((id) => id && !rows.has(id) && !this.asked.has(id)).slice(0, MOST_ASKED);
    missing.forEach((id) => this.asked.add(id));
    return missing;
  }
}
