/**
 * What the person chose to open all the same: one tab to one host, or a site they know until the browser closes.
 *
 * What holds longer is kept by the daemon, which then no longer warns (background/exceptions.js).
 */
import { api, quietly } from "../shared/browser.js";
import { withoutWww } from "../shared/address.js";
import * as rules from "./rules.js";

/** @typedef {import("../shared/wire.d.ts").Verdict} Verdict */

export class Permits {
  /** @type {import("./state.js").SessionState} */ #state;
  /** @type {Promise<void>} */ ready;

  /** @param {import("./state.js").SessionState} state */
  constructor(state) {
    this.#state = state;
    this.ready = state.ready;
  }

  /**
   * @param {number} tabId
   * @param {string} host
   * @param {Verdict | null} [verdict] the daemon's, when it is here: a site one knows may still come onto a list
   */
  async allows(tabId, host, verdict) {
    if (this.#state.isAllowed(tabId, host)) return true;
    return verdict?.exceptable === true && (await this.isPausedIn(tabId, host));
  }

  /**
   * What was said in a private window holds in private windows alone.
   * @param {number} tabId
   * @param {string} host
   */
  async isPausedIn(tabId, host) {
    return this.isPaused(host) && (await quietly(() => api.tabs.get(tabId)))?.incognito === true;
  }

  /** @param {string} host */
  isPaused(host) {
    return this.#state.paused.has(withoutWww(host));
  }

  /**
   * "Continue anyway".
   * @param {number} tabId
   * @param {string} host
   */
  async allowTab(tabId, host) {
    await rules.openForTab(await this.#state.allow(tabId, host));
  }

  /** @param {number} tabId */
  async tabClosed(tabId) {
    await rules.closeForTab(await this.#state.drop(tabId));
  }

  /**
   * For private windows, which leave nothing on disk: until the browser closes.
   * @param {string} host
   * @param {boolean} on
   */
  async pausePrivately(host, on) {
    await this.#state.setPaused(withoutWww(host), on);
  }
}
