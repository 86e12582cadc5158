// Route: the part of the address behind the # says what is shown, so that every view has an address of its own.

/** The address of a view: its parts, and what it is given. */
export function to(parts, given = {}) {
  const query = Object.entries(given).filter(
    ([, value]) => value !== "" && value !== null && value !== undefined && value !== false,
  );
  const asked = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `#/${parts.map((part) => encodeURIComponent(String(part))).join("/")}${asked ? `?${asked}` : ""}`;
}

/** An event's address; its id has slashes, and keeps them, to be read. */
export const toEvent = (id) => `#/event/${id.split("/").map(encodeURIComponent).join("/")}`;

export const toCall = (call) => to(["call", call.step, call.who, call.component, call.what, call.idx]);

/** Where we are: the view's name, its parts, what it is given. */
export function here() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decoded);
  const given = {};
  for (const pair of query.split("&").filter(Boolean)) {
    const [name, value = ""] = pair.split("=");
    given[decoded(name)] = decoded(value);
  }
  return { view: parts[0] || "overview", parts: parts.slice(1), given };
}

/** Have the address say what is shown, without going anywhere. */
export const say_here = (address) => history.replaceState(null, "", address);

export const go = (address) => {
  location.hash = address;
};

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
