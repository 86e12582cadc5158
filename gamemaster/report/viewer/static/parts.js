// Parts: what several views show alike: names, events, recalls, calls, changes of the world.
import { el, plural, say, short, shownValue } from "./text.js";
import { bar } from "./charts.js";
import { clock, lookUp, patched, pointer, run } from "./run.js";
import { to, toCall, toEvent } from "./route.js";

const HUES = [212, 16, 145, 280, 42, 330, 182, 95, 252, 0, 60, 305];

/** A name in its colour; agents' names lead to their days. */
export function who(name, { link = true, step = null } = {}) {
  const at = run.index.agents.indexOf(name);
  const style = at < 0 ? {} : { "--hue": String(HUES[at % HUES.length]) };
  const given = { class: at < 0 ? "who nobody" : "who", style };
  if (at < 0 || !link) return el("span", given, say(name || "nobody"));
  return el("a", { ...given, href: to(["agent", name], step === null ? {} : { step }) }, say(name));
}

export const KINDS = {
  act: "act",
  speech: "speech",
  refusal: "refused",
  narration: "told",
  failure: "no usable answer",
  intervention: "intervention",
  effect: "effect",
};

const HOW = { saw: "saw it", heard: "heard it", was_told: "was told", own: "its own", announced: "was told" };

export const tag = (kind) => el("span", { class: `tag k-${KINDS[kind] ? kind : "other"}` }, KINDS[kind] || kind);

/** An event's text as a sentence: words in quotation marks with their speaker. */
export function told(event, mark = "") {
  if (!event.text)
    return el("span", { class: "quiet" }, event.change ? "A change that nobody is told of." : "Nothing is said of it.");
  if (event.kind === "speech") return el("span", { class: "speech" }, "“", say(event.text, { mark }), "”");
  return say(event.text, { mark });
}

/** Who noticed an event, on one line; its own actor apart. */
export function noticed(event, most = 6) {
  const others = [...new Set((event.seen || []).map((each) => each[0]))].filter((name) => name !== event.actor);
  if (!others.length) return null;
  const names = others.slice(0, most).map((name, at) => [at ? ", " : "", say(name)]);
  return el(
    "span",
    { class: "noticed" },
    event.kind === "speech" ? "heard by " : "noticed by ",
    names,
    others.length > most ? ` and ${others.length - most} more` : "",
  );
}

/** An event as a row of the story. */
export function row(event, at, { mark = "", place = true } = {}) {
  return el(
    "article",
    { class: `row k-${event.kind}`, "data-at": at, "aria-label": short(`${event.actor || ""} ${event.text}`, 80) },
    el(
      "p",
      { class: "line" },
      event.actor
        ? who(event.actor, { step: event.step })
        : el(
            "span",
            { class: "who nobody" },
            event.kind === "narration" ? "To the agents" : event.kind === "intervention" ? "From outside" : "World",
          ),
      event.kind === "act" ? null : tag(event.kind),
      place && event.place ? el("span", { class: "place" }, say(event.place)) : null,
      event.channel ? el("span", { class: "scene" }, "channel ", say(event.channel)) : null,
    ),
    el(
      "p",
      { class: "told" },
      el("a", { href: toEvent(event.id), class: "why", "data-event": event.id }, told(event, mark)),
    ),
    el(
      "p",
      { class: "under" },
      noticed(event),
      event.change ? el("span", { class: "noticed" }, `${plural(event.change.length, "change")} in the world`) : null,
    ),
  );
}

/** The heading of a step. */
export const stepHeading = (step, time, scene) =>
  el(
    "h2",
    { class: "step" },
    step === 0 ? "Before the first step" : `Step ${step}`,
    el("span", { class: "when" }, clock(time)),
    scene ? el("span", { class: "scene" }, "scene ", say(scene)) : null,
  );

/** Who noticed an event, how, and what they were told of it. */
export function noticers(event) {
  if (!event.seen) return el("p", { class: "quiet" }, "Nobody noticed it.");
  return el(
    "ul",
    { class: "plain" },
    event.seen.map(([name, how, text]) =>
      el(
        "li",
        {},
        who(name, { step: event.step }),
        el("span", { class: "quiet" }, ` ${HOW[how] || how}`),
        text === undefined ? null : [": ", say(text)],
      ),
    ),
  );
}

/** Changes of the world as rows: place, what was, what is; `before` is the world they were made to. */
export function changes(patch, before) {
  let world = before;
  const rows = patch.map((operation) => {
    const path = pointer(operation.path);
    const was = world === null ? undefined : lookUp(world, path);
    if (world !== null) world = patched(world, [operation]);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, say(path.join(" / "))),
      el(
        "td",
        {},
        was === undefined || operation.op === "add"
          ? el("span", { class: "quiet" }, "–")
          : el("del", {}, say(short(shownValue(was), 200))),
      ),
      el(
        "td",
        {},
        operation.op === "remove"
          ? el("span", { class: "quiet" }, "taken away")
          : el("ins", {}, say(short(shownValue(operation.value), 200))),
      ),
    );
  });
  return el(
    "div",
    { class: "wide" },
    el("table", {}, tableHead("in the world", "was", "became"), el("tbody", {}, rows)),
  );
}

