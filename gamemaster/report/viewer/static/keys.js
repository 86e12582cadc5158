// Keys: next and previous event, search, and the rest; nothing while somebody types.
import { frame, changeTheme, showKeys } from "./frame.js";
import { go, here, to, toEvent } from "./route.js";
import { move, story } from "./story.js";
import { beside } from "./event.js";

const TYPED = "input, textarea, select";

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.(TYPED);
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (pressed(event)) event.preventDefault();
  });
}

/** Whether the key was one of ours. */
function pressed(event) {
  const { view } = here();
  switch (event.key) {
    case "j":
    case "k":
      return step(view, event.key === "j" ? 1 : -1);
    case "ArrowDown":
    case "ArrowUp":
      return view === "story" && story.at !== null ? step(view, event.key === "ArrowDown" ? 1 : -1) : false;
    case "/": {
      const field = frame.main.querySelector("[data-search]");
      if (!field) go(to(["story"], story.given));
      else field.focus();
      return true;
    }
    case "u":
      go(to(["story"], story.given));
      return true;
    case "t":
      changeTheme();
      return true;
    case "?":
      showKeys();
      return true;
    default:
      return false;
  }
}

function step(view, by) {
  if (view === "story") {
    move(by);
    return true;
  }
  if (view === "event") {
    const next = by > 0 ? beside.after : beside.before;
    if (next) go(toEvent(next));
    return true;
  }
  return false;
}
