/**
 * How a tab came to the page it shows: the redirects before it, the IP address it came from, its status. The browser's
 * own word, kept for the moment somebody reports the page; watching costs the page nothing.
 */
import { checkable } from "../shared/address.js";

/** @typedef {import("../shared/wire.d.ts").Trail} Way */

const MOST_HOPS = 21; // browsers give up after 20 redirects
const MOST_URL = 8_192; // of one hop: storage.session is small

export class Trail {
  #state;
  #now;
  /** Each tab's present or last request. @type {Map<number, {requestId: string, way: Way}>} */ #last = new Map();

  /**
   * @param {import("./state.js").SessionState} state
   * @param {() => number} now milliseconds
   */
  constructor(state, now) {
    this.#state = state;
    this.#now = now;
  }

  /**
   * A request for a tab's page, each redirect included.
   * @param {{tabId: number, requestId: string, url: string}} details
   */
  request({ tabId, requestId, url }) {
    const href = checkable(url)?.href.slice(0, MOST_URL);
    if (href === undefined || tabId < 0) return;
    const last = this.#last.get(tabId);
    if (last?.requestId !== requestId) {
      const way = { hops: [href], address: "", status: null, at: this.#now() };
      this.#last.set(tabId, { requestId, way });
    } else if (last.way.hops.length < MOST_HOPS && last.way.hops.at(-1) !== href) last.way.hops.push(href);
  }

  /**
   * It was answered by a server, or ended (perhaps after that): what is known of it outlives the worker.
   * @param {{tabId: number, requestId: string, ip?: string | undefined, statusCode?: number}} details
   */
  async ended({ tabId, requestId, ip, statusCode }) {
    const last = this.#last.get(tabId);
    if (last?.requestId !== requestId) return;
    if (ip) last.way.address = ip.slice(0, 45);
    if (statusCode !== undefined && statusCode >= 100 && statusCode <= 599) last.way.status = statusCode;
    await this.#state.ready;
    await this.#state.patch(tabId, { trail: last.way });
  }

  /**
   * The page gave itself another address (history.pushState): it came the same way.
   * @param {number} tabId
   * @param {string} address
   */
  async moved(tabId, address) {
    const [url, way] = [checkable(address), this.#known(tabId)];
    if (url === null || way === undefined || this.#origin(way) !== url.origin) return;
    way.moved = url.href.slice(0, MOST_URL);
    await this.#state.ready;
    await this.#state.patch(tabId, { trail: way });
  }

  /**
   * As `/v1/report/begin` takes it; empty when the page came another way (from memory, or before us).
   * @param {number} tabId
   * @param {URL} url
   * @returns {{redirects?: string[], address?: string, status?: number, seen_at?: string}}
   */
  of(tabId, url) {
    const way = this.#known(tabId);
    const href = url.href.slice(0, MOST_URL);
    const last = (way?.hops.length ?? 0) - 1;
    const at = way?.moved === href ? last : (way?.hops.lastIndexOf(href) ?? -1);
    if (way === undefined || at < 0) return {};
    return {
      redirects: way.hops.slice(0, at),
      // A hop that was covered before it was asked for came from nowhere.
      ...(at === last && { address: way.address, ...(way.status !== null && { status: way.status }) }),
      seen_at: new Date(way.at).toISOString(),
    };
  }

  /** @param {number} tabId */
  forget(tabId) {
    this.#last.delete(tabId);
  }

  /** @param {number} tabId */
  #known(tabId) {
    return this.#last.get(tabId)?.way ?? this.#state.tab(tabId).trail;
  }

  /** @param {Way} way */
  #origin(way) {
    return checkable(way.hops.at(-1))?.origin;
  }
}
