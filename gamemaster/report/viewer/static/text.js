// Text: what a run holds becomes text nodes here and nowhere else; nothing of it is ever read as markup.

// Controls, formats and halves of characters: what a reader can't see, or what hides and reorders the rest.
// A joiner inside an emoji is what its name says, and stays.
const STRANGE =
  /(?<!\p{Extended_Pictographic}\uFE0F?)\u200D|\u200D(?!\p{Extended_Pictographic})|(?![\n\t\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/** An element; `given` may hold class, attributes, handlers under `on`, and styles as properties under `style`. */
export function el(tag, given = {}, ...children) {
  return fill(document.createElement(tag), given, children);
}

/** The same in SVG. */
export function svg(tag, given = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), given, children);
}

const ATTRIBUTES =
  /^(class|id|title|href|for|type|name|value|min|max|step|placeholder|role|tabindex|open|colspan|scope|dir|hidden|disabled|checked|selected|rows|lang|autocomplete|spellcheck|multiple|required|maxlength|aria-[a-z]+|data-[a-z-]+|viewBox|width|height|x|y|x1|y1|x2|y2|cx|cy|r|rx|d|points|transform|text-anchor|stroke-width|marker-end|preserveAspectRatio|refX|refY|markerWidth|markerUnits|markerHeight|orient|opacity)$/;

function fill(node, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else if (name === "style") {
      for (const [property, to] of Object.entries(value)) node.style.setProperty(property, to);
    } else if (!ATTRIBUTES.test(name) || (name === "href" && !String(value).startsWith("#"))) {
      throw new Error(`No ${name} is set here.`);
    } else {
      node.setAttribute(name, value === true ? "" : /^(title|aria-label)$/.test(name) ? plainly(value) : String(value));
    }
  }
  add(node, children);
  return node;
}

/** Put children into a node: nodes, our own words, lists of them; null is nothing. */
export function add(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(
      ...(child instanceof Node ? [child] : PLAIN.has(node.localName) ? [plainly(child)] : boxed(String(child))),
    );
  }
  return node;
}

const PLAIN = new Set(["option", "title", "text", "textarea"]); // which hold text alone

/** Text in which what can't be seen is written out. */
export const plainly = (value) => String(value).replace(STRANGE, (found) => `[${codeOf(found)}]`);

const codeOf = (found) => `U+${found.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

/** Text as nodes, with what can't be seen in boxes. */
function boxed(text, mark = "") {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(STRANGE)) {
    nodes.push(...marked(text.slice(from, found.index), mark));
    const box = document.createElement("span");
    box.className = "codepoint";
    box.title = `the character ${codeOf(found[0])}`;
    box.textContent = codeOf(found[0]);
    nodes.push(box);
    from = found.index + found[0].length;
  }
  nodes.push(...marked(text.slice(from), mark));
  return nodes;
}

/** Empty a node and put others in. */
export function put(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

/** Text of a run: as it is, with what can't be seen in boxes; `mark` is searched for and marked. */
export function say(value, { mark = "", block = false } = {}) {
  const text = (typeof value === "string" ? value : shownValue(value)).replace(/\r\n/g, "\n");
  const node = el(block ? "div" : "span", { class: "said", dir: "auto" });
  node.append(...boxed(text, mark));
  return node;
}

function marked(text, mark) {
  if (!text) return [];
  const lower = mark ? text.toLowerCase() : "";
  if (!mark || lower.length !== text.length) return [document.createTextNode(text)];
  const nodes = [];
  let from = 0;
  for (let at = lower.indexOf(mark); at >= 0; at = lower.indexOf(mark, from)) {
    const found = document.createElement("mark");
    found.textContent = text.slice(at, at + mark.length);
    nodes.push(document.createTextNode(text.slice(from, at)), found);
    from = at + mark.length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

/** A JSON value as text. */
export function shownValue(value) {
  if (typeof value === "string") return value;
  if (value === undefined) return "–";
  return JSON.stringify(
    value,
    null,
    value !== null && typeof value === "object" && JSON.stringify(value).length > 80 ? 2 : 0,
  );
}

/** A text on one line, cut. */
export function short(text, most = 140) {
  const line = String(text).replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

export const number = (value, digits = 2) =>
  typeof value !== "number"
    ? String(value)
    : Number.isInteger(value)
      ? value.toLocaleString("en")
      : value.toFixed(digits);

export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
