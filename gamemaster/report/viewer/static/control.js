// Control: pause, step, tell, and edit, where the server was started to allow it.
import { el, put, say, shownValue } from "./text.js";
import { load, order, served, trouble } from "./source.js";
import { clock, run } from "./run.js";
import { head } from "./frame.js";
import { choice, textAt } from "./parts.js";
import { here, say_here, to } from "./route.js";

export const control = { token: "", status: null, panel: null, said: [] };

/** Keep the token that came with the address, and take it out of the address. */
export function takeToken() {
  const { view, given } = here();
  if (view === "control" && given.token) {
    control.token = given.token;
    try {
      sessionStorage.setItem("gamemaster-token", given.token);
    } catch {
      // kept for this page alone
    }
    say_here(to(["control"]));
  } else {
    try {
      control.token = sessionStorage.getItem("gamemaster-token") || "";
    } catch {
      control.token = "";
    }
  }
}

export async function showControl() {
  if (!served) return [head("Control", "A report is a file and changes nothing.")];
  control.panel = el("div", { class: "panel" });
  if (!control.status) control.status = await load(`pulse`).catch(() => null);
  drawControl();
  const allowed = control.status && control.status.control;
  if (!allowed)
    return [
      head("Control"),
      el(
        "p",
        { class: "notice" },
        (control.status && control.status.note) ||
          "This run is only shown. `gamemaster view DIR --control` goes on with it and lets you change it.",
      ),
    ];
  if (!control.token)
    return [
      head("Control"),
      el("p", { class: "notice bad" }, "The token is missing: open the address that was printed in the terminal."),
    ];
  return [
    head(
      "Control",
      "The run goes on here, step by step. What you change is made before the next step, and is on record as an intervention.",
    ),
    control.panel,
    ...(await forms()),
  ];
}

export function leaveControl() {
  control.panel = null;
  control.said = [];
}

/** Show how the run stands. */
export function drawControl() {
  const state = control.status && control.status.control;
  if (!control.panel || !state) return;
  const over = state.phase === "ended";
  const said = over ? (state.failed ? "failed" : "ended") : state.phase === "stepping" ? "walking a step" : "paused";
  const pressed = (what) =>
    send(what).catch((error) => put(control.panel.querySelector(".answer-of-order"), trouble(error)));
  if (!state.waiting.length) for (const each of control.said) put(each);
  const button = (title, what, disabled) =>
    el("button", { type: "button", disabled, on: { click: () => pressed(what) } }, title);
  put(
    control.panel,
    el(
      "p",
      { class: "line", role: "status" },
      el("strong", {}, said),
      el("span", { class: "when" }, `step ${Math.max(control.status.last_step, 0)} of ${state.steps}`),
      state.asking.length
        ? el(
            "span",
            { class: "quiet" },
            "asking ",
            say(state.asking.slice(0, 6).join(", ")),
            state.asking.length > 6 ? " …" : "",
          )
        : null,
    ),
    state.ended ? el("p", {}, say(state.ended)) : null,
    state.failed ? el("p", { class: "notice bad" }, say(state.failed)) : null,
    el(
      "p",
      { class: "buttons" },
      button("One step", { do: "step" }, over),
      button("Ten steps", { do: "step", count: 10 }, over),
      button("Go on", { do: "play" }, over || state.goes_on),
      button("Pause", { do: "pause" }, over || !state.goes_on),
    ),
    state.waiting.length
      ? [
          el("h2", {}, "Before the next step"),
          el(
            "ul",
            { class: "plain" },
            state.waiting.map((each) =>
              el("li", {}, say(each.said), " ", button("take back", { do: "drop", number: each.number }, false)),
            ),
          ),
        ]
      : null,
    state.told.map((text) => el("p", { class: "notice bad" }, say(text))),
    el("div", { class: "answer-of-order", role: "alert" }),
  );
}

async function send(what) {
  control.status.control = await order(what, control.token);
  drawControl();
}

async function forms() {
  const people = run.index.agents;
  const states = (await load("states").catch(() => ({ parts: {} }))).parts;
  return [tellForm(people), memoryForm(people), stateForm(people, states)];
}

