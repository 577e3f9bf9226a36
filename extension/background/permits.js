/** What the person chose to open all the same: one tab to one host, or a host until they undo it. */
import { api } from "../shared/browser.js";
import { readSettings, writeSettings } from "../shared/storage.js";
import * as rules from "./rules.js";

export class Permits {
  /** @type {import("./state.js").SessionState} */ #state;
  /** @type {Set<string>} */ #exceptions = new Set();
  /** @type {Promise<void>} */ ready;

  /** @param {import("./state.js").SessionState} state */
  constructor(state) {
    this.#state = state;
    this.ready = Promise.all([state.ready, this.#load()]).then(() => undefined);
    api.storage.onChanged.addListener((changes, area) => {
      if (area === "local" && changes.exceptions)
        this.#exceptions = new Set(Object.keys(changes.exceptions.newValue ?? {}));
    });
  }

  async #load() {
    this.#exceptions = new Set(Object.keys((await readSettings()).exceptions));
  }

  /**
   * @param {number} tabId
   * @param {string} host
   */
  allows(tabId, host) {
    return this.isPaused(host) || this.#state.isAllowed(tabId, host);
  }

  /** @param {string} host */
  isPaused(host) {
    return this.#exceptions.has(host) || this.#state.paused.has(host);
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
   * @param {string} host
   * @param {boolean} on
   * @param {boolean} isPrivate leave nothing on disk
   */
  async pause(host, on, isPrivate) {
    if (isPrivate || this.#state.paused.has(host)) {
      await this.#state.setPaused(host, on);
      await rules.openPrivatelyPaused([...this.#state.paused]);
    }
    if (isPrivate) return;
    const { exceptions } = await readSettings();
    if (on) exceptions[host] = new Date().toISOString().slice(0, 10);
    else delete exceptions[host];
    this.#exceptions = new Set(Object.keys(exceptions));
    await writeSettings({ exceptions });
    await rules.openPaused([...this.#exceptions]);
  }
}
