/**
 * How a tab came to the page it shows: the redirects before it, the IP address it came from, its status. The browser's
 * own word, kept for the moment somebody reports the page; watching costs the page nothing.
 *
 * What is asked for is not yet shown: it may become a download, or nothing, while the page before it stays. It may also be
 * covered before it is shown, and be reported all the same.
 */
import { checkable } from "../shared/address.js";

/** @typedef {import("../shared/wire.d.ts").Trail} Way */
/** @typedef {import("../shared/wire.d.ts").TabTrail} TabTrail */

const MOST_HOPS = 21; // browsers give up after 20 redirects
const MOST_URL = 2_048; // of one hop: storage.session is small

/** @param {URL} url */
const cut = ({ href }) => href.slice(0, MOST_URL);

export class Trail {
  #state;
  #now;

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
    const address = checkable(url);
    if (address === null || tabId < 0) return;
    const href = cut(address);
    const trail = this.#state.trail(tabId);
    const coming = trail.coming?.requestId === requestId ? trail.coming : undefined;
    const hops = coming?.hops ?? [];
    if (hops.length >= MOST_HOPS || hops.at(-1) === href) return;
    const way = coming ?? { requestId, address: "", status: null, at: this.#now() };
    this.#state.setTrail(tabId, { ...trail, coming: { ...way, hops: [...hops, href] } });
  }

  /**
   * It was answered by a server, or ended (perhaps after that): what is known of it outlives the worker.
   * @param {{tabId: number, requestId: string, ip?: string | undefined, statusCode?: number}} details
   */
  async ended({ tabId, requestId, ip, statusCode }) {
    await this.#state.ready;
    const trail = this.#state.trail(tabId);
    // The answer and the page that comes of it are told of in either order.
    const name = trail.coming?.requestId === requestId ? "coming" : "shown";
    const way = trail[name];
    if (way?.requestId !== requestId) return;
    const status = statusCode !== undefined && statusCode >= 100 && statusCode <= 599 ? statusCode : way.status;
    await this.#keep(tabId, { ...trail, [name]: { ...way, address: ip ? ip.slice(0, 45) : way.address, status } });
  }

  /**
   * Another page stands in the tab: what was asked for, or one that came without a request (from memory), by nothing of
   * this.
   * @param {number} tabId
   * @param {string} address
   */
  async committed(tabId, address) {
    await this.#state.ready;
    const { coming } = this.#state.trail(tabId);
    const url = checkable(address);
    const isIt = url !== null && coming?.hops.at(-1) === cut(url);
    await this.#keep(tabId, coming === undefined ? {} : { [isIt ? "shown" : "coming"]: coming });
  }

  /**
   * The page gave itself another address (history.pushState): it came the same way.
   * @param {number} tabId
   * @param {string} address
   */
  async moved(tabId, address) {
    await this.#state.ready;
    const trail = this.#state.trail(tabId);
    const [url, way] = [checkable(address), trail.shown];
    if (url === null || way === undefined || checkable(way.hops.at(-1))?.origin !== url.origin) return;
    await this.#keep(tabId, { ...trail, shown: { ...way, moved: cut(url) } });
  }

  /**
   * As `/v1/report/begin` takes it; empty when the page came another way (from memory, or before us).
   * @param {number} tabId
   * @param {URL} url
   * @returns {{redirects?: string[], address?: string, status?: number, seen_at?: string}}
   */
  of(tabId, url) {
    const { shown, coming } = this.#state.trail(tabId);
    const href = cut(url);
    const ways = [shown, coming].filter((one) => one !== undefined);
    // The page that stands there; or one that was covered before, perhaps at a hop on its way.
    const way =
      ways.find(({ hops, moved }) => moved === href || hops.at(-1) === href) ??
      ways.findLast(({ hops }) => hops.includes(href));
    if (way === undefined) return {};
    const last = way.hops.length - 1;
    const at = way.moved === href ? last : way.hops.lastIndexOf(href);
    return {
      redirects: way.hops.slice(0, at),
      // A hop that was covered before it was asked for came from nowhere.
      ...(at === last && { address: way.address, ...(way.status !== null && { status: way.status }) }),
      seen_at: new Date(way.at).toISOString(),
    };
  }

  /**
   * @param {number} tabId
   * @param {TabTrail} trail
   */
  async #keep(tabId, trail) {
    this.#state.setTrail(tabId, trail);
    await this.#state.keepTrail(tabId);
  }
}
