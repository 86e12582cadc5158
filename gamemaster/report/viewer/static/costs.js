// Costs: model calls, tokens and time, by agent and component, and by step.
import { el, number, say } from "./text.js";
import { load } from "./source.js";
import { bar, lines } from "./charts.js";
import { head } from "./frame.js";
import { tableHead, who } from "./parts.js";

const FIGURES = ["calls", "asked", "tokens in", "tokens out", "reused", "seconds"];

export async function showCosts() {
  const { parts, steps } = await load("costs");
  if (!parts.length) return [head("Costs", "No model was asked: every answer came by a rule.")];
  const total = sum(parts);
  return [
    head(
      "Costs",
      "What was asked of models. A call that had been answered before is not asked again, and costs nothing.",
    ),
    el(
      "ul",
      { class: "cards" },
      FIGURES.map((name, at) =>
        el(
          "li",
          {},
          el(
            "div",
            { class: "card" },
            el("strong", {}, number(total[at], 1)),
            el("span", { class: "what" }, ` ${name}`),
          ),
        ),
      ),
    ),
    el(
      "section",
      {},
      el("h2", {}, "Tokens by step"),
      lines(
        [
          { name: "in", points: steps.map((each) => [each[0], each[2]]) },
          { name: "out", points: steps.map((each) => [each[0], each[3]]) },
        ],
        { title: "Tokens", y: "tokens" },
      ),
    ),
    table("By agent", grouped(parts, 0), (name) => who(name)),
    table("By component", grouped(parts, 1), (name) => say(name)),
    table("By model", grouped(parts, 2), (name) => say(name)),
    el(
      "section",
      {},
      el("h2", {}, "By agent and component"),
      el(
        "div",
        { class: "wide" },
        el(
          "table",
          {},
          tableHead("agent", "component", "model", ...FIGURES),
          el(
            "tbody",
            {},
            parts.slice(0, 1000).map(([name, component, model, ...figures]) =>
              el(
                "tr",
                {},
                el("td", {}, who(name)),
                el("td", {}, say(component)),
                el("td", {}, say(model)),
                figures.map((each) => el("td", { class: "figure-cell" }, number(each, 2))),
              ),
            ),
          ),
        ),
      ),
      parts.length > 1000 ? el("p", { class: "quiet" }, `${parts.length - 1000} more rows.`) : null,
    ),
  ];
}

const sum = (rows) => FIGURES.map((_, at) => rows.reduce((all, row) => all + row[at + 3], 0));

function grouped(parts, by) {
  const groups = new Map();
  for (const row of parts) groups.set(row[by], [...(groups.get(row[by]) || []), row]);
  return [...groups].map(([name, rows]) => [name, sum(rows)]).sort((a, b) => b[1][2] + b[1][3] - a[1][2] - a[1][3]);
}

function table(title, groups, shown) {
  const most = Math.max(...groups.map(([, figures]) => figures[2] + figures[3]), 1);
  const rows = groups.slice(0, 200).map(([name, figures]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, shown(name)),
      el("td", { class: "bar-cell" }, bar(figures[2] + figures[3], most)),
      figures.map((each) => el("td", { class: "figure-cell" }, number(each, 2))),
    ),
  );
  return el(
    "section",
    {},
    el("h2", {}, title),
    el("div", { class: "wide" }, el("table", {}, tableHead("", "tokens", ...FIGURES), el("tbody", {}, rows))),
  );
}
