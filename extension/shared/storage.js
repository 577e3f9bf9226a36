/** The person's own choices, in storage.local. */
import { api, quietly } from "./browser.js";

/**
 * @typedef {object} Settings
 * @property {"auto" | "fr" | "en"} lang
 * @property {boolean} strictMode
 * @property {boolean} ageLookups the age of a doubtful site's name may be asked of its public registry
 * @property {boolean} history the warnings that were shown are kept
 */

/** @type {Settings} */
const DEFAULTS = { lang: "auto", strictMode: false, ageLookups: false, history: false };

/** @returns {Promise<Settings>} those at first where they cannot be read: pages are checked all the same */
export async function readSettings() {
  const read = () => api.storage.local.get(/** @type {any} */ (DEFAULTS));
  const stored = /** @type {any} */ ((await quietly(read)) ?? DEFAULTS);
  return {
    lang: ["auto", "fr", "en"].includes(stored.lang) ? stored.lang : "auto",
    strictMode: stored.strictMode === true,
    ageLookups: stored.ageLookups === true,
    history: stored.history === true,
  };
}

/** @param {Partial<Settings>} changes */
export async function writeSettings(changes) {
  await api.storage.local.set(changes);
}
