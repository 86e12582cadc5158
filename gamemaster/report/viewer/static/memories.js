// Memories: what one holder remembers, or has remembered, with search.
import { el, number, plural, put, say } from "./text.js";
import { load } from "./source.js";
import { clock, run } from "./run.js";
import { LongList } from "./scroll.js";
import { announce, head } from "./frame.js";
import { choice, search, textAt, who } from "./parts.js";
import { go, here, say_here, to } from "./route.js";

const stand = { list: null, shown: [] };

export async function showMemories() {
  const { parts, given } = here();
  const holders = run.index.holders;
  const name = parts[0] || holders[0] || "";
  const at = holders.indexOf(name);
  if (at < 0)
    return [
      head("Memories", holders.length ? "Nobody of that name remembers anything." : "Nobody remembers anything."),
    ];
  const all = (await load(`memories/${at}`)).memories;
  const known = new Map(all.map((each) => [each.id, each]));
  const holder = el("div", {});
  const count = el("p", { class: "count", role: "status" });
  const state = { q: given.q || "", kind: given.kind || "" };
  const fill = () => {
    const words = state.q.trim().toLowerCase();
    stand.shown = all.filter(
      (each) =>
        (!state.kind || (each.kind || "observation") === state.kind) &&
        (!words ||
          `${textAt(each, Infinity)} ${each.text} ${(each.tags || []).join(" ")} ${each.id}`
            .toLowerCase()
            .includes(words)),
    );
    put(count, plural(stand.shown.length, "memory", "memories"));
    announce(count.textContent);
    if (stand.list) stand.list.close();
    stand.list = new LongList({
      count: stand.shown.length,
      rows: (from, until) => stand.shown.slice(from, until).map((each) => memory(each, known, words, name)),
      estimate: 76,
      label: `Memories of ${name}`,
    });
    put(holder, stand.list.node);
  };
  const change = (field) => (value) => {
    state[field] = value;
    say_here(to(["memories", name], state));
    fill();
  };
  queueMicrotask(async () => {
    fill();
    const wanted = given.id ? stand.shown.findIndex((each) => each.id === given.id) : -1;
    if (wanted >= 0) (await stand.list.reveal(wanted))?.classList.add("selected");
  });
  const kinds = [...new Set(all.map((each) => each.kind || "observation"))].sort();
  return [
    head(["The memories of ", who(name)], "Everything that was remembered, oldest first."),
    el(
      "form",
      { class: "filters", role: "search", on: { submit: (event) => event.preventDefault() } },
      search("Search", state.q, change("q"), "words remembered"),
      choice(
        "Of",
        holders.map((each) => [each, each]),
        name,
        (value) => go(to(["memories", value], state)),
      ),
      choice("Kind", [["", "any"], ...kinds.map((kind) => [kind, kind])], state.kind, change("kind")),
    ),
    count,
    holder,
  ];
}

export function leaveMemories() {
  if (stand.list) stand.list.close();
  stand.list = null;
}

function memory(each, known, mark, name) {
  const text = textAt(each, Infinity);
  const rests = (each.rests_on || []).map((id) => known.get(id)).filter(Boolean);
  return el(
    "article",
    { class: each.gone === undefined ? "row memory" : "row memory gone" },
    el(
      "p",
      { class: "line" },
      el("span", { class: "when" }, `${clock(each.time)} · step ${each.step}`),
      each.kind ? el("span", { class: "tag" }, each.kind) : null,
      each.importance === undefined ? null : el("span", { class: "quiet" }, `importance ${number(each.importance)}`),
      each.gone === undefined ? null : el("span", { class: "tag k-refusal" }, `forgotten in step ${each.gone}`),
      each.edits ? el("span", { class: "tag k-intervention" }, "edited by hand") : null,
      el("span", { class: "id" }, say(each.id)),
    ),
    el("p", { class: "told" }, say(text, { mark })),
    each.edits && text !== each.text
      ? el("p", { class: "quiet" }, "before: ", el("del", {}, say(each.text, { mark })))
      : null,
    (each.tags || []).length ? el("p", { class: "quiet" }, "tags: ", say(each.tags.join(", "))) : null,
    rests.length
      ? el(
          "details",
          { class: "think" },
          el("summary", {}, `rests on ${plural(rests.length, "memory", "memories")}`),
          el(
            "ul",
            { class: "plain" },
            rests.map((ground) =>
              el("li", {}, el("a", { href: to(["memories", name], { id: ground.id }) }, say(textAt(ground, Infinity)))),
            ),
          ),
        )
      : null,
  );
}
