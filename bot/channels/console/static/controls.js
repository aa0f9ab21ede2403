// Buttons, menus and forms inside replies, wherever a reply is shown.
import { Problem, make, say, share } from "./desk.js";

/**
 * Listen to the controls of every reply inside an element.
 *
 * onAsk(text, fields, words, control) is called with the command, the fields of a form, the words
 * that tell the person what they did, and the control that was used.
 */
export function listen(root, { seenAs, onAsk, onShared, onRefused }) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.share) await shareIt(button, { seenAs, onShared, onRefused });
    else if (button.dataset.command && (await isSure(button.dataset.confirm))) {
      onAsk(button.dataset.command, {}, button.textContent.trim(), button);
    }
  });
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-command]");
    if (!form) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    onAsk(form.dataset.command, fields, form.getAttribute("aria-label"), form);
  });
  listenToMenus(root, onAsk);
}

// A menu acts when something is chosen in it by hand or by touch. With the keyboard, arrows change
// a closed menu at every press, so there it acts on Enter.
function listenToMenus(root, onAsk) {
  let byArrows = false;
  const choose = async (menu) => {
    const { command, confirm } = menu.selectedOptions[0].dataset;
    const words = menu.selectedOptions[0].text;
    if (!command) return;
    if (await isSure(confirm)) onAsk(command, {}, words, menu);
    menu.value = "";
  };
  root.addEventListener("pointerdown", () => (byArrows = false));
  root.addEventListener("keydown", (event) => {
    const menu = event.target.closest("select.menu__choice");
    byArrows = Boolean(menu);
    if (menu && event.key === "Enter" && menu.value) {
      event.preventDefault();
      choose(menu);
    }
  });
  root.addEventListener("change", (event) => {
    const menu = event.target.closest("select.menu__choice");
    if (!menu) return;
    if (byArrows) say(`${menu.selectedOptions[0].text}. Press Enter to go there.`);
    else choose(menu);
  });
}

async function shareIt(button, { seenAs, onShared, onRefused }) {
  const words = button.textContent;
  button.disabled = true;
  button.textContent = "Sharing…";
  try {
    const done = await share(button.dataset.share, seenAs());
    button.textContent = done.shared ? "✓ Shared" : words;
    say(done.summary);
    if (done.shared) onShared();
    else onRefused(done, button);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    button.textContent = words;
    button.disabled = false;
    onRefused({ summary: error.message }, button);
  }
}

function isSure(words) {
  if (!words) return Promise.resolve(true);
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-words").textContent = words;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Put an answer into an element: the reply as it was rendered, or a problem in words. */
export function put(answer, into) {
  if (answer.html) into.innerHTML = answer.html; // rendered and escaped by the desk
  else into.replaceChildren(make("p", "problem", answer.summary));
  for (const one of into.querySelectorAll(".reply")) one.tabIndex = -1;
}
