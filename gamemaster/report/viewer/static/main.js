// Main: opens the run, shows the view that the address names, and follows a run that goes on.
import { el, put } from "./text.js";
import { load, forget, served, trouble } from "./source.js";
import { goOn, openRun } from "./run.js";
import { frame, mark, putUp, showStatus, takeTheme } from "./frame.js";
import { here } from "./route.js";
import { overview } from "./overview.js";
import { leaveStory, showStory, storyGrew } from "./story.js";
import { showEvent } from "./event.js";
import { agentGrew, leaveAgent, showAgent } from "./agent.js";
import { showCall } from "./call.js";
import { showWorld } from "./world.js";
import { showRelations } from "./relations.js";
import { leaveMemories, showMemories } from "./memories.js";
import { showCosts } from "./costs.js";
import { showFailures } from "./failures.js";
import { showMeasures } from "./measures.js";
import { control, drawControl, leaveControl, showControl, takeToken } from "./control.js";
import { listen } from "./keys.js";

const SHOWN = {
  overview,
  story: showStory,
  event: showEvent,
  agent: showAgent,
  call: showCall,
  world: showWorld,
  relations: showRelations,
  memories: showMemories,
  costs: showCosts,
  failures: showFailures,
  measures: showMeasures,
  control: showControl,
};
const LEFT = { story: leaveStory, agent: leaveAgent, memories: leaveMemories, control: leaveControl };
const EVERY = 1500; // milliseconds between two looks at a run that goes on

let shown = "";
let showing = 0;

async function show({ first = false } = {}) {
  const mine = ++showing;
  const { view } = here();
  if (LEFT[shown]) LEFT[shown]();
  shown = view;
  mark(view);
  let content;
  try {
    content = await (SHOWN[view]
      ? SHOWN[view]()
      : [
          el("h1", { tabindex: "-1" }, "No such view"),
          el("p", {}, el("a", { href: "#/overview" }, "To the overview")),
        ]);
  } catch (error) {
    content = [el("h1", { tabindex: "-1" }, "This can’t be shown"), trouble(error)];
  }
  if (mine !== showing) return;
  put(frame.main, content);
  frame.main.dataset.view = view;
  if (!first) {
    scrollTo(0, 0);
    const title = frame.main.querySelector("h1");
    if (title) title.focus({ preventScroll: true });
  }
}

async function follow() {
  try {
    forget((name) => name === "pulse");
    const status = await load("pulse");
    control.status = status;
    drawControl();
    if (await goOn(status)) {
      showStatus();
      storyGrew();
      agentGrew();
      if (["overview", "costs", "failures", "measures"].includes(shown)) {
        const at = scrollY;
        await show({ first: true });
        scrollTo(0, at);
      }
    }
    frame.status.classList.remove("bad");
  } catch {
    frame.status.classList.add("bad");
  }
  setTimeout(follow, EVERY);
}

async function start() {
  const app = document.getElementById("app");
  takeTheme();
  takeToken();
  try {
    await openRun();
  } catch (error) {
    put(app, trouble(error));
    return;
  }
  putUp(app);
  addEventListener("hashchange", () => show());
  listen();
  await show({ first: true });
  document.documentElement.dataset.ready = "yes";
  if (served) follow();
}

start();
