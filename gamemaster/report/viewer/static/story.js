// Story: the events in their order, by step and scene or by place, with filters and search.
import { el, put, plural } from "./text.js";
import { load } from "./source.js";
import { clock, eventAt, eventCount, pageOfEvent, run } from "./run.js";
import { LongList } from "./scroll.js";
import { announce, frame, head } from "./frame.js";
import { choice, KINDS, row, search, stepHeading } from "./parts.js";
import { go, here, say_here, to, toEvent } from "./route.js";

/** What is selected, kept while one looks at something else. */
export const story = { list: null, places: [], at: null, given: {}, active: false };

export async function showStory() {
  const given = here().given;
  story.given = {
    q: given.q || "",
    agent: given.agent || "",
    kind: given.kind || "",
    place: given.place || "",
    by: given.by || "",
    noticed: given.noticed || "",
    silent: given.silent || "",
  };
  story.active = true;
  const holder = el("div", { class: "events" });
  const count = el("p", { class: "count", role: "status" });
  const view = [
    head("Story", "What happened, in order. Open an event to see what caused it."),
    filters(() => fillList(holder, count)),
    count,
    holder,
  ];
  // The list measures what it shows, so it has to stand in the page first.
  queueMicrotask(() => fillList(holder, count));
  return view;
}

export function leaveStory() {
  story.active = false;
  if (story.list) story.list.close();
  story.list = null;
}

function filters(changed) {
  const outline = run.outline;
  const change = (name) => (value) => {
    story.given[name] = value;
    story.at = null;
    say_here(to(["story"], story.given));
    changed();
  };
  const known = (column) => [...new Set(outline[column])].filter(Boolean).sort();
  const all = (names, title) => [["", title], ...names.map((name) => [name, name])];
  const actors = known("actor");
  return el(
    "form",
    {
      class: "filters",
      role: "search",
      "aria-label": "Filter the story",
      on: { submit: (event) => event.preventDefault() },
    },
    search("Search", story.given.q, change("q"), "words in the story"),
    choice("By", all(actors, "anybody"), story.given.agent, change("agent")),
    choice("Noticed by", all(run.index.agents, "anybody"), story.given.noticed, change("noticed")),
    choice(
      "Kind",
      [["", "any"], ...known("kind").map((kind) => [kind, KINDS[kind] || kind])],
      story.given.kind,
      change("kind"),
    ),
    choice("Place", all(known("place"), "anywhere"), story.given.place, change("place")),
    choice(
      "Order",
      [
        ["", "as it happened"],
        ["place", "by place"],
        ["scene", "by scene"],
      ],
      story.given.by,
      change("by"),
    ),
    outline.told.every(Boolean)
      ? null
      : choice(
          "Silent changes",
          [
            ["", "left out"],
            ["1", "shown"],
          ],
          story.given.silent,
          change("silent"),
        ),
  );
}

let filling = 0;

async function fillList(holder, count) {
  const mine = ++filling;
  if (story.list) story.list.close();
  const places = await wanted(mine, count);
  if (mine !== filling || !story.active) return;
  story.places = places;
  const outline = run.outline;
  const by = story.given.by;
  if (by) places.sort((a, b) => (outline[by][a] === outline[by][b] ? a - b : outline[by][a] < outline[by][b] ? -1 : 1));
  put(count, places.length ? plural(places.length, "event") : "No event fits.");
  announce(count.textContent);
  story.list = new LongList({ count: places.length, rows, estimate: 92, label: "Events" });
  put(holder, story.list.node);
  if (story.at !== null) {
    const at = places.indexOf(story.at);
    if (at >= 0) select(at, { quiet: true });
  }
}

