/** How reports are written out: dates, sizes, and text that others chose. */
import { LOCALES } from "../../shared/i18n.js";

/** @typedef {import("../../shared/i18n.js").Lang} Lang */

/** What turns the direction of text or hides in it, and half letters: a sender can make `gpj.exe` of it. U+200D joins emojis. */
const UNSEEN = /(?![\n\t\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * Text by others, for the eye alone: what cannot be seen is shown as a mark.
 * @param {string} text
 */
export const harmless = (text) => text.replace(/\r\n?/g, "\n").replace(UNSEEN, "\ufffd");

/**
 * @param {string} text
 * @param {number} most characters
 * @returns {string | null} its beginning, or null when it is short enough
 */
export function cut(text, most) {
  const letters = Array.from(text.slice(0, 2 * most + 2));
  return letters.length > most ? `${letters.slice(0, most).join("").trimEnd()}…` : null;
}

/** @param {Lang} lang */
export function words(lang) {
  const locale = LOCALES[lang];
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const names = new Intl.ListFormat(locale, { type: "conjunction" });
  /**
   * @param {Intl.DateTimeFormat} format
   * @param {string} iso
   */
  const write = (format, iso) => (Number.isNaN(Date.parse(iso)) ? "" : format.format(new Date(iso)));
  return {
    /** @param {string} iso */
    day: (iso) => write(days, iso),
    /** @param {string} iso */
    moment: (iso) => write(moments, iso),
    /** @param {string[]} all */
    list: (all) => names.format(all),
    /** @param {number} bytes */
    size(bytes) {
      const [unit, value] = bytes < 1_000_000 ? ["kilobyte", bytes / 1_000] : ["megabyte", bytes / 1_000_000];
      const least = Math.max(value, 0.1);
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit,
        maximumFractionDigits: least < 10 ? 1 : 0,
      }).format(least);
    },
  };
}
