// World: its fields at the end of a step, with what that step changed, and the history of any place in it.
import { el, number, plural, put, say, short, shownValue } from "./text.js";
import { load, trouble } from "./source.js";
import { clock, lookUp, patched, run, stepOf, worldAt } from "./run.js";
import { lines } from "./charts.js";
import { announce, head } from "./frame.js";
import { search, tableHead, told } from "./parts.js";
import { here, say_here, to, toEvent } from "./route.js";

const MOST = 600;
const stand = { step: 0, q: "", only: false, body: null, history: null, path: null };

export async function showWorld() {
  const { given } = here();
  if (run.index.last_step < 0) return [head("World", "The run has no committed step yet.")];
  stand.step = Math.min(
    Math.max(given.step === undefined ? run.index.last_step : Number(given.step) || 0, 0),
    run.index.last_step,
  );
  stand.q = given.q || "";
  stand.only = given.only === "1";
  stand.path = given.path || null;
  stand.body = el("div", {});
  stand.history = el("div", {});
  const slider = el("input", {
    type: "range",
    min: 0,
    max: run.index.last_step,
    value: stand.step,
    "aria-label": "Step",
  });
  const shown = el("output", { class: "when" });
  const goTo = async (step) => {
    stand.step = Math.min(Math.max(step, 0), run.index.last_step);
    slider.value = stand.step;
    remember();
    await draw(shown);
  };
  slider.addEventListener("input", () => goTo(Number(slider.value)));
  const only = el("input", { type: "checkbox", checked: stand.only });
  only.addEventListener("change", () => {
    stand.only = only.checked;
    remember();
    draw(shown);
  });
  const change = (value) => {
    stand.q = value;
    remember();
    draw(shown);
  };
  const view = [
    head("World", `${run.index.world || "The state"}, as it stood at the end of each step.`),
    el(
      "div",
      { class: "filters timeline" },
      el("button", { type: "button", "aria-label": "The step before", on: { click: () => goTo(stand.step - 1) } }, "‹"),
      slider,
      el("button", { type: "button", "aria-label": "The step after", on: { click: () => goTo(stand.step + 1) } }, "›"),
      shown,
    ),
    el(
      "div",
      { class: "filters" },
      search("Search", stand.q, change, "a place in the world"),
      el("label", { class: "check" }, only, " only what this step changed"),
    ),
    stand.history,
    stand.body,
  ];
  await draw(shown);
  if (stand.path) await history(stand.path);
  return view;
}

const remember = () =>
  say_here(to(["world"], { step: stand.step, q: stand.q, only: stand.only ? "1" : "", path: stand.path }));

let drawing = 0;

async function draw(shown) {
  const mine = ++drawing;
  try {
    const [{ before, now, events }, when] = await Promise.all([worldAt(stand.step), stepOf(stand.step)]);
    if (mine !== drawing) return;
    put(shown, `step ${stand.step}, ${clock(when.time)}`);
    announce(`step ${stand.step}`);
    put(stand.body, happened(events), table(before, now));
  } catch (error) {
    put(stand.body, trouble(error));
  }
}

const happened = (events) =>
  events.length
    ? el(
        "section",
        {},
        el("h2", {}, "What changed it in this step"),
        el(
          "ul",
          { class: "plain" },
          events.map((each) =>
            el(
              "li",
              {},
              el("a", { href: toEvent(each.id) }, told(each)),
              el("span", { class: "quiet" }, ` · ${plural(each.change.length, "change")}`),
            ),
          ),
        ),
      )
    : el("p", { class: "quiet" }, "Nothing changed in this step.");

