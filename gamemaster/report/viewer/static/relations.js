// Relations: who reached whom, as a graph and as a list; of everything, of what holds certain words, or as the world has it.
import { el, number, plural, put, say, short, svg } from "./text.js";
import { load } from "./source.js";
import { run, worldAt } from "./run.js";
import { announce, head } from "./frame.js";
import { choice, search, tableHead, told, who } from "./parts.js";
import { here, say_here, to, toEvent } from "./route.js";

const SIZE = 620;
const MOST_DRAWN = 400;
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
  const kinds = [["", "said or done, and noticed"], ["said to", "said in so many words"], ...networks.map(([path]) => [`world:${path}`, `the world’s ${JSON.parse(path).join(" / ")}`])];
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
  put(stand.body, shown.length ? [said ? words(said) : null, el("div", { class: "graph" }, graph(shown), shown.length > MOST_DRAWN ? el("p", { class: "quiet" }, `The ${MOST_DRAWN} most frequent of ${number(shown.length)} are drawn.`) : null), list(shown)] : el("p", { class: "quiet" }, "Nobody reached anybody so."));
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
      if (!event.actor || event.kind === "refusal" || event.kind === "failure" || !event.text.toLowerCase().includes(words)) continue;
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
    const lists = ofPeople && entries.every(([, to]) => Array.isArray(to) && to.every((each) => people.has(each))) && entries.some(([, to]) => to.length);
    const weights = ofPeople && entries.every(([, to]) => to !== null && typeof to === "object" && !Array.isArray(to) && Object.entries(to).every(([name, weight]) => people.has(name) && typeof weight === "number")) && entries.some(([, to]) => Object.keys(to).length);
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
    Array.isArray(others) ? others.map((name) => ({ from, to: name, weight: 1 })) : Object.entries(others).map(([name, weight]) => ({ from, to: name, weight })),
  );
}