export const tableHead = (...titles) =>
  el(
    "thead",
    {},
    el(
      "tr",
      {},
      titles.map((title) => el("th", { scope: "col" }, title)),
    ),
  );

/** What a memory said at a step: its first text, or the last of its edits up to then. */
export function textAt(memory, step) {
  let text = memory.text;
  for (const edit of memory.edits || []) if (edit.step <= step && typeof edit.text === "string") text = edit.text;
  return text;
}

/** A recall: what was looked for, and what came with its scores; `texts` says what a memory's id stands for. */
export function recall(each, texts, { open = false } = {}) {
  const title = [
    el("strong", {}, say(each.component)),
    ` recalled ${each.hits ? plural(each.hits.length, "memory", "memories") : "something"}`,
  ];
  if (each.omitted) {
    return el(
      "details",
      { class: "think" },
      el("summary", {}, title),
      el("p", { class: "notice" }, "What was recalled here is not in this report; use `gamemaster view` to see it."),
    );
  }
  const most = Math.max(...each.hits.map((hit) => hit[1] + hit[2] + hit[3]), 0.001);
  const rows = each.hits.map(([id, relevance, recency, importance, cosine]) =>
    el(
      "tr",
      {},
      el(
        "td",
        { class: "score" },
        (relevance + recency + importance).toFixed(2),
        bar(relevance + recency + importance, most),
      ),
      el(
        "td",
        { class: "text" },
        texts.has(id)
          ? el("a", { href: to(["memories", each.who], { id }) }, say(texts.get(id)))
          : el("span", { class: "quiet" }, "(gone) ", say(id)),
      ),
      [relevance, recency, importance, cosine].map((value) => el("td", { class: "figure-cell" }, value.toFixed(2))),
    ),
  );
  const table = el(
    "div",
    { class: "wide" },
    el(
      "table",
      { class: "recall" },
      tableHead("score", "memory", "relevance", "recency", "importance", "cosine"),
      el("tbody", {}, rows),
    ),
  );
  const query = el(
    "p",
    { class: "quiet" },
    "looking for “",
    say(each.query),
    "”",
    each.approximate ? " (near enough, not exact)" : "",
  );
  return el(
    "details",
    { class: "think", open },
    el("summary", {}, title),
    query,
    rows.length ? table : el("p", { class: "quiet" }, "Nothing came."),
  );
}

/** What an answer said, for one line. */
export function answerText(call) {
  const answer = call.answer || {};
  const chosen = answer.index !== undefined && call.options ? call.options[answer.index] : undefined;
  return chosen !== undefined ? chosen : answer.text || "";
}

/** What a call was about, in words: the last parts of its `what`. */
export const about = (call) => String(call.what).split("/").slice(1).join(" · ") || call.what;

/** A model call on a line or two, leading to its prompt. */
export function callLine(call) {
  const again = call.idx % 3 ? ` (try ${(call.idx % 3) + 1})` : "";
  return el(
    "li",
    { class: call.failure ? "call bad" : "call" },
    el("a", { href: toCall(call) }, el("strong", {}, say(call.component)), " ", say(about(call)), again),
    el("p", { class: "answer" }, say(short(answerText(call), 260) || "(an empty answer)")),
    call.failure ? el("p", { class: "bad" }, "not usable: ", say(call.failure)) : null,
  );
}

/** What was answered, as text or as JSON. */
export const answered = (answer) =>
  typeof answer === "string" ? say(answer, { block: true }) : el("pre", {}, say(shownValue(answer)));

/** What a memory's id stands for, of one holder, at a step. */
export function textsOf(memories, step) {
  return new Map(memories.map((memory) => [memory.id, textAt(memory, step)]));
}

/** A labelled select whose options are [value, title]. */
export function choice(label, options, value, onChange) {
  const select = el(
    "select",
    { on: { change: () => onChange(select.value) } },
    options.map(([each, title]) => el("option", { value: each, selected: each === value }, title)),
  );
  return el("label", { class: "field" }, el("span", {}, label), select);
}

/** A labelled search field; what is typed is told once the typing rests. */
export function search(label, value, onChange, placeholder = "") {
  let waiting = 0;
  const input = el("input", {
    type: "search",
    value,
    placeholder,
    class: "search",
    "data-search": "",
    autocomplete: "off",
    spellcheck: "false",
  });
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => onChange(input.value), 180);
  });
  return el("label", { class: "field grow" }, el("span", {}, label), input);
}
