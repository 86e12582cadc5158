// Agent: one agent's days, step by step: what it noticed, recalled, thought, attempted, and what came of it.
import { el, plural, put, say } from "./text.js";
import { detailsOf, eventsOf, run, stepOf } from "./run.js";
import { LongList } from "./scroll.js";
import { head } from "./frame.js";
import { answered, callLine, recall, stepHeading, tag, told, who } from "./parts.js";
import { here, say_here, to, toEvent } from "./route.js";
import { memoryTexts } from "./event.js";

const shownList = { list: null };

export async function showAgent() {
  const { parts, given } = here();
  const name = parts[0] || run.index.agents[0] || "";
  const people = el(
    "p",
    { class: "people" },
    run.index.agents.map((each) => [person(each, each === name), " "]),
  );
  if (!run.index.agents.includes(name))
    return [head("Agents", name ? "There is no agent of that name." : "There are no agents."), people];
  const first = Math.max(Number(given.step) || 0, 0);
  const holder = el("div", {});
  const jump = el("input", { type: "number", min: 0, max: run.index.last_step, value: first, "data-search": "" });
  jump.addEventListener("change", () => {
    say_here(to(["agent", name], { step: jump.value }));
    if (shownList.list) shownList.list.reveal(Number(jump.value), { center: false });
  });
  queueMicrotask(async () => {
    shownList.list = new LongList({
      count: run.index.last_step + 1,
      rows: (from, until) => rows(name, from, until),
      estimate: 420,
      block: 6,
      label: `The steps of ${name}`,
    });
    put(holder, shownList.list.node);
    if (first) {
      const row = await shownList.list.reveal(first, { center: false });
      if (row) row.scrollIntoView({ block: "start" });
    }
  });
  const components = Object.hasOwn(run.index.components, name) ? run.index.components[name] : [];
  return [
    head(who(name, { link: false }), components.length ? `Made of ${components.join(", ")}.` : "Answers by a rule."),
    people,
    el(
      "div",
      { class: "filters" },
      el("label", { class: "field" }, el("span", {}, "Step"), jump),
      el(
        "p",
        { class: "links" },
        el("a", { href: to(["story"], { agent: name }) }, "what it did"),
        el("a", { href: to(["story"], { noticed: name }) }, "what it noticed"),
        el("a", { href: to(["memories", name]) }, "what it remembers"),
      ),
    ),
    holder,
  ];
}

export function leaveAgent() {
  if (shownList.list) shownList.list.close();
  shownList.list = null;
}

export function agentGrew() {
  if (shownList.list) shownList.list.grow(run.index.last_step + 1);
}

function person(name, current) {
  const link = who(name);
  if (current) link.setAttribute("aria-current", "true");
  return link;
}

const rows = (name, from, until) => Promise.all(Array.from({ length: until - from }, (_, at) => day(name, from + at)));

async function day(name, step) {
  const [details, events, when] = await Promise.all([detailsOf(step), eventsOf(step), stepOf(step)]);
  const attempts = details.attempts.filter((each) => each.actor === name);
  const ids = new Set(attempts.map((each) => each.id));
  const cameOf = (each) =>
    ids.has(each.attempt_id) || (details.causes[each.id]?.attempts || []).some((id) => ids.has(id));
  const came = events.filter(cameOf);
  const noticed = events.filter((each) => !cameOf(each) && (each.seen || []).some((seen) => seen[0] === name));
  // What comes before anybody acts stands before the first event that an attempt brought.
  const acted = events.findIndex((each) => (details.causes[each.id]?.attempts || []).length);
  const early = noticed.filter((each) => acted >= 0 && attempts.length && events.indexOf(each) < acted);
  const late = noticed.filter((each) => !early.includes(each));
  const calls = details.calls.filter((each) => each.who === name);
  const recalls = details.recalls.filter((each) => each.who === name);
  if (!attempts.length && !noticed.length && !calls.length) return el("div", { class: "day empty" });
  const texts = await memoryTexts(name, step, recalls);
  const during = (list, act) => list.filter((each) => (each.phase || each.what).startsWith("act") === act);
  return el(
    "div",
    { class: "day" },
    stepHeading(step, when.time, when.scene),
    early.length ? part("Noticed first", noticing(early, name)) : null,
    during(recalls, true).length
      ? part(
          "Recalled",
          during(recalls, true).map((each) => recall(each, texts)),
        )
      : null,
    during(calls, true).length ? part("Thought", thoughts(during(calls, true))) : null,
    attempts.length
      ? part(
          "Attempted",
          attempts.map((each) =>
            each.failure
              ? el("p", { class: "bad" }, "No usable answer: ", say(each.failure.reason))
              : el("blockquote", {}, answered(each.answer)),
          ),
        )
      : null,
    came.length
      ? part(
          "What came of it",
          el(
            "ul",
            { class: "plain" },
            came.map((each) =>
              el(
                "li",
                { class: `k-${each.kind}` },
                each.kind === "act" ? null : tag(each.kind),
                " ",
                el("a", { href: toEvent(each.id) }, told(each)),
              ),
            ),
          ),
        )
      : null,
    late.length ? part(attempts.length ? "Noticed then" : "Noticed", noticing(late, name)) : null,
    during(calls, false).length
      ? part("Thought afterwards", [
          during(recalls, false).map((each) => recall(each, texts)),
          thoughts(during(calls, false)),
        ])
      : null,
  );
}

const part = (title, content) => el("div", { class: "part" }, el("h3", {}, title), el("div", {}, content));

const thoughts = (calls) =>
  calls.length > 3
    ? el(
        "details",
        { class: "think" },
        el("summary", {}, plural(calls.length, "model call")),
        el("ul", { class: "calls" }, calls.map(callLine)),
      )
    : el("ul", { class: "calls" }, calls.map(callLine));

const noticing = (events, name) =>
  el(
    "ul",
    { class: "plain noticing" },
    events.map((each) => noticedLine(each, name)),
  );

function noticedLine(event, name) {
  const [, how, text] = event.seen.find((each) => each[0] === name);
  return el(
    "li",
    {},
    el("span", { class: "quiet how" }, how.replace("_", " ")),
    el(
      "a",
      { href: toEvent(event.id) },
      event.actor && event.kind === "speech" ? [say(event.actor), ": "] : null,
      text === undefined ? told(event) : say(text),
    ),
  );
}
