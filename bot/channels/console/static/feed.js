// The channels as they would be posted: living messages are changed in place.
import { Problem, ask, bringUp, feed, make, say } from "./desk.js";
import { listen, put } from "./controls.js";

const EVERY_MS = 4000;

export class Feed {
  constructor({ seenAs, onShared }) {
    this.seenAs = seenAs;
    this.root = document.getElementById("feed");
    this.empty = document.getElementById("empty");
    this.badge = document.getElementById("new");
    this.standing = document.getElementById("standing");
    this.isSeen = false;
    this.unseen = 0;
    this.forget();
    listen(this.root, {
      seenAs,
      onAsk: (text, fields, words, control) => this.ask(text, fields, words, control),
      onShared,
      onRefused: (answer, control) => this.answer(control, answer),
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    setInterval(() => document.hidden || this.look(), EVERY_MS);
  }

  /** Show the feed anew, as someone else sees it. */
  begin() {
    this.forget();
    this.root.replaceChildren(this.empty);
    return this.look();
  }

  forget() {
    this.mark = "";
    this.shown = new Map(); // by key: the message's element, and what was put into it
    this.places = new Map();
    this.isFirst = true;
  }

  async look() {
    const asked = this.seenAs();
    let found;
    try {
      found = await feed(asked, this.mark);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return; // the next question says that nobody answers
    }
    if (!found || asked !== this.seenAs()) return;
    this.mark = found.mark;
    this.standing.textContent = found.standing;
    this.put(found.messages);
  }

  put(messages) {
    this.empty.hidden = messages.length > 0;
    let news = 0;
    for (const one of [...messages].reverse()) {
      const before = this.shown.get(`${one.place} ${one.key}`);
      if (before?.html === one.html) continue;
      if (before) this.change(before, one);
      else this.add(one);
      news += 1;
    }
    if (!this.isFirst && !this.isSeen) this.unseen += news;
    if (!this.isFirst && news) say(news === 1 ? "A channel has news." : "Channels have news.");
    this.isFirst = false;
    this.count();
  }

  count() {
    if (this.isSeen) this.unseen = 0;
    this.badge.hidden = !this.unseen;
    this.badge.textContent = this.unseen ? `${this.unseen} new` : "";
  }

  add(one) {
    const item = make("li", "message");
    const body = make("div", "message__body");
    item.append(body);
    const message = { body, html: "" };
    this.change(message, one);
    this.shown.set(`${one.place} ${one.key}`, message);
    this.place(one).prepend(item);
  }

  // What the person has opened or is answering beneath it stays as it is.
  change(message, one) {
    const isOpen = message.body.querySelector(".thread")?.open ?? false;
    message.body.innerHTML = one.html; // rendered and escaped by the desk
    message.html = one.html;
    const thread = message.body.querySelector(".thread");
    if (thread) thread.open = isOpen;
  }

  /** Return the list of a place, which is made when it is first needed. */
  place(one) {
    const known = this.places.get(one.place);
    if (known) return known;
    const section = make("section", "place");
    const head = make("div", "place__head");
    head.append(make("h2", "place__name", one.place), make("p", "place__about", one.about));
    const list = make("ol", "messages");
    list.setAttribute("role", "list");
    section.append(head, list);
    this.root.prepend(section);
    this.places.set(one.place, list);
    return list;
  }

  // An answer to a button in a channel is for the person alone: it stands under the message.
  async ask(text, fields, words, control) {
    const message = control.closest(".message");
    const { own, card } = this.own(message, words);
    try {
      this.fill(own, card, await ask(text, this.seenAs(), fields));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.fill(own, card, { summary: error.message });
    }
    await this.look();
  }

  answer(control, answer) {
    const { own, card } = this.own(control.closest(".message"), "");
    this.fill(own, card, answer);
  }

  fill(own, card, answer) {
    put(answer, card);
    say(answer.summary);
    card.querySelector(".reply")?.focus({ preventScroll: true });
    bringUp(this.root, own);
  }

  own(message, words) {
    message.querySelector(".own")?.remove();
    const own = make("div", "own");
    const head = make("div", "own__head");
    const close = make("button", "own__close", "Dismiss");
    close.type = "button";
    close.addEventListener("click", () => {
      own.remove();
      message.querySelector("button, select, summary")?.focus();
    });
    head.append(make("p", "own__note", "Only you can see this"), close);
    const card = make("div", "own__card");
    card.append(make("p", "waiting", words ? `${words} …` : "Looking …"));
    own.append(head, card);
    message.append(own);
    return { own, card };
  }
}
