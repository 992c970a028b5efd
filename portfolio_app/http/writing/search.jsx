// In the browser because the index is searched where it is read: what a reader looks for is sent to nobody.
import { useEffect, useRef, useState } from "react";
import { keep, kept } from "$/public/js/store.js";
let index; // asked for when the field is first used
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/ı/g, "i").replace(/ς/g, "σ"); // a résumé is a resume
const load = () => fetch("/search.json").then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)));
const WEIGHTS = [0, 4, 2, 1]; // of a word in the title, in the description, in the text
const score = (page, words) => {
  const each = words.map((word) => Math.max(...WEIGHTS.map((w, i) => (plain(page[i]).includes(word) ? w : 0))));
  return Math.min(...each) && each.reduce((sum, points) => sum + points, 0);
};
const find = (pages, text) => {
  const words = plain(text).match(/[\p{L}\p{N}]+|\p{Extended_Pictographic}/gu) ?? [];
  const scored = pages.map((page) => [words.length ? score(page, words) : 0, page]).filter(([points]) => points);
  return scored.sort(([a], [b]) => b - a).map(([, page]) => page);
};

export function SearchBox({ className }) {
  const field = useRef(null);
  const [text, setText] = useState("");
  const [pages, setPages] = useState(); // null when they can't be read
  const ask = async () => setPages(await (index ??= load()).catch(() => (index = null)));
  const look = (words) => [ask(), keep("searched", words), setText(words)];
  // Words typed before the scripts were there, or searched before a result was opened.
  useEffect(() => {
    const words = field.current.value || kept("searched");
    if (words) look(words);
  }, []);
  const results = find(pages ?? [], text);
  return (
    <search className={className}>
      <label htmlFor="searched">{"Words"}</label>
      <input ref={field} id="searched" type="search" dir="auto" value={text} onFocus={ask} onChange={({ target }) => look(target.value)} />
      <p role="status">{pages === null ? "The index can't be read now." : text && (pages ? `${results.length} ${results.length === 1 ? "page found" : "pages found"}` : "Reading the index…")}</p>
      <ol>{results.map(([path, title, about]) => <li key={path}><a href={path}>{title}</a><p>{about}</p></li>)}</ol>
    </search>
  );
}
