/**
 * What comes after a page was let through, without keeping it waiting: the daemon is told that it stayed open, and is
 * asked once more, with the age of the site's name, where that may settle it and the person allowed it. Nothing of it
 * for private windows.
 */
import { api, quietly } from "../shared/browser.js";
import { graver } from "../shared/verdict.js";

/** @typedef {import("../shared/wire.d.ts").Verdict} Verdict */

export class Followup {
  /** The last page of each tab the daemon was told of. @type {Map<number, string>} */ #noted = new Map();
  /** @type {Promise<unknown>[]} */ #lanes = [Promise.resolve(), Promise.resolve()];
  #lane = 0;
  #parts;

  /**
   * @param {{
   *   checker: import("./checker.js").Checker,
   *   mayAskAge: () => Promise<boolean>,
   *   settle: (tabId: number, address: string, outcome: import("../shared/wire.d.ts").Outcome) => Promise<unknown>,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {number} tabId
   * @param {URL} url
   * @param {Verdict} verdict
   */
  async passed(tabId, url, verdict) {
    if (!verdict.doubted && !verdict.age_would_help) return;
    const { checker, mayAskAge, settle } = this.#parts;
    const tab = await quietly(() => api.tabs.get(tabId));
    if (tab === undefined || tab.incognito) return;
    if (verdict.age_would_help && (await mayAskAge())) {
      const outcome = await this.#inTurn(() => checker.checkAge(url.href));
      if ("verdict" in outcome && graver(verdict, outcome.verdict) !== verdict) {
        await settle(tabId, url.href, outcome);
        return;
      }
    }
    if (this.#noted.get(tabId) === url.href) return; // several listeners see one page settle
    this.#noted.set(tabId, url.href);
    await checker.noteVisit(url.href);
  }

  /**
   * Two at once: a slow registry must not keep the relay from answering for other pages.
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T>}
   */
  #inTurn(ask) {
    const lane = this.#lane++ % this.#lanes.length;
    const asking = /** @type {Promise<unknown>} */ (this.#lanes[lane]).then(ask);
    this.#lanes[lane] = quietly(() => asking);
    return asking;
  }

  /** @param {number} tabId */
  forget(tabId) {
    this.#noted.delete(tabId);
  }
}
