/** The one place that knows two browsers give their API two names. */

/** @type {typeof chrome} */
export const api = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;

export const isFirefox = () => api.runtime.getURL("").startsWith("moz-extension:");

/**
 * Runs a browser call whose failure changes nothing (a tab closed meanwhile).
 * @template T
 * @param {() => Promise<T> | T} call
 * @returns {Promise<T | undefined>}
 */
export async function quietly(call) {
  try {
    return await call();
  } catch {
    return undefined;
  }
}