function table(before, now) {
  const [was, is] = [leaves(before), leaves(now)];
  const words = stand.q.toLowerCase();
  const all = [...new Set([...is.keys(), ...was.keys()])].filter(
    (path) => !words || path.toLowerCase().includes(words) || shownValue(is.get(path)).toLowerCase().includes(words),
  );
  const changed = (path) => JSON.stringify(was.get(path)) !== JSON.stringify(is.get(path));
  const paths = stand.only ? all.filter(changed) : all;
  if (!paths.length)
    return el("p", { class: "quiet" }, all.length ? "Nothing changed here in this step." : "Nothing here.");
  const rows = [];
  let group = null;
  for (const path of paths.slice(0, MOST)) {
    const parts = JSON.parse(path);
    if (parts[0] !== group) {
      group = parts[0];
      rows.push(el("tr", { class: "group" }, el("th", { colspan: 2, scope: "colgroup" }, say(group))));
    }
    const label = parts.slice(1).join(" / ") || group;
    rows.push(
      el(
        "tr",
        { class: changed(path) ? "changed" : "" },
        el(
          "th",
          { scope: "row" },
          el(
            "button",
            { type: "button", class: "plainly", title: "its history", on: { click: () => history(path) } },
            say(label),
          ),
        ),
        el(
          "td",
          {},
          changed(path) && was.has(path) ? [el("del", {}, value(was.get(path))), " "] : null,
          is.has(path)
            ? changed(path)
              ? el("ins", {}, value(is.get(path)))
              : value(is.get(path))
            : el("span", { class: "quiet" }, "gone"),
        ),
      ),
    );
  }
  return el(
    "section",
    {},
    el("h2", {}, "Its fields"),
    el("div", { class: "wide" }, el("table", { class: "world" }, tableHead("place", "value"), el("tbody", {}, rows))),
    paths.length > MOST ? el("p", { class: "quiet" }, `${paths.length - MOST} more; search to see them.`) : null,
  );
}

const value = (held) => say(typeof held === "number" ? number(held, 4) : short(shownValue(held), 400));

/** The places of a state that hold no places themselves, as JSON of their path, with what stands there. */
function leaves(fields) {
  const found = new Map();
  const walk = (held, path) => {
    const isObject = held !== null && typeof held === "object" && !Array.isArray(held);
    const deep = isObject
      ? Object.keys(held).length > 0
      : Array.isArray(held) && held.some((each) => each !== null && typeof each === "object");
    if (deep && path.length < 12) {
      for (const [name, inner] of Object.entries(held)) walk(inner, [...path, name]);
    } else if (path.length) found.set(JSON.stringify(path), held);
  };
  walk(fields || {}, []);
  return found;
}

/** How a place changed over the run. */
async function history(path) {
  stand.path = path;
  remember();
  let parts;
  try {
    parts = JSON.parse(path);
  } catch {
    return;
  }
  if (!Array.isArray(parts)) return;
  put(stand.history, el("p", { class: "quiet" }, "Looking through the run …"));
  const found = [];
  const size = run.index.world_steps;
  for (let page = 0; page * size <= run.index.last_step; page++) {
    const held = await load(`world/${page}`);
    let fields = held.fields;
    if (!page) note(found, 0, lookUp(fields, parts));
    for (const [step, kind, change] of held.steps) {
      fields = kind === "patch" ? patched(fields, change) : change;
      note(found, step, lookUp(fields, parts));
    }
  }
  const isNumber = found.length > 1 && found.every((each) => typeof each[1] === "number");
  const points =
    found.length && found.at(-1)[0] < run.index.last_step ? [...found, [run.index.last_step, found.at(-1)[1]]] : found;
  const title = parts.join(" / ");
  put(
    stand.history,
    el(
      "section",
      { class: "panel", "aria-label": `History of ${title}` },
      el(
        "h2",
        {},
        el("span", {}, "The history of ", say(title)),
        el("button", { type: "button", class: "ghost", "aria-label": "Close the history", on: { click: close } }, "✕"),
      ),
      isNumber ? lines([{ name: title, points: stairs(points) }], { title }) : null,
      el(
        "ul",
        { class: "plain history" },
        found
          .slice(-200)
          .map(([step, held]) =>
            el(
              "li",
              {},
              el("a", { href: to(["world"], { step }) }, `step ${step}`),
              ": ",
              held === undefined ? el("span", { class: "quiet" }, "nothing") : value(held),
            ),
          ),
      ),
    ),
  );
}

function close() {
  stand.path = null;
  remember();
  put(stand.history);
}

function note(found, step, held) {
  const last = found.at(-1);
  if (!last || JSON.stringify(last[1]) !== JSON.stringify(held)) found.push([step, held]);
}

/** A value holds until it changes. */
const stairs = (points) =>
  points.flatMap(([x, y], at) =>
    at
      ? [
          [x, points[at - 1][1]],
          [x, y],
        ]
      : [[x, y]],
  );
