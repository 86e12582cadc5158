// Graph: people in a ring, and an arrow for each relation, as broad as it is frequent.
import { number, plural, short, svg } from "./text.js";
import { run } from "./run.js";

const SIZE = 620;
export const MOST_DRAWN = 400;

/** The people in a ring, in their order, with an arrow for each relation. */
export function graph(edges, chosenName, choose) {
  const known = [...new Set([...run.index.agents, ...edges.flatMap((each) => [each.from, each.to])])];
  const used = new Set(edges.flatMap((each) => [each.from, each.to]));
  const names = known.length > 24 ? known.filter((name) => used.has(name)) : known;
  const middle = SIZE / 2;
  const ring = middle - (names.length > 30 ? 60 : innerWidth < 640 ? 128 : 96);
  const place = new Map(
    names.map((name, at) => {
      const angle = (2 * Math.PI * at) / names.length - Math.PI / 2;
      return [name, { x: middle + ring * Math.cos(angle), y: middle + ring * Math.sin(angle), angle }];
    }),
  );
  const weights = edges.map((each) => Math.abs(each.weight));
  const [least, most] = [Math.min(...weights), Math.max(...weights)];
  const many = edges.length > 150;
  const drawn = svg("svg", {
    viewBox: `0 0 ${SIZE} ${SIZE}`,
    class: "network",
    role: "img",
    "aria-label": `Who reached whom: ${plural(edges.length, "relation")}; the list below says the same`,
  });
  const marker = svg(
    "marker",
    {
      id: "arrow",
      viewBox: "0 0 10 10",
      refX: 9,
      refY: 5,
      markerWidth: 9,
      markerHeight: 9,
      markerUnits: "userSpaceOnUse",
      orient: "auto-start-reverse",
    },
    svg("path", { d: "M0 0L10 5L0 10z", class: "arrowhead" }),
  );
  drawn.append(svg("defs", {}, marker));
  const crowd = names.length > 30;
  const radius = crowd ? 4 : 9;
  for (const each of edges.slice(0, MOST_DRAWN)) {
    const [a, b] = [place.get(each.from), place.get(each.to)];
    if (!a || !b || each.from === each.to) continue;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const length = Math.hypot(dx, dy) || 1;
    const bend = 0.12 * length;
    const cx = (a.x + b.x) / 2 - (dy / length) * bend;
    const cy = (a.y + b.y) / 2 + (dx / length) * bend;
    const toward = Math.hypot(b.x - cx, b.y - cy) || 1;
    const end = { x: b.x - ((b.x - cx) / toward) * (radius + 4), y: b.y - ((b.y - cy) / toward) * (radius + 4) };
    const share = most > least ? (Math.abs(each.weight) - least) / (most - least) : 0.3;
    const line = svg("path", {
      d: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${end.x.toFixed(1)} ${end.y.toFixed(1)}`,
      class: "edge",
      "stroke-width": (many ? 0.5 + 1.5 * share : 1.2 + 3 * share).toFixed(2),
      opacity: (many ? 0.12 + 0.7 * share * share : 0.35 + 0.5 * share).toFixed(2),
      "marker-end": many ? null : "url(#arrow)",
    });
    line.append(svg("title", {}, short(`${each.from} → ${each.to}: ${number(each.weight)}`, 120)));
    drawn.append(line);
  }
  for (const [name, at] of place) {
    const right = Math.cos(at.angle) > 0.15;
    const left = Math.cos(at.angle) < -0.15;
    const chosen = chosenName === name;
    const node = svg(
      "g",
      {
        class: `node${chosen ? " chosen" : ""}${used.has(name) ? "" : " alone"}`,
        role: "button",
        tabindex: "0",
        "aria-label": short(name, 60),
      },
      svg("circle", { cx: at.x, cy: at.y, r: radius }),
      crowd
        ? spoke(name, at, radius)
        : svg(
            "text",
            {
              x: at.x + (right ? radius + 5 : left ? -radius - 5 : 0),
              y: at.y + (right || left ? 4 : at.y < middle ? -radius - 7 : radius + 16),
              "text-anchor": right ? "start" : left ? "end" : "middle",
            },
            short(name, 16),
          ),
    );
    node.addEventListener("click", () => choose(name));
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose(name);
      }
    });
    drawn.append(node);
  }
  return drawn;
}

/** A name outside of the ring, turned as its spoke is. */
function spoke(name, at, radius) {
  const degrees = (at.angle * 180) / Math.PI;
  const back = Math.cos(at.angle) < 0;
  const x = at.x + (radius + 4) * Math.cos(at.angle);
  const y = at.y + (radius + 4) * Math.sin(at.angle);
  return svg(
    "text",
    {
      class: "small",
      "text-anchor": back ? "end" : "start",
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${(back ? degrees + 180 : degrees).toFixed(1)}) translate(0 3)`,
    },
    short(name, 12),
  );
}
