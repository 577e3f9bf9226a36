/** Texts in the language chosen in the options, else the browser's. The browser's own i18n cannot be overridden. */
import { api } from "./browser.js";
import { en, fr } from "./messages.js";
import { readSettings } from "./storage.js";

/** @typedef {"fr" | "en"} Lang */
/** @typedef {keyof typeof fr} Key */
/** @typedef {(key: Key, ...values: string[]) => string} Translate */

/** How dates, sums and sizes are written. @type {Record<Lang, string>} */
export const LOCALES = { fr: "fr-FR", en: "en-GB" };

/** @type {Record<Lang, Record<string, {message: string}>>} */
const CATALOGUES = { fr, en };

/**
 * French unless the browser speaks English: the people protected live in France.
 * @param {"auto" | Lang} choice
 * @param {string} browserLanguage
 * @returns {Lang}
 */
export function pickLanguage(choice, browserLanguage) {
  if (choice !== "auto") return choice;
  return browserLanguage.toLowerCase().startsWith("en") ? "en" : "fr";
}

/** @returns {Promise<Lang>} */
export async function language() {
  return pickLanguage((await readSettings()).lang, api.i18n.getUILanguage());
}

/**
 * @param {Lang} lang
 * @returns {Translate}
 */
export function translator(lang) {
  return (key, ...values) => {
    const message = CATALOGUES[lang][key]?.message ?? key;
    return message.replace(/\$(\d)/g, (_, n) => values[Number(n) - 1] ?? "");
  };
}

/**
 * Fills every element that names a text. Text only: nothing here can become markup.
 * @param {Document} doc
 * @param {Lang} lang
 * @returns {Translate}
 */
export function localise(doc, lang) {
  const t = translator(lang);
  doc.documentElement.lang = lang;
  for (const element of doc.querySelectorAll("[data-i18n]")) {
    element.textContent = t(/** @type {Key} */ (element.getAttribute("data-i18n")));
  }
  for (const element of doc.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(/** @type {Key} */ (element.getAttribute("data-i18n-label"))));
  }
  return t;
}
