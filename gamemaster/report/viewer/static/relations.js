// Relations: who reached whom, as a graph and as a list; of everything, of what holds certain words, or as the world has it.
import { el, number, plural, put, say } from "./text.js";
import { load } from "./source.js";
import { run, worldAt } from "./run.js";
import { graph, MOST_DRAWN } from "./graph.js";
import { announce, head } from "./frame.js";
import { choice, search, tableHead, told, who } from "./parts.js";
import { here, say_here, to, toEvent } from "./route.js";

const stand = { q: "", of: "", kind: "", body: null };

export async function showRelations() {
  const { given } = here();
  Object.assign(stand, { q: given.q || "", of: given.of || "", kind: given.kind || "" });
  stand.body = el("div", {});
  const change = (name) => (value) => {
    stand[name] = value;
    say_here(to(["relations"], { q: stand.q, of: stand.of, kind: stand.kind }));
    draw();
  };
  const networks = await networksOfTheWorld();
  const kinds = [
    ["", "said or done, and noticed"],
    ["said to", "said in so many words"],
    ...networks.map(([path]) => [`world:${path}`, `the world’s ${JSON.parse(path).join(" / ")}`]),
  ];
  const view = [
    head("Relations", "An arrow leads from whoever said or did something to those who noticed it."),
    el(
      "form",
      { class: "filters", on: { submit: (event) => event.preventDefault() } },
      search("What was said or done holds", stand.q, change("q"), "party, for instance"),
      choice("Whose", [["", "everybody"], ...run.index.agents.map((name) => [name, name])], stand.of, change("of")),
      choice("Relation", kinds, stand.kind, change("kind")),
    ),
    stand.body,
  ];
  await draw();
  return view;
}

let drawing = 0;

async function draw() {
  const mine = ++drawing;
  put(stand.body, el("p", { class: "quiet", role: "status" }, "Counting …"));
  const { edges, said } = await edgesWanted(mine);
  if (mine !== drawing) return;
  const shown = stand.of ? edges.filter((each) => each.from === stand.of || each.to === stand.of) : edges;
  announce(plural(shown.length, "relation"));
  put(
    stand.body,
    shown.length
      ? [
          said ? words(said) : null,
          el(
            "div",
            { class: "graph" },
            graph(shown, stand.of, choose),
            shown.length > MOST_DRAWN
              ? el("p", { class: "quiet" }, `The ${MOST_DRAWN} most frequent of ${number(shown.length)} are drawn.`)
              : null,
          ),
          list(shown),
        ]
      : el("p", { class: "quiet" }, "Nobody reached anybody so."),
  );
}

/** The edges, most frequent first; with words, what was said or done too. */
async function edgesWanted(mine) {
  if (stand.kind.startsWith("world:")) return { edges: await worldEdges(JSON.parse(stand.kind.slice(6))) };
  const words = stand.q.trim().toLowerCase();
  if (!words) {
    const counted = new Map();
    for (const [source, target, kind, weight, first, last] of (await load("relations")).edges) {
      // "noticed" leads from the one who noticed; here an arrow leads from whoever was noticed.
      const [from, reached] = kind === "noticed" ? [target, source] : [source, target];
      if (!stand.kind || kind === stand.kind) count(counted, from, reached, weight, first, last);
    }
    return { edges: sorted(counted) };
  }
  const counted = new Map();
  const said = [];
  for (let page = 0; page < run.index.pages.length; page++) {
    for (const event of (await load(`events/${page}`)).events) {
      if (
        !event.actor ||
        event.kind === "refusal" ||
        event.kind === "failure" ||
        !event.text.toLowerCase().includes(words)
      )
        continue;
      if (stand.kind === "said to" && event.kind !== "speech") continue;
      const reached = [...new Set((event.seen || []).map((each) => each[0]))].filter((name) => name !== event.actor);
      for (const name of reached) count(counted, event.actor, name, 1, event.step, event.step);
      if (reached.length) said.push({ event, reached });
    }
    if (mine !== drawing) return { edges: [] };
  }
  return { edges: sorted(counted), said };
}

function count(counted, from, reached, weight, first, last) {
  const key = JSON.stringify([from, reached]);
  const edge = counted.get(key);
  if (!edge) counted.set(key, { from, to: reached, weight, first, last });
  else {
    edge.weight += weight;
    edge.first = Math.min(edge.first, first);
    edge.last = Math.max(edge.last, last);
  }
}