function tellForm(people) {
  const text = el("textarea", { rows: 2, required: true, maxlength: 20000 });
  let whom = "";
  return form(
    "Tell",
    "Told by nobody in particular, as an announcement.",
    [
      choice("Whom", [["", "everybody"], ...people.map((name) => [name, name])], "", (value) => (whom = value)),
      labelled("What", text),
    ],
    "Tell before the next step",
    async () => {
      await send({ do: "tell", text: text.value, to: whom ? [whom] : null });
      text.value = "";
    },
  );
}

function memoryForm(people) {
  const text = el("textarea", { rows: 3, maxlength: 20000 });
  const importance = el("input", { type: "number", step: "any" });
  const forget = el("input", { type: "checkbox" });
  const place = el("div", {});
  let [agent, id, held] = [people[0] || "", "", []];
  const pick = (value) => {
    id = value;
    const memory = held.find((each) => each.id === id);
    text.value = memory ? textAt(memory, Infinity) : "";
    importance.value = memory && memory.importance !== undefined ? memory.importance : "";
    forget.checked = false;
  };
  const list = async () => {
    const at = run.index.holders.indexOf(agent);
    held = at < 0 ? [] : (await load(`memories/${at}`)).memories.filter((each) => each.gone === undefined);
    put(
      place,
      choice(
        "Memory",
        [
          ["", "a new one"],
          ...held
            .slice(-400)
            .reverse()
            .map((each) => [each.id, `${clock(each.time)} ${textAt(each, Infinity).slice(0, 70)}`]),
        ],
        "",
        pick,
      ),
    );
    pick("");
  };
  list();
  return form(
    "Edit a memory",
    "What was remembered before stays on record.",
    [
      choice(
        "Whose",
        people.map((name) => [name, name]),
        agent,
        (value) => {
          agent = value;
          list();
        },
      ),
      place,
      labelled("Text", text),
      labelled("Importance", importance),
      el("label", { class: "check" }, forget, " forget it"),
    ],
    "Change before the next step",
    async () => {
      const memory = held.find((each) => each.id === id);
      const change = { do: "memory", agent, id };
      if (forget.checked) change.forget = true;
      else {
        if (!memory || text.value !== textAt(memory, Infinity)) change.text = text.value;
        if (importance.value !== "" && (!memory || Number(importance.value) !== memory.importance))
          change.importance = Number(importance.value);
      }
      await send(change);
      pick(id);
    },
  );
}

function stateForm(people, states) {
  const parts = Object.keys(states).filter((part) => part.startsWith("agent/"));
  if (!parts.length) return null;
  const text = el("textarea", { rows: 6, spellcheck: "false", class: "code" });
  let part = parts[0];
  const pick = (value) => {
    part = value;
    text.value = shownValue(states[part]);
  };
  pick(part);
  return form(
    "Edit a component’s state",
    "JSON, in the component’s own form.",
    [
      choice(
        "Of",
        parts.map((each) => [each, each.slice(6).replace("/", ": ")]),
        part,
        pick,
      ),
      labelled("State", text),
    ],
    "Put in place before the next step",
    async () => {
      const cut = part.lastIndexOf("/");
      await send({
        do: "state",
        agent: part.slice(6, cut),
        component: part.slice(cut + 1),
        state: JSON.parse(text.value),
      });
    },
  );
}

const labelled = (label, input) => el("label", { class: "field grow" }, el("span", {}, label), input);

function form(title, about, fields, button, send) {
  const said = el("span", { class: "quiet", role: "status" });
  control.said.push(said);
  const submit = async (event) => {
    event.preventDefault();
    put(said, "…");
    try {
      await send();
      put(said, "It waits for the next step; see above.");
    } catch (error) {
      put(said, trouble(error));
    }
  };
  return el(
    "section",
    { class: "order" },
    el("h2", {}, title),
    el("p", { class: "quiet" }, about),
    el(
      "form",
      { on: { submit } },
      fields,
      el("p", { class: "buttons" }, el("button", { type: "submit" }, button), said),
    ),
  );
}
