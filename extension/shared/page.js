/** Small helpers of our pages. */
import { api } from "./browser.js";

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`no ${type.name} with id ${id}`);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} text
 * @param {string} [className]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/**
 * The page's first words; shown anew, it gets the focus.
 * @param {string} text
 * @param {string} [className]
 */
export function title(text, className) {
  const head = make("h1", text, className);
  head.id = "title";
  head.tabIndex = -1;
  return head;
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
 * Runs, unless what this button began before is still under way. Meanwhile the button keeps the focus, which a disabled
 * one would lose.
 * @param {{ariaDisabled: string | null}} one
 * @param {() => unknown} work
 */
export async function once(one, work) {
  if (one.ariaDisabled === "true") return;
  one.ariaDisabled = "true";
  try {
    await work();
  } finally {
    one.ariaDisabled = null;
  }
}

/**
 * @param {string} text
 * @param {() => unknown} run is not begun twice at a time
 * @param {string} [className]
 */
export function button(text, run, className = "button") {
  const one = make("button", text, className);
  one.type = "button";
  one.addEventListener("click", () => void once(one, run));
  return one;
}

/**
 * Opens in a tab of its own.
 * @param {string} url
 * @param {string} text
 * @param {string} [className]
 */
export function webLink(url, text, className) {
  const link = make("a", text, className);
  link.href = url;
  link.target = "_blank";
  link.rel = "noreferrer";
  return link;
}

/**
 * Asks the background. Null when it does not answer.
 * @param {string} type
 * @param {object} [more]
 * @returns {Promise<any>}
 */
export async function ask(type, more = {}) {
  try {
    return (await api.runtime.sendMessage({ type, ...more })) ?? null;
  } catch {
    return null;
  }
}
