// Failures: what the world refused, and answers that could not be used.
import { el, number, plural, put, say, short } from "./text.js";
import { load } from "./source.js";
import { bar } from "./charts.js";
import { head } from "./frame.js";
import { search, tableHead, who } from "./parts.js";
import { here, say_here, to, toCall, toEvent } from "./route.js";

export async function showFailures() {
  const found = await load("failures");
  const { totals } = found;
  const state = { q: here().given.q || "" };
  const body = el("div", {});
  const fill = () => {
    const words = state.q.trim().toLowerCase();
    const fits = (...texts) => !words || texts.join(" ").toLowerCase().includes(words);
    put(body, refusals(found, fits), attempts(found, fits), calls(found, fits));
  };
  fill();
  return [
    head(
      "Failures and refusals",
      "A refusal is the world’s: what was attempted could not be done. A failure is the model’s: its answer could not be used.",
    ),
    totals.failed > 0.01 * totals.attempts
      ? el(
          "p",
          { class: "notice bad" },
          `Degraded: ${number(totals.failed)} of ${plural(totals.attempts, "answer")} could not be used.`,
        )
      : null,
    el(
      "div",
      { class: "filters" },
      search(
        "Search",
        state.q,
        (value) => {
          state.q = value;
          say_here(to(["failures"], state));
          fill();
        },
        "who, or why",
      ),
    ),
    body,
  ];
}

function refusals(found, fits) {
  const shown = found.refusals.filter((each) => fits(each.actor, each.text, each.action || "", each.place || ""));
  const most = Math.max(...found.reasons.map((each) => each[1]), 1);
  return el(
    "section",
    {},
    el("h2", {}, plural(shown.length, "refusal")),
    found.reasons.length > 1 && found.reasons[0][1] > 1
      ? el(
          "details",
          { class: "think" },
          el("summary", {}, "By reason"),
          el(
            "div",
            { class: "wide" },
            el(
              "table",
              {},
              tableHead("reason", "", "times"),
              el(
                "tbody",
                {},
                found.reasons.map(([reason, count]) =>
                  el(
                    "tr",
                    {},
                    el("td", {}, say(reason)),
                    el("td", { class: "bar-cell" }, bar(count, most)),
                    el("td", { class: "figure-cell" }, number(count)),
                  ),
                ),
              ),
            ),
          ),
        )
      : null,
    shown.length
      ? el(
          "div",
          { class: "wide" },
          el(
            "table",
            { class: "stack" },
            tableHead("", "who", "wanted to", "why not"),
            el(
              "tbody",
              {},
              shown
                .slice(0, 500)
                .map((each) =>
                  el(
                    "tr",
                    {},
                    el("td", { class: "figure-cell quiet" }, `step ${each.step}`),
                    el("td", {}, who(each.actor, { step: each.step })),
                    el(
                      "td",
                      {},
                      each.action ? el("code", {}, say(each.action)) : el("span", { class: "quiet" }, "nothing known"),
                    ),
                    el(
                      "td",
                      { class: "reason" },
                      el("a", { href: toEvent(each.id) }, each.text ? say(each.text) : "no reason given"),
                    ),
                  ),
                ),
            ),
          ),
        )
      : el("p", { class: "quiet" }, "None."),
    more(shown.length),
  );
}

function attempts(found, fits) {
  const shown = found.attempts.filter((each) => fits(each.actor, each.kind, each.reason, each.raw));
  return el(
    "section",
    {},
    el("h2", {}, `${plural(shown.length, "turn")} without a usable answer`),
    shown.length
      ? el(
          "ul",
          { class: "plain" },
          shown
            .slice(0, 500)
            .map((each) =>
              el(
                "li",
                {},
                el(
                  "p",
                  { class: "line" },
                  el("span", { class: "when" }, `step ${each.step}`),
                  who(each.actor, { step: each.step }),
                  el("span", { class: "tag k-failure" }, each.kind),
                  Object.hasOwn(found.events, each.id)
                    ? el("a", { href: toEvent(found.events[each.id]) }, "what caused it")
                    : el("a", { href: to(["agent", each.actor], { step: each.step }) }, "the turn"),
                ),
                el("p", {}, say(each.reason)),
                each.raw ? el("pre", {}, say(short(each.raw, 600))) : null,
              ),
            ),
        )
      : el("p", { class: "quiet" }, "None."),
    more(shown.length),
  );
}

function calls(found, fits) {
  const shown = found.calls.filter((each) => fits(each.who, each.component, each.failure));
  return el(
    "section",
    {},
    el("h2", {}, `${plural(shown.length, "model call")} whose answer could not be read`),
    el("p", { class: "quiet" }, "Each is asked again, two more times at most."),
    shown.length
      ? el(
          "ul",
          { class: "plain" },
          shown
            .slice(0, 500)
            .map((each) =>
              el(
                "li",
                {},
                el("span", { class: "when" }, `step ${each.step} `),
                el("a", { href: toCall(each) }, say(`${each.who}, ${each.component}`)),
                ": ",
                say(each.failure),
              ),
            ),
        )
      : el("p", { class: "quiet" }, "None."),
    more(shown.length),
  );
}

const more = (count) =>
  count > 500 ? el("p", { class: "quiet" }, `${number(count - 500)} more; search to narrow them.`) : null;
