// The line to type in: commands and names complete as they are typed (WAI-ARIA 1.2, combobox).
import { names } from "./desk.js";

const MOST = 8;
const HISTORY = "threat-desk.history";
const KEPT = 50;

export class Composer {
  constructor({ onSend }) {
    this.onSend = onSend;
    this.form = document.getElementById("composer");
    this.input = document.getElementById("question");
    this.list = document.getElementById("completions");
    this.vocabulary = { commands: [], lists: {} };
    this.options = [];
    this.active = -1;
    this.past = JSON.parse(sessionStorage.getItem(HISTORY) ?? "[]");
    this.at = this.past.length;
    names().then((found) => (this.vocabulary = found), () => {});
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.input.addEventListener("input", () => this.complete());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    // The line keeps the focus, so that a phone keeps its keyboard.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(Number(option.dataset.number));
    });
  }

  focus() {
    this.input.focus();
  }

  /** Put words there for the person to send. */
  fill(text) {
    this.input.value = text;
    this.focus();
  }

  send() {
    const text = this.input.value.trim();
    if (!text) return;
    if (this.past.at(-1) !== text) this.past.push(text);
    this.past = this.past.slice(-KEPT);
    sessionStorage.setItem(HISTORY, JSON.stringify(this.past));
    this.at = this.past.length;
    this.input.value = "";
    this.close();
    this.onSend(text);
  }

  press(event) {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    const acts = {
      ArrowDown: () => (isOpen ? this.move(1) : this.recall(1)),
      ArrowUp: () => (isOpen ? this.move(-1) : this.recall(-1)),
      Enter: () => isOpen && this.active >= 0 && this.take(this.active),
      Tab: () => isOpen && this.active >= 0 && !event.shiftKey && this.take(this.active),
      Escape: () => {
        if (isOpen) this.close();
        else this.input.value = "";
        return true;
      },
    };
    if (acts[event.key]?.()) event.preventDefault();
  }

  /** Bring back what was asked before; only from an empty line, or from what was brought back. */
  recall(step) {
    const isOwn = this.input.value !== "" && this.input.value !== this.past[this.at];
    const next = this.at + step;
    if (isOwn || next < 0 || next > this.past.length) return false;
    this.at = next;
    this.input.value = this.past[next] ?? "";
    return true;
  }

  complete() {
    const text = this.input.value;
    this.options = text.startsWith("/") ? this.find(text) : [];
    if (!this.options.length) return this.close();
    // A command that is not whole yet is chosen by Enter; after it, Enter sends what is written.
    this.draw(text.includes(" ") || this.isWhole(text) ? -1 : 0);
  }

  isWhole(text) {
    return this.vocabulary.commands.some((one) => `/${one.name}` === text.toLowerCase());
  }

  find(text) {
    const space = text.indexOf(" ");
    if (space < 0) return this.findCommands(text.slice(1).toLowerCase());
    const command = text.slice(1, space).toLowerCase();
    const found = this.vocabulary.commands.find((one) => one.name === command);
    if (!found) return [];
    return this.findNames(found, text.slice(0, space + 1), text.slice(space + 1));
  }

  findCommands(typed) {
    const starts = (one) => one.name.startsWith(typed);
    return this.vocabulary.commands.filter(starts).map((one) => ({
      value: `/${one.name} `,
      label: `/${one.name}`,
      usage: one.usage.slice(one.name.length + 1),
      about: one.does,
    }));
  }

  // What comes next is the first thing that the command takes and has not been given yet. What was
  // written before it may be names of several words, so the longest that fits is taken off first.
  findNames(command, head, rest) {
    let typed = rest.replace(/^\s+/, "");
    let before = head;
    const lists = [...command.takes];
    while (lists.length) {
      const whole = this.whole(lists[0], typed);
      if (!whole) break;
      before += typed.slice(0, whole + 1);
      typed = typed.slice(whole + 1);
      lists.shift();
    }
    const found = [];
    for (const name of lists) {
      found.push(...this.matches(this.vocabulary.lists[name] ?? [], typed.trim().toLowerCase()));
      if (found.length) break;
    }
    return found.slice(0, MOST).map((one) => ({
      value: `${before}${one.words} `,
      label: one.label,
      usage: "",
      about: one.about === one.label ? "" : one.about,
    }));
  }

  /** Return how long the longest whole name of a list is with which words begin; 0: none. */
  whole(name, typed) {
    const lower = typed.toLowerCase();
    const lengths = (this.vocabulary.lists[name] ?? [])
      .filter((one) => lower.startsWith(`${one.words.toLowerCase()} `))
      .map((one) => one.words.length);
    return Math.max(0, ...lengths);
  }

  /** Return what words may be completed to: what begins with them, then what holds them. */
  matches(list, typed) {
    if (!typed) return list;
    const texts = (one) => [one.words, one.label, one.about].map((text) => text.toLowerCase());
    const begins = (one) => texts(one).some((text) => text.startsWith(typed));
    const holds = (one) => texts(one).some((text) => text.includes(typed));
    return [...list.filter(begins), ...list.filter((one) => !begins(one) && holds(one))];
  }

  draw(active) {
    this.list.replaceChildren(...this.options.map((one, number) => option(one, number)));
    this.list.hidden = false;
    this.list.scrollTop = 0;
    this.input.setAttribute("aria-expanded", "true");
    this.choose(active);
  }

  choose(number) {
    this.active = number;
    for (const one of this.list.children) {
      one.setAttribute("aria-selected", String(Number(one.dataset.number) === number));
    }
    const chosen = this.list.children[number];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      const { offsetTop: top, offsetHeight: height } = chosen;
      const { scrollTop, clientHeight } = this.list;
      if (top < scrollTop) this.list.scrollTop = top - 6;
      else if (top + height > scrollTop + clientHeight) {
        this.list.scrollTop = top + height - clientHeight + 6;
      }
    } else this.input.removeAttribute("aria-activedescendant");
  }

  move(step) {
    const count = this.options.length;
    const from = this.active < 0 && step < 0 ? count : this.active;
    this.choose((from + step + count) % count);
    return true;
  }

  take(number) {
    this.input.value = this.options[number].value;
    this.focus();
    this.complete();
    return true;
  }

  close() {
    this.options = [];
    this.active = -1;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function option(one, number) {
  const made = document.createElement("li");
  made.id = `completion-${number}`;
  made.className = "completion";
  made.setAttribute("role", "option");
  made.dataset.number = number;
  const line = document.createElement("span");
  line.className = "completion__line";
  const label = document.createElement("span");
  label.className = "completion__label";
  label.textContent = one.label;
  const usage = document.createElement("span");
  usage.className = "completion__usage";
  usage.textContent = one.usage;
  line.append(label, usage);
  const about = document.createElement("span");
  about.className = "completion__about";
  about.textContent = one.about;
  made.append(line, about);
  return made;
}