/** The people in a ring, in their order, with an arrow for each relation. */
function graph(edges) {
  const known = [...new Set([...run.index.agents, ...edges.flatMap((each) => [each.from, each.to])])];
  const used = new Set(edges.flatMap((each) => [each.from, each.to]));
  const names = known.length > 24 ? known.filter((name) => used.has(name)) : known;
  const middle = SIZE / 2;
  const ring = middle - (names.length > 30 ? 60 : 96);
  const place = new Map(
    names.map((name, at) => {
      const angle = (2 * Math.PI * at) / names.length - Math.PI / 2;
      return [name, { x: middle + ring * Math.cos(angle), y: middle + ring * Math.sin(angle), angle }];
    }),
  );
  const weights = edges.map((each) => Math.abs(each.weight));
  const [least, most] = [Math.min(...weights), Math.max(...weights)];
  const many = edges.length > 150;
  const drawn = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "network", role: "img", "aria-label": `Who reached whom: ${plural(edges.length, "relation")}; the list below says the same` });
  const marker = svg("marker", { id: "arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" }, svg("path", { d: "M0 0L10 5L0 10z", class: "arrowhead" }));
  drawn.append(svg("defs", {}, marker));
  const crowd = names.length > 30;
  const radius = crowd ? 4 : 9;
  for (const each of edges.slice(0, MOST_DRAWN)) {
    const [a, b] = [place.get(each.from), place.get(each.to)];
    if (!a || !b || each.from === each.to) continue;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const length = Math.hypot(dx, dy) || 1;
    const bend = 0.12 * length;
    const cx = (a.x + b.x) / 2 - (dy / length) * bend;
    const cy = (a.y + b.y) / 2 + (dx / length) * bend;
    const toward = Math.hypot(b.x - cx, b.y - cy) || 1;
    const end = { x: b.x - ((b.x - cx) / toward) * (radius + 4), y: b.y - ((b.y - cy) / toward) * (radius + 4) };
    const share = most > least ? (Math.abs(each.weight) - least) / (most - least) : 0.3;
    const line = svg("path", { d: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${end.x.toFixed(1)} ${end.y.toFixed(1)}`, class: "edge", "stroke-width": (many ? 0.5 + 1.5 * share : 1.2 + 3 * share).toFixed(2), opacity: (many ? 0.12 + 0.7 * share * share : 0.35 + 0.5 * share).toFixed(2), "marker-end": many ? null : "url(#arrow)" });
    line.append(svg("title", {}, short(`${each.from} → ${each.to}: ${number(each.weight)}`, 120)));
    drawn.append(line);
  }
  for (const [name, at] of place) {
    const right = Math.cos(at.angle) > 0.15;
    const left = Math.cos(at.angle) < -0.15;
    const chosen = stand.of === name;
    const node = svg("g", { class: `node${chosen ? " chosen" : ""}${used.has(name) ? "" : " alone"}`, role: "button", tabindex: "0", "aria-label": short(name, 60) }, svg("circle", { cx: at.x, cy: at.y, r: radius }), crowd ? spoke(name, at, radius) : svg("text", { x: at.x + (right ? radius + 5 : left ? -radius - 5 : 0), y: at.y + (right || left ? 4 : at.y < middle ? -radius - 7 : radius + 16), "text-anchor": right ? "start" : left ? "end" : "middle" }, short(name, 16)));
    const choose = () => {
      stand.of = chosen ? "" : name;
      location.hash = to(["relations"], { q: stand.q, of: stand.of, kind: stand.kind });
    };
    node.addEventListener("click", choose);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose();
      }
    });
    drawn.append(node);
  }
  return drawn;
}

/** A name outside of the ring, turned as its spoke is. */
function spoke(name, at, radius) {
  const degrees = (at.angle * 180) / Math.PI;
  const back = Math.cos(at.angle) < 0;
  const x = at.x + (radius + 4) * Math.cos(at.angle);
  const y = at.y + (radius + 4) * Math.sin(at.angle);
  return svg("text", { class: "small", "text-anchor": back ? "end" : "start", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${(back ? degrees + 180 : degrees).toFixed(1)}) translate(0 3)` }, short(name, 12));
}

function words(said) {
  const MOST = 300;
  const mark = stand.q.trim().toLowerCase();
  const shown = stand.of ? said.filter((each) => each.event.actor === stand.of || each.reached.includes(stand.of)) : said;
  return el(
    "section",
    {},
    el("h2", {}, "Who told whom, in order"),
    el("ol", { class: "plain telling" }, shown.slice(0, MOST).map(({ event, reached }) => el("li", {}, el("p", { class: "line" }, el("span", { class: "when" }, `step ${event.step}`), who(event.actor, { step: event.step }), el("span", { class: "quiet" }, "reached"), reached.map((name) => who(name, { step: event.step }))), el("p", {}, el("a", { href: toEvent(event.id) }, told(event, mark)))))),
    shown.length > MOST ? el("p", { class: "quiet" }, `${shown.length - MOST} more; narrow the search to see them.`) : null,
  );
}

function list(edges) {
  const MOST = 400;
  const rows = edges.slice(0, MOST).map((each) =>
    el("tr", {}, el("td", {}, who(each.from)), el("td", {}, who(each.to)), el("td", { class: "figure-cell" }, number(each.weight)), el("td", { class: "figure-cell" }, each.first === undefined ? "" : each.first === each.last ? `step ${each.first}` : `steps ${each.first} to ${each.last}`), el("td", {}, each.first === undefined ? null : el("a", { href: to(["story"], { agent: each.from, noticed: each.to, q: stand.q }) }, "read"))),
  );
  return el("section", {}, el("h2", {}, "How often"), el("div", { class: "wide" }, el("table", {}, tableHead("who", "reached", "times", "when", ""), el("tbody", {}, rows))), edges.length > MOST ? el("p", { class: "quiet" }, `${edges.length - MOST} more.`) : null);
}
