// Event: one event, and where it came from: attempt, recalls, prompts, answers, grounding, change, and who noticed it.
import { el, number, say, short, shownValue } from "./text.js";
import { load, trouble } from "./source.js";
import { clock, detailsOf, eventAt, eventCount, eventsOf, findEvent, patched, run, worldAt } from "./run.js";
import { head } from "./frame.js";
import { answered, callLine, changes, noticers, recall, tag, textsOf, told, who } from "./parts.js";
import { here, to, toEvent } from "./route.js";
import { story } from "./story.js";

/** Where the events before and after stand, for the keys. */
export const beside = { before: null, after: null };

export async function showEvent() {
  const id = here().parts.join("/");
  const found = await findEvent(id);
  if (!found)
    return [
      head("No such event"),
      el("p", {}, "There is no event ", say(id), " in this run. ", el("a", { href: "#/story" }, "To the story")),
    ];
  const { event, at } = found;
  story.at = at;
  const details = await detailsOf(event.step);
  const cause = details.causes[event.id] || { kind: "unknown" };
  const ids = new Set(cause.attempts || []);
  const attempts = details.attempts.filter((each) => ids.has(each.id));
  await findNeighbours(at);
  return [
    el(
      "div",
      { class: "pager" },
      pageLink("← previous", beside.before),
      el("a", { href: to(["story"], story.given) }, "in the story"),
      pageLink("next →", beside.after),
    ),
    head(el("span", { class: "event-title" }, told(event))),
    el(
      "p",
      { class: "line" },
      event.actor ? who(event.actor, { step: event.step }) : null,
      tag(event.kind),
      event.place ? el("span", { class: "place" }, say(event.place)) : null,
      el("span", { class: "when" }, `step ${event.step}, ${clock(event.time)}`),
      event.scene ? el("span", { class: "scene" }, "scene ", say(event.scene)) : null,
      event.channel ? el("span", { class: "scene" }, "channel ", say(event.channel)) : null,
      el("span", { class: "id" }, say(event.id)),
    ),
    el(
      "section",
      { class: "cause" },
      el("h2", {}, event.kind === "refusal" ? "Why it was refused" : "What caused it"),
      el("p", { class: "because" }, because(event, cause, attempts)),
      causes(cause),
    ),
    await Promise.all(attempts.map((each) => attempt(each, details, event))),
    await narration(event, details),
    el("section", {}, el("h2", {}, "What it changed"), await changed(event)),
    el("section", {}, el("h2", {}, "Who noticed it"), noticers(event)),
  ];
}

/** Another event next to this one: told ones, in the order of the run. */
async function findNeighbours(at) {
  const step = async (by) => {
    for (let next = at + by; next >= 0 && next < eventCount(); next += by)
      if (run.outline.told[next]) return (await eventAt(next)).id;
    return null;
  };
  [beside.before, beside.after] = await Promise.all([step(-1), step(1)]);
}

const pageLink = (title, id) => (id ? el("a", { href: toEvent(id) }, title) : el("span", { class: "quiet" }, title));

function because(event, cause, attempts) {
  const actors = attempts.map((each, at) => [at ? ", " : "", who(each.actor, { step: event.step })]);
  if (event.kind === "refusal" && attempts.length)
    return [wanted(attempts, event), "The world refused it: ", el("strong", {}, say(event.text)), "."];
  switch (cause.kind) {
    case "attempt":
      return attempts.length === 1 ? wanted(attempts, event) : ["An attempt of ", actors, "."];
    case "joint action":
      return [say(cause.action), " takes all attempts of the step at once: ", actors, "."];
    case "delayed action":
      if (cause.put_off_in_step === undefined)
        return [
          say(cause.action || "An action"),
          " had been put off by the world",
          cause.omitted
            ? "; what did so is not in this report, use `gamemaster view`."
            : "; the record doesn’t tell when.",
        ];
      return [
        say(cause.action || "An action"),
        ` had been put off in step ${cause.put_off_in_step} until ${clock(cause.due)}`,
        Object.keys(cause.arguments || {}).length ? [" with ", say(JSON.stringify(cause.arguments))] : "",
        ", by:",
      ];
    case "intervention":
      return cause.at_fork ? "It was told as the fork began." : "An intervention from outside, before anybody acted.";
    case "the world itself":
      return ["The world did it of itself", cause.action ? [" (", say(cause.action), ")"] : "", "."];
    case "premise":
      return "The premise, told before anybody acted.";
    case "schedule":
      return "Announced by the schedule, as a scene began.";
    default:
      return "The record doesn’t tell.";
  }
}

