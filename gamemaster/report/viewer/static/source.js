// Source: where what is shown comes from: blocks in this file, unpacked when they are needed, or the server's answers.
import { el } from "./text.js";

export const served = document.documentElement.dataset.mode === "served";

const KEPT = 150; // how many unpacked pages are held; the rest are unpacked again
const cache = new Map();
let blocks = null;

/** What stands under a name, such as events/3. */
export function load(name) {
  let found = cache.get(name);
  if (found) {
    cache.delete(name); // the latest used stands last
  } else {
    found = served ? fetched(name) : unpacked(name);
    found.catch(() => cache.delete(name));
    if (cache.size >= KEPT) cache.delete(cache.keys().next().value);
  }
  cache.set(name, found);
  return found;
}

/** Ask again for what may have grown. */
export function forget(isOld) {
  for (const name of [...cache.keys()]) if (isOld(name)) cache.delete(name);
}

async function fetched(name) {
  const answer = await fetch(`/data/${name.split("/").map(encodeURIComponent).join("/")}`, { cache: "no-store" });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error || `The server answered ${answer.status}.`);
  return found;
}

async function unpacked(name) {
  if (!blocks) {
    blocks = new Map();
    for (const each of document.querySelectorAll("script[data-name]")) blocks.set(each.dataset.name, each);
  }
  const block = blocks.get(name);
  if (!block) throw new Error("This is not in the report; use `gamemaster view` to see all of the run.");
  const letters = atob(block.textContent);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(plain).text());
}

/** The sections of a prompt, from what its call names them by: [digest, label, text, changes, kind, component]. */
export async function sections(references, starts) {
  if (!references.length) return [];
  if (served) {
    const wanted = [];
    for (let at = 0; at < references.length; at += 50)
      wanted.push(load(`sections/${references.slice(at, at + 50).join(",")}`));
    return (await Promise.all(wanted)).flatMap((each) => each.sections);
  }
  return Promise.all(
    references.map(async (reference) => {
      let at = 0;
      while (at + 1 < starts.length && starts[at + 1] <= reference) at++;
      return (await load(`sections/${at}`)).sections[reference - starts[at]];
    }),
  );
}

/** Give the server an order; what it answers. */
export async function order(what, token) {
  const answer = await fetch("/control", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Gamemaster-Token": token },
    body: JSON.stringify(what),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error || `The server answered ${answer.status}.`);
  return found;
}

/** A notice of something that went wrong. */
export const trouble = (error) => el("p", { class: "notice bad", role: "alert" }, error.message || String(error));
