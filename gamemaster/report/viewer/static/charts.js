// Charts: lines over steps and bars, in SVG, with a table of the same figures for those who don't see them.
import { el, number, short, svg } from "./text.js";

const HEIGHT = 220;
const LEFT = 48;
const BOTTOM = 28;
export const SERIES = 8;

/** Lines: `series` are {name, points: [[x, y], …]}, the first eight of them in colour. */
export function lines(series, { title, x = "step", y = "" }) {
  const WIDTH = innerWidth < 640 ? 360 : 760; // the letters keep their size
  const shown = series.filter((each) => each.points.length);
  const all = shown.flatMap((each) => each.points);
  if (!all.length) return el("p", { class: "quiet" }, "Nothing to be drawn.");
  const low = Math.min(0, ...extent(all, 1));
  const high = Math.max(...extent(all, 1));
  const [first, last] = extent(all, 0);
  const ticks = niceTicks(low, high === low ? low + 1 : high);
  const top = Math.max(ticks.at(-1), high);
  const at = (value) => LEFT + ((value - first) / Math.max(last - first, 1)) * (WIDTH - LEFT - 12);
  const up = (value) =>
    HEIGHT - BOTTOM - ((value - ticks[0]) / Math.max(top - ticks[0], 1e-9)) * (HEIGHT - BOTTOM - (y ? 26 : 14));
  const drawn = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
    "aria-label": `${title}, by ${x}`,
    class: "chart",
  });
  for (const tick of ticks) {
    drawn.append(
      svg("line", { x1: LEFT, x2: WIDTH - 12, y1: up(tick), y2: up(tick), class: "grid" }),
      svg("text", { x: LEFT - 8, y: up(tick) + 4, "text-anchor": "end" }, compact(tick)),
    );
  }
  for (const tick of niceTicks(first, last, WIDTH > 500 ? 8 : 4).filter(
    (each) => Number.isInteger(each) && each >= first && each <= last,
  )) {
    drawn.append(svg("text", { x: at(tick), y: HEIGHT - 8, "text-anchor": "middle" }, compact(tick)));
  }
  drawn.append(svg("text", { x: WIDTH - 12, y: HEIGHT - 8, "text-anchor": "end", class: "axis" }, x));
  if (y) drawn.append(svg("text", { x: 6, y: 14, class: "axis" }, short(y, 40)));
  shown.forEach((each, place) => {
    const path = each.points.map(([px, py]) => `${at(px).toFixed(1)},${up(py).toFixed(1)}`).join(" ");
    const tone = `line s${place < SERIES ? place : "x"}`;
    drawn.append(svg("polyline", { points: path, class: tone }));
    if (each.points.length < 60) {
      for (const [px, py] of each.points) {
        const dot = svg("circle", { cx: at(px), cy: up(py), r: 2.5, class: `dot s${place < SERIES ? place : "x"}` });
        dot.append(svg("title", {}, `${each.name ? `${short(each.name, 60)}, ` : ""}${x} ${px}: ${number(py, 4)}`));
        drawn.append(dot);
      }
    }
  });
  const legend =
    shown.length > 1
      ? el(
          "ul",
          { class: "legend" },
          shown.slice(0, SERIES).map((each, place) => el("li", { class: `s${place}` }, short(each.name, 40))),
          shown.length > SERIES ? el("li", { class: "sx" }, `${shown.length - SERIES} more`) : null,
        )
      : null;
  return el("figure", { class: "figure" }, drawn, legend);
}

/** A bar as wide as its share of `most`. */
export const bar = (value, most, tone = "") =>
  el(
    "span",
    { class: `bar ${tone}`, "aria-hidden": "true" },
    el("span", { style: { width: `${most > 0 ? (100 * value) / most : 0}%` } }),
  );

function extent(points, of) {
  let low = Infinity;
  let high = -Infinity;
  for (const point of points) {
    if (point[of] < low) low = point[of];
    if (point[of] > high) high = point[of];
  }
  return [low, high];
}

function niceTicks(low, high, count = 4) {
  const rough = Math.max(high - low, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const ticks = [];
  for (let at = Math.floor(low / step) * step; at <= high + step * 0.999; at += step)
    ticks.push(Number(at.toPrecision(10)));
  return ticks;
}

const compact = (value) => new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 }).format(value);
