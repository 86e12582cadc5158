// Run: the index and the outline of the run at hand, and ways from an id to what it names.
import { forget, load } from "./source.js";

export const run = { index: null, outline: null };

/** Load the head of the run; again when it has gone on. */
export async function openRun() {
  forget((name) => name === "index");
  run.index = await load("index");
  const outline = await load("outline");
  run.outline = named(outline);
}

/** Take up the steps that have come; whether there were any. */
export async function goOn(status) {
  const known = run.index.last_step;
  if (status.last_step === known && status.status === run.index.status) return false;
  const pages = run.index.pages.length;
  const worldPage = Math.floor(Math.max(known, 0) / run.index.world_steps);
  forget((name) => {
    const [kind, at] = name.split("/");
    if (kind === "events" || kind === "details") return Number(at) >= pages - 1;
    if (kind === "world") return Number(at) >= worldPage;
    return kind !== "sections";
  });
  run.index = await load("index");
  const more = named(await load(`outline/${Math.max(known, 0)}`));
  if (known < 0) run.outline = named(await load("outline"));
  else for (const column of COLUMNS) for (const value of more[column]) run.outline[column].push(value);
  return true;
}

const COLUMNS = ["step", "told", "kind", "actor", "place", "scene"];

function named(outline) {
  const of = (column) => outline[column].map((at) => outline.names[at]);
  return {
    step: outline.step.slice(),
    told: outline.told.slice(),
    kind: of("kind"),
    actor: of("actor"),
    place: of("place"),
    scene: of("scene"),
  };
}

export const eventCount = () => run.outline.step.length;

/** The number of the page that holds a step. */
export function pageOfStep(step) {
  const pages = run.index.pages;
  let low = 0;
  let high = pages.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pages[middle][0] <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The number of the page that holds the event at this place among all. */
export function pageOfEvent(at) {
  const pages = run.index.pages;
  let low = 0;
  let high = pages.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pages[middle][2] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The event at this place among all. */
export async function eventAt(at) {
  const page = pageOfEvent(at);
  return (await load(`events/${page}`)).events[at - run.index.pages[page][2]];
}

/** The event of an id, with its place among all; null when there is none. */
export async function findEvent(id) {
  const step = Number(id.split("/")[0]);
  if (!Number.isInteger(step) || step < 0 || !run.index.pages.length) return null;
  const page = pageOfStep(step);
  const events = (await load(`events/${page}`)).events;
  const at = events.findIndex((each) => each.id === id);
  return at < 0 ? null : { event: events[at], at: run.index.pages[page][2] + at };
}

const NOTHING = { attempts: [], calls: [], recalls: [], causes: {}, asks: [] };

/** What stands behind the events of a step. */
export async function detailsOf(step) {
  const page = await load(`details/${pageOfStep(step)}`);
  return { ...NOTHING, ...(page.steps[String(step)] || {}) };
}

/** The events of a step, in their order. */
export async function eventsOf(step) {
  return (await load(`events/${pageOfStep(step)}`)).events.filter((each) => each.step === step);
}

/** The time and the scene of a step. */
export async function stepOf(step) {
  const found = (await load(`events/${pageOfStep(step)}`)).steps.find((each) => each[0] === step);
  return found ? { step, time: found[1], scene: found[2] } : { step, time: 0, scene: "" };
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const two = (value) => String(value).padStart(2, "0");

/** Simulated time as a clock would show it, with the day where the run has more than one or a calendar. */
export function clock(seconds, { day = true } = {}) {
  const start = run.index.start;
  if (!start) {
    const minutes = Math.floor((seconds % 86400) / 60);
    const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    return day ? `day ${Math.floor(seconds / 86400) + 1}, ${time}` : time;
  }
  const begun = Date.parse(`${start.slice(0, 19)}Z`);
  const now = new Date(begun + Math.floor(seconds) * 1000);
  const time = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`;
  return day ? `${DAYS[now.getUTCDay()]} ${now.getUTCDate()} ${MONTHS[now.getUTCMonth()]}, ${time}` : time;
}

/** A JSON value with a JSON Patch made to it; shares nothing that it changes. */
export function patched(value, patch) {
  let root = value;
  for (const operation of patch) root = applied(root, pointer(operation.path), operation);
  return root;
}

export const pointer = (path) =>
  path
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));

function applied(value, path, operation) {
  if (!path.length) return operation.op === "remove" ? undefined : operation.value;
  const [part, ...rest] = path;
  if (Array.isArray(value)) {
    const items = value.slice();
    const at = part === "-" ? items.length : Number(part);
    if (rest.length) items[at] = applied(items[at], rest, operation);
    else if (operation.op === "add") items.splice(at, 0, operation.value);
    else if (operation.op === "remove") items.splice(at, 1);
    else items[at] = operation.value;
    return items;
  }
  // A Map would be safer against the name __proto__; an object without a prototype is as safe, and prints like JSON.
  const members = Object.assign(Object.create(null), value);
  if (rest.length) members[part] = applied(members[part], rest, operation);
  else if (operation.op === "remove") delete members[part];
  else members[part] = operation.value;
  return members;
}

/** What stands at a place, undefined where nothing does. */
export function lookUp(value, path) {
  for (const part of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The world at the end of a step and at the end of the one before, and the events that changed it. */
export async function worldAt(step) {
  const page = await load(`world/${Math.floor(step / run.index.world_steps)}`);
  let before = page.fields;
  let now = page.fields;
  for (const [at, kind, value] of page.steps) {
    if (at > step) break;
    if (at === step) before = now;
    now = kind === "patch" ? patched(now, value) : value;
  }
  if (!page.steps.some((each) => each[0] === step)) before = now;
  return { before, now, events: page.events.filter((each) => each.step === step) };
}
