// In the browser because the index is searched where it is read: what a reader looks for is sent to nobody.
import { useState } from "react";
let index; // asked for when the field is first used
const load = () => fetch("/search.json").then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)));
const WEIGHTS = [0, 4, 2, 1]; // of a word in the title, in the description, in the text
const score = (page, words) => {
  const each = words.map((word) => Math.max(...WEIGHTS.map((w, i) => (page[i].toLowerCase().includes(word) ? w : 0))));
  return Math.min(...each) && each.reduce((sum, points) => sum + points, 0);
};
const find = (pages, text) => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const scored = pages.map((page) => [words.length ? score(page, words) : 0, page]).filter(([points]) => points);
  return scored.sort(([a], [b]) => b - a).map(([, page]) => page);
};

export function SearchBox({ className }) {
  const [text, setText] = useState("");
  const [pages, setPages] = useState(null);
  const [problem, setProblem] = useState("");
  const ask = async () => {
    const read = await (index ??= load()).catch(() => (index = null));
    setPages(read);
    setProblem(read ? "" : "The index can't be read now.");
  };
  const results = find(pages ?? [], text);
  return (
    <search className={className}>
      <label htmlFor="searched">{"Words"}</label>
      <input id="searched" type="search" value={text} onFocus={ask} onChange={(event) => (ask(), setText(event.target.value))} />
      <p role="status">{problem || (text && (pages ? `${results.length} ${results.length === 1 ? "page found" : "pages found"}` : "Reading the index…"))}</p>
      <ol>{results.map(([path, title, about]) => <li key={path}><a href={path}>{title}</a><p>{about}</p></li>)}</ol>
    </search>
  );
}