/** One attempt in a sentence: what was answered, and what it was taken for. */
function wanted([each], event) {
  if (each.failure) return [who(each.actor, { step: event.step }), " gave no usable answer. "];
  const answer =
    typeof each.answer === "string"
      ? ["“", say(short(each.answer, 300)), "”"]
      : el("code", {}, say(short(shownValue(each.answer), 300)));
  const calls = each.grounding ? each.grounding.calls.map((call) => el("code", {}, say(inWords(call)))) : [];
  return [
    who(each.actor, { step: event.step }),
    " attempted: ",
    answer,
    calls.length ? [", taken for ", calls] : "",
    ". ",
  ];
}

const inWords = (call) =>
  `${call.action}(${Object.entries(call.arguments)
    .map(([name, value]) => `${name}: ${shownValue(value)}`)
    .join(", ")})`;

const causes = (cause) =>
  cause.events && cause.events.length
    ? el(
        "ul",
        { class: "plain" },
        cause.events.map((each) =>
          el("li", {}, el("a", { href: toEvent(each.id) }, each.text ? say(each.text) : say(each.id))),
        ),
      )
    : null;

async function attempt(each, details, event) {
  const own = details.calls.filter((call) => call.who === each.actor && call.what.startsWith("act/"));
  const master = details.calls.filter(
    (call) => call.who !== each.actor && call.what.startsWith(`resolve/${each.actor}/`),
  );
  const recalls = details.recalls.filter((found) => found.who === each.actor && found.phase === "act");
  const asked = (details.asks || []).find((ask) => ask.agent === each.actor);
  const question = own.find((call) => call.component === "actor" && call.call);
  const texts = await memoryTexts(each.actor, event.step, recalls);
  return el(
    "section",
    { class: "attempt" },
    el("h2", {}, "The attempt of ", who(each.actor, { step: event.step })),
    asked || question ? [el("h3", {}, "Asked"), el("p", {}, say(question ? question.call : asked.call))] : null,
    recalls.length
      ? [
          el("h3", {}, "Recalled"),
          recalls.map((found, at) => recall(found, texts, { open: at === recalls.length - 1 })),
        ]
      : null,
    own.length ? [el("h3", {}, "Thought"), el("ul", { class: "calls" }, own.map(callLine))] : null,
    each.failure
      ? [
          el("h3", {}, "No usable answer"),
          el("p", { class: "bad" }, `${each.failure.kind}: `, say(each.failure.reason)),
          each.failure.raw ? el("pre", {}, say(each.failure.raw)) : null,
        ]
      : [
          el("h3", {}, own.length ? "Answered" : "Answered, by a rule: no model was asked"),
          el("blockquote", {}, answered(each.answer)),
        ],
    each.grounding ? [el("h3", {}, "Taken for"), grounding(each.grounding)] : null,
    master.length
      ? el(
          "details",
          { class: "think" },
          el("summary", {}, `The game master was asked ${master.length} times about it`),
          el("ul", { class: "calls" }, master.map(callLine)),
        )
      : null,
  );
}

function grounding(found) {
  const calls = found.calls.map((call) => el("code", {}, say(inWords(call))));
  return el(
    "p",
    {},
    calls.length ? calls : "nothing that can be done",
    el(
      "span",
      { class: "quiet" },
      found.plausible ? " · plausible" : " · not plausible",
      found.confidence === null ? "" : `, confidence ${number(found.confidence, 2)}`,
    ),
    found.reason ? [" · ", say(found.reason)] : null,
  );
}

async function narration(event, details) {
  const calls = details.calls.filter((call) => call.what.startsWith(`narrate/${event.id}/`));
  return calls.length
    ? el("section", {}, el("h2", {}, "Narrated"), el("ul", { class: "calls" }, calls.map(callLine)))
    : null;
}

/** What memories said that a turn recalled. */
export async function memoryTexts(name, step, recalls) {
  if (!recalls.some((each) => each.hits)) return new Map();
  const at = run.index.holders.indexOf(name);
  return at < 0 ? new Map() : textsOf((await load(`memories/${at}`)).memories, step);
}

async function changed(event) {
  if (!event.change) return el("p", { class: "quiet" }, "Nothing in the world.");
  try {
    let before = event.step > 0 ? (await worldAt(event.step)).before : null;
    if (before !== null) {
      for (const each of await eventsOf(event.step)) {
        if (each.id === event.id) break;
        if (each.change) before = patched(before, each.change);
      }
    }
    return changes(event.change, before);
  } catch (error) {
    return [trouble(error), changes(event.change, null)];
  }
}
