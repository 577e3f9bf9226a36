/**
 * The picture and the source of a page, taken while it is shown. Of a page that is about to be covered they are taken
 * without keeping the covering waiting, and held in memory until somebody reports it.
 */
import { api, quietly } from "../shared/browser.js";
import { checkable } from "../shared/address.js";
import { WARNING_PAGE } from "./covering.js";
import { snapshot } from "./snapshot.js";
import "../content/mail-size.js";

/** @type {any} */
const size = /** @type {any} */ (globalThis).guetteurMailSize;

/** @typedef {{screenshot: Promise<string | null>, html: Promise<string | null>}} Evidence base64 */
/** @typedef {Pick<chrome.tabs.Tab, "id" | "windowId" | "active">} Where */

const JPEG = { format: /** @type {const} */ ("jpeg"), quality: 80 };
const MOST_PICTURE = 4 * 1024 * 1024; // characters of base64: 3 MiB
const LONG_SIDE = 1_600; // of a picture that was too large
const MOST_HTML = 4 * 1024 * 1024;
const CUT = new TextEncoder().encode("\n<!-- Guetteur: cut here -->\n");
const KEPT_TABS = 2;
const KEPT_MS = 600_000;

/**
 * @param {string} data base64 of a picture
 * @returns {Promise<string>} base64 of a smaller one
 */
async function smaller(data) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.7 });
  return size.encode(await blob.arrayBuffer(), Infinity).raw;
}

/**
 * @param {Where} where
 * @param {(address: string | undefined) => boolean} isFine of what the tab shows once the picture is there
 */
async function picture({ id, windowId, active }, isFine) {
  // Firefox takes any tab; Chromium the one in front, which must still be ours afterwards.
  const ofTab = /** @type {any} */ (api.tabs).captureTab;
  if (!ofTab && !active) return null;
  const taking = quietly(() => (ofTab ? ofTab(id, JPEG) : api.tabs.captureVisibleTab(windowId, JPEG)));
  const taken = await taking;
  const tab = await quietly(() => api.tabs.get(/** @type {number} */ (id)));
  if (tab === undefined || !isFine(tab.url) || (!ofTab && (!tab.active || tab.windowId !== windowId))) return null;
  const data = /^data:image\/jpeg;base64,(.+)$/.exec(taken ?? "")?.[1] ?? null;
  if (data === null || data.length <= MOST_PICTURE) return data;
  return (await quietly(() => smaller(data))) ?? null;
}

/**
 * @param {number} tabId
 * @param {URL} url
 */
async function source(tabId, url) {
  const answer = await quietly(() =>
    api.scripting.executeScript({
      target: { tabId, frameIds: [0] },
      func: snapshot,
      injectImmediately: true,
    }),
  );
  const seen = /** @type {any} */ (answer?.[0]?.result);
  // Another page may have taken its place meanwhile.
  if (typeof seen?.html !== "string" || checkable(seen.href)?.origin !== url.origin) return null;
  const bytes = new Uint8Array(MOST_HTML);
  const { read, written } = new TextEncoder().encodeInto(seen.html, bytes.subarray(0, MOST_HTML - CUT.length));
  const cut = read < seen.html.length || seen.cut === true;
  if (cut) bytes.set(CUT, written);
  const length = cut ? written + CUT.length : written;
  return /** @type {string} */ (size.encode(bytes.slice(0, length).buffer, Infinity).raw);
}

export class Capture {
  #now;
  /** @type {Map<number, {href: string, at: number, evidence: Evidence}>} */ #kept = new Map();

  /** @param {() => number} now milliseconds */
  constructor(now) {
    this.#now = now;
  }

  /**
   * Both are asked of the browser before this returns; what cannot be had is null. No picture either when the warning
   * stands there in the end: it may be what was taken.
   * @param {Where & {id: number}} where
   * @param {URL} url what it shows
   * @returns {Evidence}
   */
  take(where, url) {
    return this.#take(where, url, (address) => checkable(address)?.origin === url.origin);
  }

  /**
   * @param {Where & {id: number}} where
   * @param {URL} url
   * @param {(address: string | undefined) => boolean} isFine
   */
  #take(where, url, isFine) {
    return { screenshot: picture(where, isFine), html: source(where.id, url) };
  }

  /**
   * The page is about to be covered: nobody waits for this. That the warning stands there in the end is no harm: browsers
   * do in order what they are asked, and take the picture of the document that stands there then.
   * @param {Where} where
   * @param {URL} url
   */
  keep(where, url) {
    const { id, windowId, active } = where;
    if (id === undefined) return;
    this.#kept.delete(id);
    const warning = api.runtime.getURL(WARNING_PAGE);
    const evidence = this.#take({ id, windowId, active }, url, (address) => {
      return address === warning || checkable(address)?.origin === url.origin;
    });
    this.#kept.set(id, { href: url.href, at: this.#now(), evidence });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_TABS) break;
      this.#kept.delete(oldest);
    }
    setTimeout(() => this.#tidy(), KEPT_MS + 1);
  }

  /**
   * What was kept of a covered page; nothing of one that was covered before it could be seen.
   * @param {number} tabId
   * @param {URL} url
   * @returns {Partial<Evidence>}
   */
  kept(tabId, url) {
    this.#tidy();
    const kept = this.#kept.get(tabId);
    return kept?.href === url.href ? kept.evidence : {};
  }

  /** @param {number} tabId */
  forget(tabId) {
    this.#kept.delete(tabId);
  }

  #tidy() {
    for (const [tabId, { at }] of this.#kept) if (this.#now() - at > KEPT_MS) this.#kept.delete(tabId);
  }
}
