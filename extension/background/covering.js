/**
 * Puts the warning page in a dangerous page's place, and takes people away from it.
 *
 * The warning page is not web-accessible and its address carries nothing: what it shows is kept here by tab.
 */
import { api, isFirefox, quietly } from "../shared/browser.js";
import { checkable, hostOf } from "../shared/address.js";
import { shownBy } from "./present.js";

/** @typedef {import("../shared/wire.d.ts").Verdict} Verdict */

export const WARNING_PAGE = "pages/warning/warning.html";
const SAME_COVER_MS = 700; // several listeners see one navigation; a second update would restart the first
const MOST_TRIES = 3;

export class Covering {
  /** @type {import("./state.js").SessionState} */ #state;
  /** @type {import("./permits.js").Permits} */ #permits;
  /** @type {Map<number, {url: string, at: number}>} */ #last = new Map();

  /** Called when a page was covered. @type {(tabId: number, url: URL, verdict: Verdict | null) => void} */
  onCovered = () => {};

  /**
   * @param {import("./state.js").SessionState} state
   * @param {import("./permits.js").Permits} permits
   */
  constructor(state, permits) {
    this.#state = state;
    this.#permits = permits;
  }

  /**
   * @param {number} tabId
   * @param {URL} url
   * @param {Verdict | null} verdict null: our copy of the list names the host and no daemon is there to say more
   */
  async cover(tabId, url, verdict) {
    const last = this.#last.get(tabId);
    // Either way: after a clock that was set back the page must be covered all the same.
    if (last?.url === url.href && Math.abs(Date.now() - last.at) < SAME_COVER_MS) return;
    this.#last.set(tabId, { url: url.href, at: Date.now() });
    const host = hostOf(url);
    await this.#state.patch(tabId, {
      cover: { url: url.href, host, registrable: verdict?.registrable_domain ?? "", verdict },
      url: url.href,
      level: "DANGER",
      verdict: verdict ?? undefined,
      degraded: undefined,
    });
    await this.#show(tabId);
    this.onCovered(tabId, url, verdict);
    void this.#insist(tabId, url.href);
  }

  /** @param {number} tabId */
  async #show(tabId) {
    // loadReplace (Firefox): the dangerous page leaves no step in the tab's history.
    const target = { url: api.runtime.getURL(WARNING_PAGE), ...(isFirefox() && { loadReplace: true }) };
    await quietly(() => api.tabs.update(tabId, target));
  }

  /**
   * An answer that comes while the page is just being committed can lose against it: look again whether it was covered.
   * @param {number} tabId
   * @param {string} href
   */
  async #insist(tabId, href) {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      await new Promise((resolve) => setTimeout(resolve, SAME_COVER_MS));
      // Not any more when the person went on, or said to know the site.
      if (this.#last.get(tabId)?.url !== href || this.#state.tab(tabId).cover?.url !== href) return;
      const tab = await quietly(() => api.tabs.get(tabId));
      const url = checkable(tab?.url);
      const isShown = url?.href === href || shownBy(this.#state.tab(tabId), url)?.url === href;
      if (!isShown) return;
      await this.#show(tabId);
    }
  }

  /** @param {number} tabId */
  async goHome(tabId) {
    const tab = this.#state.tab(tabId);
    const home = tab.cover?.verdict?.body?.home ?? tab.verdict?.body?.home;
    if (home) await quietly(() => api.tabs.update(tabId, { url: home }));
  }

  /**
   * Back to the last page that was not covered, or to the mail whose link led here; a fresh tab when there is neither, or
   * when that page led here twice.
   * @param {number} tabId
   */
  async leave(tabId) {
    const { good, left, back } = this.#state.tab(tabId);
    if (good === undefined && back !== undefined) {
      if (await quietly(() => api.tabs.update(back, { active: true }))) {
        await quietly(() => api.tabs.remove(tabId));
        return;
      }
    }
    if (good !== undefined && good !== left) {
      await this.#state.patch(tabId, { left: good });
      await quietly(() => api.tabs.update(tabId, { url: good }));
      return;
    }
    // A page may not send a tab to the browser's own new-tab page, but it may open one.
    const tab = await quietly(() => api.tabs.get(tabId));
    await quietly(() => api.tabs.create(tab ? { windowId: tab.windowId } : {}));
    await quietly(() => api.tabs.remove(tabId));
  }

  /**
   * "Continue anyway": this tab, this very host.
   * @param {number} tabId
   */
  async proceed(tabId) {
    const { cover } = this.#state.tab(tabId);
    if (cover === undefined) return;
    await this.#permits.allowTab(tabId, cover.host);
    this.#last.delete(tabId);
    await quietly(() => api.tabs.update(tabId, { url: cover.url }));
  }

  /** @param {number} tabId */
  forget(tabId) {
    this.#last.delete(tabId);
  }
}