/** The places of the events that fit the filters; what is searched for is looked up page by page. */
async function wanted(mine, count) {
  const { q, agent, kind, place, noticed, silent } = story.given;
  const outline = run.outline;
  const found = [];
  for (let at = 0; at < eventCount(); at++) {
    if (!silent && !outline.told[at]) continue;
    if (agent && outline.actor[at] !== agent) continue;
    if (kind && outline.kind[at] !== kind) continue;
    if (place && outline.place[at] !== place) continue;
    found.push(at);
  }
  const words = q.trim().toLowerCase();
  if (!words && !noticed) return found;
  const kept = [];
  let page = -1;
  let events = [];
  for (const at of found) {
    if (pageOfEvent(at) !== page) {
      page = pageOfEvent(at);
      put(count, `Searching … ${Math.round((100 * page) / run.index.pages.length)} %`);
      events = (await load(`events/${page}`)).events;
      if (mine !== filling) return [];
    }
    const event = events[at - run.index.pages[page][2]];
    if (
      words &&
      !`${event.text} ${event.actor || ""} ${event.place || ""} ${event.action || ""}`.toLowerCase().includes(words)
    )
      continue;
    if (noticed && !(event.seen || []).some((each) => each[0] === noticed)) continue;
    kept.push(at);
  }
  return kept;
}

async function rows(from, until) {
  const { by } = story.given;
  const outline = run.outline;
  const mark = story.given.q.trim().toLowerCase();
  const nodes = [];
  for (let at = from; at < until; at++) {
    const place = story.places[at];
    const event = await eventAt(place);
    const before = at > 0 ? story.places[at - 1] : null;
    const node = el("div", { class: "item" });
    if (by && (before === null || outline[by][before] !== outline[by][place])) {
      node.append(el("h2", { class: "group" }, outline[by][place] || (by === "place" ? "no place" : "no scene")));
    }
    if (before === null || outline.step[before] !== event.step || (by && outline[by][before] !== outline[by][place])) {
      node.append(stepHeading(event.step, event.time, event.scene));
    }
    const shown = row(event, place, { mark, place: by !== "place" });
    if (place === story.at) shown.classList.add("selected");
    shown.addEventListener("click", (click) => {
      if (!click.target.closest("a") && !String(getSelection())) go(toEvent(event.id));
    });
    node.append(shown);
    nodes.push(node);
  }
  return nodes;
}

/** Select the event before or after; where none is, the first in the window. */
export async function move(by) {
  if (!story.places.length || !story.list) return;
  const now = story.at === null ? -1 : story.places.indexOf(story.at);
  const next = now < 0 ? firstInWindow() : Math.min(Math.max(now + by, 0), story.places.length - 1);
  await select(next);
}

function firstInWindow() {
  for (const node of frame.main.querySelectorAll(".row")) {
    if (node.getBoundingClientRect().top > 90) return Math.max(story.places.indexOf(Number(node.dataset.at)), 0);
  }
  return 0;
}

async function select(at, { quiet = false } = {}) {
  story.at = story.places[at];
  const item = await story.list.reveal(at);
  for (const other of frame.main.querySelectorAll(".row.selected")) other.classList.remove("selected");
  if (!item) return;
  const node = item.querySelector(".row");
  node.classList.add("selected");
  node.querySelector("a.why").focus({ preventScroll: true });
  if (!quiet) announce(`${at + 1} of ${story.places.length}, ${clock((await eventAt(story.at)).time)}`);
}

/** The run has gone on: the new events come at the end, where no search is on. */
export function storyGrew() {
  if (!story.active || !story.list) return;
  const { q, noticed, by } = story.given;
  if (q || noticed || by) return;
  const known = story.places.length ? story.places.at(-1) : -1;
  const { agent, kind, place, silent } = story.given;
  const outline = run.outline;
  for (let at = known + 1; at < eventCount(); at++) {
    if (
      (silent || outline.told[at]) &&
      (!agent || outline.actor[at] === agent) &&
      (!kind || outline.kind[at] === kind) &&
      (!place || outline.place[at] === place)
    )
      story.places.push(at);
  }
  story.list.grow(story.places.length);
  const count = frame.main.querySelector(".count");
  if (count) put(count, plural(story.places.length, "event"));
}
