// The conversation: what was asked on the right, what is answered under it.
import { Problem, ask, bringUp, make, say } from "./desk.js";
import { listen, put } from "./controls.js";

export class Conversation {
  constructor({ seenAs, onShared }) {
    this.seenAs = seenAs;
    this.region = document.getElementById("scroll");
    this.turns = document.getElementById("turns");
    this.welcome = document.getElementById("welcome");
    listen(this.turns, {
      seenAs,
      onAsk: (text, fields, words) => this.ask(text, { fields, words }),
      onShared,
      onRefused: (answer) => this.add("", answer),
    });
  }

  /** Ask, and show the answer when it is there. Focus goes to it unless the person is typing. */
  async ask(text, { fields = {}, words = "", focus = true } = {}) {
    const turn = this.begin(text, fields, words);
    const started = document.activeElement;
    const answer = await this.settle(text, fields);
    this.end(turn, answer);
    const typing = document.activeElement?.id === "question";
    const moved = document.activeElement !== started && document.activeElement !== document.body;
    if (focus && !typing && !moved) turn.card.querySelector(".reply")?.focus({ preventScroll: true });
  }

  async settle(text, fields) {
    try {
      return await ask(text, this.seenAs(), fields);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { summary: error.message };
    }
  }

  /** Say where the point of view changes. */
  note(words) {
    if (this.turns.children.length) this.turns.append(make("li", "turn turn--note", words));
    say(words);
  }

  /** Show an answer to nothing that was typed, such as why something was not shared. */
  add(asked, answer) {
    const turn = this.begin(asked, {}, "");
    this.end(turn, answer);
  }

  begin(text, fields, words) {
    this.welcome.classList.add("welcome--past");
    const item = make("li", "turn");
    if (text) {
      const bubble = make("div", "asked");
      bubble.append(make("span", "hidden", "You asked: "), make("span", "asked__text", text));
      const told = Object.values(fields).filter(Boolean);
      if (told.length) bubble.append(make("span", "asked__fields", told.join(" · ")));
      item.append(bubble);
    }
    const card = make("div", "card card--waiting");
    card.append(make("p", "waiting", words ? `${words} …` : "Looking …"));
    item.append(card);
    this.turns.append(item);
    // The question at the top, and the answer below it as far as the screen goes.
    bringUp(this.region, item);
    return { item, card };
  }

  end({ item, card }, answer) {
    card.classList.remove("card--waiting");
    put(answer, card);
    say(answer.summary);
    bringUp(this.region, item);
  }
}
