// Call: one request of a model: the prompt in its sections, coloured by how often they change, and the answer.
import { el, number, say, shownValue } from "./text.js";
import { sections, trouble } from "./source.js";
import { clock, detailsOf, run, stepOf } from "./run.js";
import { head } from "./frame.js";
import { bar } from "./charts.js";
import { answerText, who } from "./parts.js";
import { facts } from "./overview.js";
import { here, to, toCall } from "./route.js";

const CHANGES = [
  ["shared", "the same for all agents"],
  ["own", "fixed for this agent"],
  ["slowly", "changes slowly"],
  ["always", "changes with every turn"],
];

export async function showCall() {
  const [step, name, component, what, idx] = here().parts;
  const details = await detailsOf(Number(step));
  const same = (each) =>
    each.who === name && each.component === component && each.what === what && each.idx === Number(idx);
  const call = details.calls.find(same);
  if (!call)
    return [
      head("No such call"),
      el("p", {}, "The run has no such call. ", el("a", { href: "#/agent" }, "To the agents")),
    ];
  const when = await stepOf(call.step);
  const own = details.calls.filter((each) => each.who === name);
  const at = own.findIndex(same);
  const next = (title, found) =>
    found ? el("a", { href: toCall(found) }, title) : el("span", { class: "quiet" }, title);
  // What the game master is asked about somebody's attempt belongs to that one's turn.
  const turn = what.startsWith("resolve/") ? what.split("/")[1] : name;
  const isAgent = run.index.agents.includes(turn);
  return [
    el(
      "div",
      { class: "pager" },
      next("← previous call", own[at - 1]),
      isAgent ? el("a", { href: to(["agent", turn], { step }) }, "this turn") : null,
      next("next call →", own[at + 1]),
    ),
    head(
      ["What ", who(name, { step: call.step }), " was asked for ", say(component)],
      `${call.kind} · step ${call.step}, ${clock(when.time)} · call ${at + 1} of ${own.length} in this step`,
    ),
    el(
      "p",
      { class: "line" },
      el("span", { class: "id" }, say(`${what} · ${idx}`)),
      call.asked ? null : el("span", { class: "tag" }, "answered before: not asked again"),
    ),
    el("section", {}, el("h2", {}, "Prompt"), await prompt(call)),
    call.options ? el("section", {}, el("h2", {}, "Options"), options(call)) : null,
    call.answer.reasoning
      ? el("section", {}, el("h2", {}, "Reasoning, which reaches nobody"), el("pre", {}, say(call.answer.reasoning)))
      : null,
    el(
      "section",
      {},
      el("h2", {}, "Answer"),
      call.failure ? el("p", { class: "bad" }, "Not usable: ", say(call.failure)) : null,
      el("blockquote", { class: "answer-whole" }, say(answerText(call) || "(an empty answer)", { block: true })),
      call.answer.value && call.kind === "object" ? el("pre", {}, say(shownValue(call.answer.value))) : null,
    ),
    el(
      "section",
      {},
      el("h2", {}, "Cost and form"),
      facts([
        ["model", call.model],
        ["tokens in", number(call.tokens[0]) + (call.tokens[2] ? `, ${number(call.tokens[2])} of them reused` : "")],
        ["tokens out", number(call.tokens[1])],
        ...(call.seconds === undefined ? [] : [["seconds", number(call.seconds, 3)]]),
        ...(call.work
          ? [
              [
                "on this machine",
                `${number(call.work[0], 3)} s waited, ${number(call.work[1], 3)} s worked on, in batches of up to ${call.work[2]}`,
              ],
            ]
          : []),
        ...(call.answer_prefix ? [["the answer begins with", call.answer_prefix]] : []),
        ...Object.entries(call.sampling || {}).map(([key, value]) => [key, shownValue(value)]),
        ...(call.omitted ? [["digest of the request", call.omitted]] : []),
      ]),
    ),
  ];
}

async function prompt(call) {
  if (call.omitted) {
    return el(
      "p",
      { class: "notice" },
      "This prompt is not in the report. Use `gamemaster view` to see it; the digest of the request is ",
      el("code", {}, say(call.omitted)),
      ".",
    );
  }
  let found;
  try {
    found = await sections(call.sections, run.index.sections || []);
  } catch (error) {
    return trouble(error);
  }
  const used = new Set(found.map((each) => each[3]));
  return [
    el(
      "ul",
      { class: "legend rates" },
      CHANGES.filter(([name]) => used.has(name)).map(([name, title]) => el("li", { class: `rate-${name}` }, title)),
    ),
    found.map(([digest, label, text, changes, kind, component]) =>
      el(
        "div",
        { class: `section rate-${CHANGES.some(([name]) => name === changes) ? changes : "always"}` },
        el(
          "p",
          { class: "label" },
          el("strong", {}, label ? say(label) : "no heading"),
          el(
            "span",
            { class: "quiet" },
            component ? [" by ", say(component)] : "",
            ` · ${kind} · ${changes} · `,
            el("span", { title: "the section’s digest" }, digest.slice(0, 8)),
          ),
        ),
        el("pre", {}, say(text)),
      ),
    ),
    el(
      "div",
      { class: "section question" },
      el("p", { class: "label" }, el("strong", {}, "The question")),
      el("pre", {}, say(call.call)),
    ),
  ];
}

function options(call) {
  const chances = call.answer.probabilities;
  return el(
    "ul",
    { class: "plain options" },
    call.options.map((option, at) =>
      el(
        "li",
        { class: at === call.answer.index ? "chosen" : "" },
        chances
          ? [el("span", { class: "figure-cell" }, (chances[at] ?? 0).toFixed(3)), bar(chances[at] ?? 0, 1)]
          : null,
        el("span", {}, say(String(option)), at === call.answer.index ? el("strong", {}, " ← chosen") : null),
      ),
    ),
  );
}
