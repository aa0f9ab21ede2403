// The console's page: brings its parts together.
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Feed } from "./feed.js";

const find = (id) => document.getElementById(id);
const role = find("role");
const views = document.querySelector(".views");
const seenAs = () => role.value;

const conversation = new Conversation({ seenAs, onShared: () => feed.look() });
const feed = new Feed({ seenAs, onShared: () => feed.look() });
const composer = new Composer({ onSend: (text) => conversation.ask(text) });

function show(view) {
  views.dataset.view = view;
  for (const tab of document.querySelectorAll(".tab")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
  }
  feed.isSeen = view === "channels" || matchMedia("(min-width: 68rem)").matches;
  feed.count();
}

for (const tab of document.querySelectorAll(".tab")) {
  tab.addEventListener("click", () => show(tab.dataset.view));
}

const ROLE = "threat-desk.role";
const remembered = sessionStorage.getItem(ROLE);
if ([...role.options].some((one) => one.value === remembered)) role.value = remembered;
role.addEventListener("change", () => {
  sessionStorage.setItem(ROLE, seenAs());
  conversation.note(`From here on, as ${role.selectedOptions[0].text} sees it`);
  feed.begin();
});

find("welcome").addEventListener("click", (event) => {
  const example = event.target.closest("[data-command]");
  if (example) conversation.ask(example.dataset.command);
});

// A picture that is late is asked for again: it goes on being drawn. Without one, its words stand.
const AGAIN_MS = [2000, 5000, 15000];
document.addEventListener(
  "error",
  ({ target }) => {
    if (!target.matches?.("img.chart__picture")) return;
    const figure = target.closest("figure");
    figure.classList.add("chart--missing");
    const tried = Number(target.dataset.tried ?? 0);
    if (tried === AGAIN_MS.length) return;
    target.dataset.tried = tried + 1;
    const { pathname } = new URL(target.src);
    setTimeout(() => (target.src = `${pathname}?again=${tried + 1}`), AGAIN_MS[tried]);
  },
  true,
);
document.addEventListener(
  "load",
  ({ target }) => {
    if (target.matches?.("img.chart__picture")) {
      target.closest("figure").classList.remove("chart--missing");
    }
  },
  true,
);

// A link may ask what only shows; anything else is left for the person to send.
const linked = (new URLSearchParams(location.search).get("ask") ?? "").trim();
if (linked) {
  const showing = document.body.dataset.showing.split(" ");
  const command = /^\/([a-z]+)\b/i.exec(linked)?.[1].toLowerCase();
  if (showing.includes(command)) conversation.ask(linked, { focus: false });
  else composer.fill(linked);
}

show("conversation");
matchMedia("(min-width: 68rem)").addEventListener("change", () => show(views.dataset.view));
feed.begin();
if (!linked && matchMedia("(hover: hover) and (pointer: fine)").matches) composer.focus();
