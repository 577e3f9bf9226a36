/** What a tab shows, or is about to: a late answer about a page already left covers nothing. */
import { api, quietly } from "../shared/browser.js";
import { checkable } from "../shared/address.js";

/**
 * What the document in a tab showed stays said until another stands in its place: it renames itself as it likes.
 * @param {Readonly<import("../shared/wire.d.ts").TabState>} tab
 * @param {URL | null} url what the tab shows now
 */
export function shownBy({ page }, url) {
  return page !== undefined && new URL(page.url).origin === url?.origin ? page : undefined;
}

/**
 * @param {number} tabId
 * @returns {Promise<string[]>}
 */
async function addressesOf(tabId) {
  const tab = await quietly(() => api.tabs.get(tabId));
  return [tab?.url, tab?.pendingUrl].map((address) => checkable(address)?.href ?? "");
}

export class Present {
  /** The hops of each tab's present navigation. */
  /** @type {Map<number, {requestId: string, urls: Set<string>}>} */ #hops = new Map();

  /**
   * @param {number} tabId
   * @param {string} requestId
   * @param {URL} url
   */
  requested(tabId, requestId, url) {
    const hops = this.#hops.get(tabId);
    if (hops?.requestId === requestId) hops.urls.add(url.href);
    else this.#hops.set(tabId, { requestId, urls: new Set([url.href]) });
  }

  /**
   * @param {number} tabId
   * @param {URL} url
   */
  async isPresent(tabId, url) {
    return this.#hops.get(tabId)?.urls.has(url.href) === true || this.isShown(tabId, url);
  }

  /**
   * @param {number} tabId
   * @param {URL} url
   */
  async isShown(tabId, url) {
    return (await addressesOf(tabId)).includes(url.href);
  }

  /**
   * Whether the tab still shows the document that spoke when its address was `url`: by now it may have given itself
   * another. Where the browser names no documents, one of the same site counts.
   * @param {number} tabId
   * @param {URL} url
   * @param {string | undefined} documentId
   */
  async isSpeaking(tabId, url, documentId) {
    if (documentId !== undefined) {
      const frame = await quietly(() => api.webNavigation.getFrame({ tabId, frameId: 0 }));
      if (frame?.documentId !== undefined) return frame.documentId === documentId;
    }
    const [shown = ""] = await addressesOf(tabId);
    return checkable(shown)?.origin === url.origin || this.isPresent(tabId, url);
  }

  /** @param {number} tabId */
  forget(tabId) {
    this.#hops.delete(tabId);
  }
}
