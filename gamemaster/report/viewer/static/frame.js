// Frame: the head of the page, the ways to its views, and the place where a view stands.
import { el, plainly, plural, put, say } from "./text.js";
import { served } from "./source.js";
import { run } from "./run.js";
import { to } from "./route.js";

export const frame = { main: null, live: null, status: null, nav: null };

const VIEWS = [
  ["overview", "Overview"],
  ["story", "Story"],
  ["agent", "Agents"],
  ["world", "World"],
  ["relations", "Relations"],
  ["memories", "Memories"],
  ["measures", "Measures"],
  ["costs", "Costs"],
  ["failures", "Failures"],
];

/** Put up the frame. */
export function putUp(app) {
  frame.main = el("main", { id: "main", tabindex: "-1" });
  frame.live = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  frame.status = el("p", { class: "status" });
  const views = served ? [...VIEWS, ["control", "Control"]] : VIEWS;
  frame.nav = el(
    "nav",
    { "aria-label": "Views" },
    el(
      "ul",
      {},
      views.map(([name, title]) => el("li", {}, el("a", { href: to([name]), "data-view": name }, title))),
    ),
  );
  const theme = el(
    "button",
    { type: "button", class: "ghost", on: { click: changeTheme }, "aria-label": "Light or dark" },
    "◐",
  );
  const help = el("button", { type: "button", class: "ghost", "aria-label": "Keys", on: { click: showKeys } }, "?");
  put(
    app,
    // A link to #main would be taken for a view.
    el("button", { type: "button", class: "skip", on: { click: () => frame.main.focus() } }, "To the content"),
    el(
      "header",
      { class: "top" },
      el("div", { class: "brand" }, el("a", { href: "#/overview", class: "name" }, "Gamemaster"), frame.status),
      el("div", { class: "tools" }, theme, help),
    ),
    frame.nav,
    frame.main,
    frame.live,
    keysDialog(),
  );
  showStatus();
}

/** Say in the head what run it is and how it stands. */
export function showStatus() {
  const index = run.index;
  const state = index.status === "running" ? "not finished" : index.status;
  put(
    frame.status,
    say(index.scenario || "run"),
    ` · seed ${index.seed} · ${plural(Math.max(index.last_step, 0), "step")} · ${state}`,
  );
  document.title = `${plainly(index.scenario || "Run")} · Gamemaster`;
}

/** Mark the view that is shown. */
export function mark(view) {
  const of = { event: "story", call: "agent" }[view] || view;
  for (const link of frame.nav.querySelectorAll("a")) {
    if (link.dataset.view === of) {
      link.setAttribute("aria-current", "page");
      const list = link.closest("ul");
      list.scrollLeft = link.offsetLeft - list.clientWidth / 2;
    } else link.removeAttribute("aria-current");
  }
}

/** Tell those who listen. */
export const announce = (text) => put(frame.live, text);

/** A view's head: its title and what it is about. */
export function head(title, about = "") {
  return el(
    "div",
    { class: "head" },
    el("h1", { tabindex: "-1" }, title),
    about ? el("p", { class: "about" }, about) : null,
  );
}

const root = document.documentElement;
const machine = matchMedia("(prefers-color-scheme: dark)");
const ofMachine = () => (machine.matches ? "dark" : "light");
let chosen = false;

export function changeTheme() {
  chosen = true;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("gamemaster-theme", root.dataset.theme);
  } catch {
    // kept for this page alone
  }
}

/** Take up the theme that was chosen before, else the machine's own, and follow that. */
export function takeTheme() {
  let kept = null;
  try {
    kept = localStorage.getItem("gamemaster-theme");
  } catch {
    // nothing can be kept here
  }
  chosen = kept === "dark" || kept === "light";
  root.dataset.theme = chosen ? kept : ofMachine();
  machine.addEventListener("change", () => {
    if (!chosen) root.dataset.theme = ofMachine();
  });
}

const KEYS = [
  ["j or ↓ · k or ↑", "next and previous event"],
  ["Enter", "what caused the selected event"],
  ["/", "search in this view"],
  ["u", "back to the story"],
  ["t", "light or dark"],
  ["?", "these keys"],
];

function keysDialog() {
  return el(
    "dialog",
    { id: "keys", "aria-label": "Keys" },
    el("h2", {}, "Keys"),
    el(
      "dl",
      { class: "keys" },
      KEYS.map(([key, what]) => [el("dt", {}, key), el("dd", {}, what)]),
    ),
    el("form", { on: { submit: closeKeys } }, el("button", {}, "Close")),
  );
}

function closeKeys(event) {
  event.preventDefault();
  document.getElementById("keys").close();
}

export function showKeys() {
  const dialog = document.getElementById("keys");
  if (dialog.open) dialog.close();
  else dialog.showModal();
}
