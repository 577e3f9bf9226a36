/** What content/page.js tells of pages: which are worth describing, and what follows from a description. */
import { checkable, hostOf } from "../shared/address.js";
import { tellTabs } from "./telltabs.js";

export class Pages {
  #parts;
  /** @type {Promise<import("../shared/wire.d.ts").PageHints | null> | null} */ #hints = null;

  /**
   * @param {{
   *   checker: import("./checker.js").Checker,
   *   permits: import("./permits.js").Permits,
   *   navigation: import("./navigation.js").Navigation,
   *   daemon: import("../shared/daemon.js").Daemon,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * What to look for in a page.
   * @param {number} tabId
   * @param {string | undefined} address
   * @returns {Promise<import("../shared/wire.d.ts").PageHints | null>} null: leave it alone
   */
  async begin(tabId, address) {
    const { checker, permits, daemon } = this.#parts;
    const url = checkable(address);
    await permits.ready;
    if (url === null || daemon.state.phase === "unreachable") return null;
    const outcome = await checker.check(url.href);
    if (!("verdict" in outcome)) return null;
    const { verdict } = outcome;
    const known = verdict.excepted || (await permits.allows(tabId, hostOf(url), verdict));
    return known || verdict.level === "OFFICIAL" ? null : this.#readHints();
  }

  /**
   * @param {number} tabId
   * @param {chrome.runtime.MessageSender} sender where the page really is, in the browser's word
   * @param {unknown} page as its content script described it
   * @returns {Promise<boolean>} false: nothing came of it, and the page may be described again
   */
  async seen(tabId, sender, page) {
    const { checker, permits, navigation } = this.#parts;
    const url = checkable(sender.url);
    await permits.ready;
    if (url === null || (await permits.allows(tabId, hostOf(url)))) return true;
    const outcome = await checker.checkPage(url.href, page);
    return "verdict" in outcome && (await navigation.settlePage(tabId, url, outcome.verdict, sender));
  }

  /** The daemon answers again: it may know other words, and pages opened meanwhile were not described. */
  async again() {
    this.#hints = null;
    await tellTabs({ type: "page.again" }, ({ url }) => checkable(url) !== null, { frameId: 0 });
  }

  async #readHints() {
    this.#hints ??= this.#parts.daemon.request("/v1/check/page/hints", null, 2_000).then((reply) => {
      const { fields, text } = /** @type {any} */ (reply.ok ? (reply.body ?? {}) : {});
      return Array.isArray(fields) && Array.isArray(text)
        ? { fields: fields.map(String), text: text.map(String) }
        : null;
    });
    const hints = await this.#hints;
    if (hints === null) this.#hints = null;
    return hints;
  }
}
