/** Small parts the pages on reports are built from. */
import { make } from "../../shared/page.js";
import { cut, harmless } from "./words.js";

/** @typedef {import("../../shared/i18n.js").Translate} Translate */
/** @typedef {(HTMLElement | string)[]} Parts */

/** Characters of text by others that are shown at once. */
export const LINE = 160;

/** @param {string} text */
export function title(text) {
  const head = make("h1", text);
  head.id = "title";
  head.tabIndex = -1;
  return head;
}

/**
 * @param {string} id
 * @param {string} text
 * @param {() => unknown} run
 * @param {string} [className]
 */
export function button(id, text, run, className = "button") {
  const one = make("button", text, className);
  one.type = "button";
  one.id = id;
  one.addEventListener("click", run);
  return one;
}

/**
 * @param {string} className
 * @param {...(HTMLElement | string)} children
 */
export function box(className, ...children) {
  const one = make("div", "", className);
  one.append(...children);
  return one;
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
 * @param {string} href
 * @param {string} text
 * @param {string} [className]
 */
export function tabLink(href, text, className) {
  const link = make("a", text, className);
  link.href = href;
  link.target = "_blank";
  link.rel = "noreferrer";
  return link;
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
  root.replaceChildren(...parts);
  for (const one of root.querySelectorAll("details")) one.open = open.get(one.id) ?? one.open;
  if (active === null) return;
  // What had it may be gone: a button that did its work.
  const next =
    document.getElementById(active.id) ??
    (fold && document.getElementById(fold)?.querySelector("summary")) ??
    root.querySelector("h1");
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

/** On paper nothing can be unfolded. */
export function printAll() {
  window.addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
}
