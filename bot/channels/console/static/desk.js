// What the page asks of the desk behind it.
const HEADERS = { "Content-Type": "application/json", "X-Threat-Desk": "console" };
const AWAY = "Threat Desk does not answer. Is `threatdesk console` still running?";

export class Problem extends Error {}

async function reach(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Problem(AWAY);
  }
  if (response.ok || response.status === 304) return response;
  const said = await response.json().catch(() => ({}));
  throw new Problem(said.problem ?? AWAY);
}

async function post(path, what) {
  const options = { method: "POST", headers: HEADERS, body: JSON.stringify(what) };
  return (await reach(path, options)).json();
}

export const ask = (text, seenAs, fields = {}) =>
  post("/console/ask", { text, fields, as: seenAs });

export const share = (command, seenAs) => post("/console/share", { command, as: seenAs });

export const names = async () => (await reach("/console/names.json")).json();

/** Return the feed and its mark; null where nothing has changed since `mark`. */
export async function feed(seenAs, mark) {
  const headers = mark ? { "If-None-Match": mark } : {};
  const path = `/console/feed?as=${encodeURIComponent(seenAs)}`;
  const response = await reach(path, { headers, cache: "no-store" });
  if (response.status === 304) return null;
  return { mark: response.headers.get("ETag"), ...(await response.json()) };
}

/** Say something to whoever hears the page instead of seeing it. */
export function say(words) {
  document.getElementById("said").textContent = words;
}

/** Make an element with a class and words; words never become markup. */
export function make(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

/** Bring an element to the top of the region that scrolls it, and move nothing else. */
export function bringUp(region, element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const from = region.getBoundingClientRect().top;
  const top = region.scrollTop + element.getBoundingClientRect().top - from - 14;
  region.scrollTo({ top, behavior: still ? "auto" : "smooth" });
}
