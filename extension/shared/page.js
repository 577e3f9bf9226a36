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
