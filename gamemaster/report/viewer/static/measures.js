// Measures: what was measured and what was answered to probes, over the steps.
import { el, number, plural, put, say, short, shownValue } from "./text.js";
import { load } from "./source.js";
import { run } from "./run.js";
import { lines, SERIES } from "./charts.js";
import { head } from "./frame.js";
import { choice, tableHead, who } from "./parts.js";
import { here, say_here, to } from "./route.js";

export async function showMeasures() {
  const measures = run.index.measures;
  const probes = run.index.counts.probe_answers ? (await load("probes")).rows : [];
  const names = [
    ...measures.map(([name, count], at) => [`m${at}`, `${name} (${number(count)})`]),
    ...[...new Set(probes.map((each) => each.probe))].map((name) => [`p${name}`, `probe: ${name}`]),
  ];
  if (!names.length) return [head("Measures", "Nothing was measured, and no probe was asked.")];
  const wanted = here().given.of;
  const first = names.some(([value]) => value === wanted) ? wanted : await firstNumeric(measures, names);
  const body = el("div", {});
  const show = async (value) => {
    say_here(to(["measures"], { of: value }));
    const found = value.startsWith("m")
      ? await load(`measure/${value.slice(1)}`)
      : {
          name: value.slice(1),
          rows: probes
            .filter((each) => each.probe === value.slice(1))
            .map((each) => [each.step, each.who, each.failure ? null : plainAnswer(each.answer), each]),
        };
    put(body, drawn(found));
  };
  await show(first);
  return [
    head(
      "Measures",
      "Values over the steps, as the world, the components and the probes gave them. How any place of the world changed is under World.",
    ),
    el("div", { class: "filters" }, choice("Of", names, first, show)),
    body,
  ];
}

async function firstNumeric(measures, names) {
  for (let at = 0; at < Math.min(measures.length, 12); at++) {
    const { rows } = await load(`measure/${at}`);
    if (rows.length && typeof rows[0][2] === "number" && measures[at][0] !== "observations before the turns")
      return `m${at}`;
  }
  return names[0][0];
}

/** An answer that has one number in it is that number. */
function plainAnswer(answer) {
  if (answer && typeof answer === "object" && !Array.isArray(answer)) {
    const values = Object.values(answer);
    if (values.length === 1) return values[0];
  }
  return answer;
}

function drawn({ name, rows }) {
  const numbers = rows.filter((each) => typeof each[2] === "number");
  const parts = [el("h2", {}, say(name))];
  if (numbers.length && numbers.length >= rows.length / 2) parts.push(chart(name, numbers));
  else parts.push(counted(rows));
  parts.push(table(rows));
  return el("section", {}, parts);
}

function chart(name, rows) {
  const series = new Map();
  for (const [step, of, value] of rows) {
    if (!series.has(of)) series.set(of, []);
    series.get(of).push([step, value]);
  }
  const all = [...series].map(([of, points]) => ({ name: of || name, points }));
  if (all.length <= SERIES) return lines(all, { title: name, y: name });
  // More lines than can be told apart: their mean, between the least and the most.
  const steps = new Map();
  for (const [step, , value] of rows) steps.set(step, [...(steps.get(step) || []), value]);
  const of = (take) => [...steps].sort((a, b) => a[0] - b[0]).map(([step, values]) => [step, take(values)]);
  return [
    lines(
      [
        { name: "mean", points: of((values) => values.reduce((a, b) => a + b, 0) / values.length) },
        { name: "least", points: of((values) => values.reduce((a, b) => Math.min(a, b))) },
        { name: "most", points: of((values) => values.reduce((a, b) => Math.max(a, b))) },
      ],
      { title: name, y: name },
    ),
    el("p", { class: "quiet" }, `Of ${plural(all.length, "series", "series")}.`),
  ];
}

function counted(rows) {
  const counts = new Map();
  for (const each of rows) {
    const text = shownValue(each[2]);
    counts.set(text, (counts.get(text) || 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 30);
  return el(
    "div",
    { class: "wide" },
    el(
      "table",
      {},
      tableHead("value", "times"),
      el(
        "tbody",
        {},
        sorted.map(([text, count]) =>
          el("tr", {}, el("td", {}, say(short(text, 300))), el("td", { class: "figure-cell" }, number(count))),
        ),
      ),
    ),
  );
}

function table(rows) {
  const MOST = 300;
  const shown = rows.slice(-MOST);
  return el(
    "details",
    { class: "think" },
    el(
      "summary",
      {},
      rows.length > MOST ? `The last ${MOST} of ${number(rows.length)} values` : `All ${plural(rows.length, "value")}`,
    ),
    el(
      "div",
      { class: "wide" },
      el(
        "table",
        {},
        tableHead("step", "whose", "value"),
        el(
          "tbody",
          {},
          shown.map(([step, of, value, probe]) =>
            el(
              "tr",
              {},
              el("td", { class: "figure-cell" }, el("a", { href: to(["story"], {}), class: "plainly" }, number(step))),
              el("td", {}, of ? who(of, { step }) : ""),
              el(
                "td",
                {},
                probe ? el("p", { class: "quiet" }, say(probe.question)) : null,
                probe && probe.failure
                  ? el("span", { class: "bad" }, say(probe.failure))
                  : say(typeof value === "number" ? number(value, 4) : shownValue(value)),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