const sorted = (counted) => [...counted.values()].sort((a, b) => b.weight - a.weight || (a.from < b.from ? -1 : 1));

/** Places of the world that lead from agents to agents: lists of names, or a number for each name. */
async function networksOfTheWorld() {
  if (run.index.last_step < 0) return [];
  const people = new Set(run.index.agents);
  const found = [];
  const walk = (held, path) => {
    if (held === null || typeof held !== "object" || Array.isArray(held) || path.length > 4) return;
    const entries = Object.entries(held);
    const ofPeople = entries.length > 1 && entries.every(([name]) => people.has(name));
    const lists =
      ofPeople &&
      entries.every(([, to]) => Array.isArray(to) && to.every((each) => people.has(each))) &&
      entries.some(([, to]) => to.length);
    const weights =
      ofPeople &&
      entries.every(
        ([, to]) =>
          to !== null &&
          typeof to === "object" &&
          !Array.isArray(to) &&
          Object.entries(to).every(([name, weight]) => people.has(name) && typeof weight === "number"),
      ) &&
      entries.some(([, to]) => Object.keys(to).length);
    if (lists || weights) found.push([JSON.stringify(path), held]);
    else for (const [name, inner] of entries) walk(inner, [...path, name]);
  };
  try {
    walk((await worldAt(run.index.last_step)).now, []);
  } catch {
    return [];
  }
  return found;
}

async function worldEdges(path) {
  let held = (await worldAt(run.index.last_step)).now;
  for (const part of path) held = held?.[part];
  return Object.entries(held || {}).flatMap(([from, others]) =>
    Array.isArray(others)
      ? others.map((name) => ({ from, to: name, weight: 1 }))
      : Object.entries(others).map(([name, weight]) => ({ from, to: name, weight })),
  );
}

/** Show one's own relations alone, or, once more, everybody's. */
function choose(name) {
  location.hash = to(["relations"], { q: stand.q, of: stand.of === name ? "" : name, kind: stand.kind });
}

function words(said) {
  const MOST = 300;
  const mark = stand.q.trim().toLowerCase();
  const shown = stand.of
    ? said.filter((each) => each.event.actor === stand.of || each.reached.includes(stand.of))
    : said;
  return el(
    "section",
    {},
    el("h2", {}, "Who told whom, in order"),
    el(
      "ol",
      { class: "plain telling" },
      shown.slice(0, MOST).map(({ event, reached }) =>
        el(
          "li",
          {},
          el(
            "p",
            { class: "line" },
            el("span", { class: "when" }, `step ${event.step}`),
            who(event.actor, { step: event.step }),
            el("span", { class: "quiet" }, "reached"),
            reached.map((name) => who(name, { step: event.step })),
          ),
          el("p", {}, el("a", { href: toEvent(event.id) }, told(event, mark))),
        ),
      ),
    ),
    shown.length > MOST
      ? el("p", { class: "quiet" }, `${shown.length - MOST} more; narrow the search to see them.`)
      : null,
  );
}

function list(edges) {
  const MOST = 400;
  const rows = edges
    .slice(0, MOST)
    .map((each) =>
      el(
        "tr",
        {},
        el("td", {}, who(each.from)),
        el("td", {}, who(each.to)),
        el("td", { class: "figure-cell" }, number(each.weight)),
        el(
          "td",
          { class: "figure-cell" },
          each.first === undefined
            ? ""
            : each.first === each.last
              ? `step ${each.first}`
              : `steps ${each.first} to ${each.last}`,
        ),
        el(
          "td",
          {},
          each.first === undefined
            ? null
            : el("a", { href: to(["story"], { agent: each.from, noticed: each.to, q: stand.q }) }, "read"),
        ),
      ),
    );
  return el(
    "section",
    {},
    el("h2", {}, "How often"),
    el(
      "div",
      { class: "wide" },
      el("table", {}, tableHead("who", "reached", "times", "when", ""), el("tbody", {}, rows)),
    ),
    edges.length > MOST ? el("p", { class: "quiet" }, `${edges.length - MOST} more.`) : null,
  );
}
