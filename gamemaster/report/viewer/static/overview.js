// Overview: what the run was, what it came to, and where to go from here.
import { el, number, plural, say, shownValue } from "./text.js";
import { run } from "./run.js";
import { head } from "./frame.js";
import { tableHead, who } from "./parts.js";
import { to } from "./route.js";

export async function overview() {
  const index = run.index;
  const counts = index.counts;
  const title = el("span", {}, say(index.scenario || "A run"));
  const degraded = counts.failures > 0.01 * counts.attempts;
  const window = index.window;
  return [
    head(
      title,
      `${plural(Math.max(index.last_step, 0), "step")} with ${plural(index.agents.length, "agent")}, answered by ${index.model}; seed ${index.seed}.`,
    ),
    degraded
      ? el(
          "p",
          { class: "notice bad" },
          `Degraded: ${counts.failures} of ${counts.attempts} answers could not be used.`,
        )
      : null,
    el(
      "ul",
      { class: "cards" },
      card(
        "story",
        {},
        counts.events,
        "events",
        "Read what happened, in order, by scene and place. Search it; each event leads to its cause.",
      ),
      card(
        "agent",
        {},
        index.agents.length,
        "agents",
        "Follow one agent: what it noticed, thought, recalled, attempted, and what came of it.",
      ),
      card(
        "failures",
        {},
        (counts.kinds.refusal || 0) + counts.failures,
        "refused or failed",
        "What the world refused, and why; answers that could not be used.",
      ),
      card("relations", {}, counts.observations, "observations", "Who told whom, who noticed whom, as a graph."),
      card("memories", {}, counts.memories, "memories", "What each remembers; search it."),
      card("costs", {}, counts.calls, "model calls", "Calls, tokens and time, by agent and component."),
    ),
    metrics(index.metrics),
    el(
      "section",
      {},
      el("h2", {}, "Who is there"),
      el(
        "p",
        { class: "people" },
        index.agents.map((name) => [who(name), " "]),
      ),
    ),
    el(
      "section",
      {},
      el("h2", {}, "How it was made"),
      facts([
        ["ended by", index.stopped_by || "–"],
        ["world", index.world || "none"],
        ["schedule", index.schedule],
        ["language", index.language],
        ...index.phases
          .filter((each) => each.kind !== "run")
          .map((each) => [each.kind === "fork" ? "forked" : "another simulation goes on", `from step ${each.step}`]),
        ...Object.entries(index.parameters).map(([name, value]) => [`parameter ${name}`, shownValue(value)]),
        ...Object.entries(index.models).map(([name, value]) => [`model of ${name}`, value]),
        ...Object.entries(index.environment.packages || {}).map(([name, value]) => [name, value]),
      ]),
    ),
    window && !window.whole
      ? el(
          "p",
          { class: "notice" },
          window.last < window.first
            ? "This report holds no prompts but those of refused and failed turns"
            : `This report holds the prompts and recalls of steps ${window.first} to ${window.last}, and of refused and failed turns`,
          "; of the rest the answers and digests. For all of them use `gamemaster view`.",
        )
      : null,
    el("p", { class: "quiet" }, "Everything here was said and done by simulated agents. Press ? for the keys."),
  ];
}

const card = (view, given, count, what, about) =>
  el(
    "li",
    {},
    el(
      "a",
      { href: to([view], given), class: "card" },
      el("strong", {}, number(count)),
      el("span", { class: "what" }, ` ${what}`),
      el("span", { class: "about" }, about),
    ),
  );

function metrics(found) {
  const names = Object.keys(found);
  if (!names.length) return null;
  const rows = names.map((name) => {
    const value = found[name];
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, say(name)),
      el("td", {}, value === null ? el("span", { class: "quiet" }, "undefined") : listed(value)),
    );
  });
  return el(
    "section",
    {},
    el("h2", {}, "What it came to"),
    el(
      "div",
      { class: "wide" },
      el("table", { class: "metrics" }, tableHead("metric", "value"), el("tbody", {}, rows)),
    ),
  );
}

/** A metric's value: a number, a list of names, a list of small objects, or JSON. */
function listed(value) {
  if (typeof value === "number") return number(value, 4);
  if (Array.isArray(value) && value.length && value.every((each) => typeof each === "string"))
    return say(value.join(", "));
  if (
    Array.isArray(value) &&
    value.length &&
    value.every((each) => each && typeof each === "object" && !Array.isArray(each))
  ) {
    return el(
      "ul",
      { class: "plain" },
      value.slice(0, 50).map((each) =>
        el(
          "li",
          {},
          say(
            Object.entries(each)
              .map(([name, held]) => `${name} ${shownValue(held)}`)
              .join(", "),
          ),
        ),
      ),
    );
  }
  return say(shownValue(value));
}

export const facts = (pairs) =>
  el(
    "dl",
    { class: "facts" },
    pairs.map(([name, value]) => [el("dt", {}, say(String(name))), el("dd", {}, say(String(value)))]),
  );
