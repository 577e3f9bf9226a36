/** Small parts the pages on reports are built from. */
import { box, button as plainButton, make } from "../../shared/page.js";
import { cut, harmless } from "./words.js";

/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {(HTMLElement | string)[]} Parts */

/** Characters of text by others that are shown at once. */
export const LINE = 160;

/**
 * A button that can be found again when what it stands in is shown anew.
 * @param {string} id
 * @param {string} text
 * @param {() => unknown} run
 * @param {string} [className]
 */
export function button(id, text, run, className) {
  const one = plainButton(text, run, className);
  one.id = id;
  return one;
}

/**
 * Where it is said, and read out at once, what went wrong.
 * @param {string} id
 * @param {string} [text]
 */
export function alertLine(id, text = "") {
  const one = make("p", text, "wrong");
  one.id = id;
  one.setAttribute("role", "alert");
  return one;
}

/**
 * Copies, and says whether it did: a browser may refuse.
 * @param {string} id
 * @param {string} text of the button
 * @param {{value: string, label: string}} what
 * @param {{t: Translate, say: (sentence: string) => void}} place
 */
export function copyButton(id, text, { value, label }, { t, say }) {
  const copy = button(id, text, async () => {
    try {
      await navigator.clipboard.writeText(value);
      copy.textContent = t("reportCopied");
      say(t("reportCopiedWhat", label));
    } catch {
      say(t("reportCopyFailed"));
      copy.textContent = t("reportCopyFailed");
    }
  });
  return copy;
}

/**
 * @param {string} text
 * @param {...(HTMLElement | string)} children
 */
export function line(text, ...children) {
  const one = make("p", text);
  one.append(...children);
  return one;
}

/**
 * @param {string} id
 * @param {string} summary
 * @param {...(HTMLElement | string)} children
 */
export function fold(id, summary, ...children) {
  const one = document.createElement("details");
  one.id = id;
  one.append(make("summary", summary), ...children);
  return one;
}

/** @param {{name: string}[]} channels */
export const names = (channels) => channels.map(({ name }) => name).join(", ");

/**
 * @param {Parts} entries
 * @param {string} [className]
 */
export function bullets(entries, className) {
  const list = make("ul", "", className);
  for (const entry of entries) {
    const item = document.createElement("li");
    item.append(entry);
    list.append(item);
  }
  return list;
}

/**
 * @param {string} id
 * @param {string} text
 * @param {boolean} checked
 * @param {(on: boolean) => unknown} change
 */
export function tick(id, text, checked, change) {
  const input = document.createElement("input");
  input.type = "checkbox";
  input.id = id;
  input.checked = checked;
  input.addEventListener("change", () => change(input.checked));
  const label = make("label", "", "tick");
  label.append(input, make("span", text));
  return label;
}

/**
 * Text that somebody else wrote: kept apart from ours, and never able to turn it round.
 * @param {string} text
 * @param {string} [className]
 */
export function foreign(text, className) {
  const one = make("bdi", harmless(text), className);
  // An address reads from the left whatever letters stand in it.
  if (className?.includes("address")) one.dir = "ltr";
  return one;
}

/**
 * The same in few lines; the whole can be unfolded.
 * @param {string} id of what unfolds
 * @param {string} text
 * @param {Translate} t
 * @param {string} [className]
 * @returns {HTMLElement}
 */
export function foreignBrief(id, text, t, className) {
  const short = cut(text, LINE);
  if (short === null) return foreign(text, className);
  return box("brief", foreign(short, className), fold(id, t("reportWhole"), foreign(text, className)));
}

/**
 * @param {string} label
 * @param {string | HTMLElement} value
 * @returns {HTMLElement[]}
 */
export function pair(label, value) {
  const meaning = document.createElement("dd");
  meaning.append(value);
  return [make("dt", label), meaning];
}

/**
 * Takes the place of what stands there, but for a part that stays and has the focus: a field that is taken out, be it for
 * an instant, loses what is being typed.
 * @param {HTMLElement} root
 * @param {Parts} parts
 */
function fill(root, parts) {
  const at = parts.findIndex((one) => one instanceof Node && one.contains(document.activeElement));
  const stays = parts[at];
  if (!(stays instanceof HTMLElement) || stays.parentNode !== root) return root.replaceChildren(...parts);
  for (const one of [...root.childNodes]) if (one !== stays) one.remove();
  stays.before(...parts.slice(0, at));
  stays.after(...parts.slice(at + 1));
}

/**
 * Shows anew what may stand there already: what is unfolded stays so, and the focus stays where it was.
 * @param {HTMLElement} root
 * @param {Parts} parts
 */
export function repaint(root, parts) {
  const open = new Map([...root.querySelectorAll("details")].map((one) => [one.id, one.open]));
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const fold = active?.closest("details")?.id;
  fill(root, parts);
  for (const one of root.querySelectorAll("details")) one.open = open.get(one.id) ?? one.open;
  if (active === null || active === document.activeElement) return;
  // What had it may be gone, a button that did its work, or may not have it now.
  const next = [
    document.getElementById(active.id),
    fold && document.getElementById(fold)?.querySelector("summary"),
    root.querySelector("h1"),
  ].find((one) => one instanceof HTMLElement && !one.matches(":disabled"));
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

/** On paper nothing can be unfolded: all is shown, and folded back after. */
export function printAll() {
  /** By id: meanwhile some may be shown anew. @type {string[]} */
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    // One after the other: what is unfolded may hold others.
    for (let one; (one = document.querySelector("details:not([open])"));) {
      const details = /** @type {HTMLDetailsElement} */ (one);
      details.open = true;
      // The browser says so only after it has laid out the paper; a content that waits for it is needed now.
      details.dispatchEvent(new Event("toggle"));
      unfolded.push(details.id);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const id of unfolded) {
      const one = document.getElementById(id);
      if (one instanceof HTMLDetailsElement) one.open = false;
    }
    unfolded = [];
  });
}
