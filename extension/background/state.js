/**
 * What is known of each tab, kept through the worker's naps in storage.session (memory only: gone when the browser closes).
 * What is decided is decided by what lies here: a write that fails (storage.session is small) costs the next worker its
 * memory, and nobody a warning.
 */
import { quietly } from "../shared/browser.js";

/** @typedef {import("../shared/wire.d.ts").TabState} TabState */
/** @typedef {import("../shared/wire.d.ts").TabTrail} TabTrail */
/** @typedef {import("../shared/wire.d.ts").Allowance} Allowance */

/**
 * @typedef {object} Area the part of a storage area used here
 * @property {(keys: null) => Promise<Record<string, any>>} get
 * @property {(items: Record<string, unknown>) => Promise<void>} set
 * @property {(keys: string | string[]) => Promise<void>} remove
 */

export class SessionState {
  /** @type {Area} */ #area;
  /** @type {Map<number, TabState>} */ #tabs = new Map();
  /** @type {Map<number, TabTrail>} */ #trails = new Map();
  /** @type {Allowance[]} */ #allowed = [];
  /** @type {Set<string>} */ #paused = new Set();
  /** @type {Map<string, import("../shared/wire.d.ts").MailConsent>} */ #mailHosts = new Map();
  /** @type {Map<string, import("../shared/wire.d.ts").ReportDraft>} */ #reports = new Map();

  /** Resolves when what an earlier worker stored is here again; await it before reading. @type {Promise<void>} */
  ready;

  /** @param {Area} area */
  constructor(area) {
    this.#area = area;
    this.ready = this.#rehydrate();
  }

  async #rehydrate() {
    const stored = (await quietly(() => this.#area.get(null))) ?? {};
    for (const [key, value] of Object.entries(stored)) {
      if (key.startsWith("tab:")) {
        const tabId = Number(key.slice(4));
        this.#tabs.set(tabId, { ...value, ...this.#tabs.get(tabId) });
      } else if (key.startsWith("trail:")) {
        const tabId = Number(key.slice(6));
        this.#trails.set(tabId, { ...value, ...this.#trails.get(tabId) });
      } else if (key.startsWith("report:")) this.#reports.set(key.slice(7), value);
      else if (key === "mailHosts") this.#mailHosts = new Map(Object.entries(value));
      else if (key === "allowed" && Array.isArray(value)) this.#allowed.push(...value);
      else if (key === "paused" && Array.isArray(value)) this.#paused = new Set(value);
    }
  }

  /** @param {Record<string, unknown>} items */
  async #write(items) {
    await quietly(() => this.#area.set(items));
  }

  /**
   * @param {number} tabId
   * @returns {Readonly<TabState>}
   */
  tab(tabId) {
    return this.#tabs.get(tabId) ?? {};
  }

  /**
   * @param {number} tabId
   * @param {{[K in keyof TabState]?: TabState[K] | undefined}} changes undefined removes the key
   */
  async patch(tabId, changes) {
    const next = /** @type {TabState} */ (
      Object.fromEntries(Object.entries({ ...this.tab(tabId), ...changes }).filter(([, value]) => value !== undefined))
    );
    this.#tabs.set(tabId, next);
    await this.#write({ [`tab:${tabId}`]: next });
  }

  /**
   * @param {number} tabId
   * @returns {Readonly<TabTrail>}
   */
  trail(tabId) {
    return this.#trails.get(tabId) ?? {};
  }

  /**
   * In memory alone until `keepTrail`: a page may come by many hops.
   * @param {number} tabId
   * @param {TabTrail} trail
   */
  setTrail(tabId, trail) {
    this.#trails.set(tabId, trail);
  }

  /** @param {number} tabId */
  async keepTrail(tabId) {
    await this.#write({ [`trail:${tabId}`]: this.trail(tabId) });
  }

  /**
   * @param {number} tabId
   * @param {string} host exactly this one: `a.evil.com` does not open `b.evil.com`
   */
  isAllowed(tabId, host) {
    return this.#allowed.some((entry) => entry.tabId === tabId && entry.host === host);
  }

  /**
   * @param {number} tabId
   * @param {string} host
   * @returns {Promise<Allowance>}
   */
  async allow(tabId, host) {
    const ruleId = 1 + Math.max(0, ...this.#allowed.map((entry) => entry.ruleId));
    const entry = { tabId, host, ruleId };
    this.#allowed.push(entry);
    await this.#write({ allowed: this.#allowed });
    return entry;
  }

  /**
   * Forgets a closed tab.
   * @param {number} tabId
   * @returns {Promise<number[]>} rules that no longer have a tab
   */
  async drop(tabId) {
    this.#tabs.delete(tabId);
    this.#trails.delete(tabId);
    const gone = this.#allowed.filter((entry) => entry.tabId === tabId).map((entry) => entry.ruleId);
    this.#allowed = this.#allowed.filter((entry) => entry.tabId !== tabId);
    await quietly(() => this.#area.remove([`tab:${tabId}`, `trail:${tabId}`]));
    if (gone.length > 0) await this.#write({ allowed: this.#allowed });
    return gone;
  }

  /** Reports whose page is open. */
  reports() {
    return /** @type {ReadonlyMap<string, import("../shared/wire.d.ts").ReportDraft>} */ (this.#reports);
  }

  /** @param {string} id */
  report(id) {
    return this.#reports.get(id);
  }

  /**
   * One whose page is not open yet lies in memory alone: nobody would know when to forget it.
   * @param {string} id
   * @param {import("../shared/wire.d.ts").ReportDraft | undefined} draft undefined: forgets it
   */
  async keepReport(id, draft) {
    if (draft === undefined) this.#reports.delete(id);
    else this.#reports.set(id, draft);
    const key = `report:${id}`;
    if (draft === undefined) await quietly(() => this.#area.remove(key));
    else if (draft.page !== undefined) await this.#write({ [key]: draft });
  }

  /** Hosts paused until the browser closes: what private windows use, since they leave nothing on disk. */
  get paused() {
    return /** @type {ReadonlySet<string>} */ (this.#paused);
  }

  /**
   * @param {string} host
   * @param {boolean} on
   */
  async setPaused(host, on) {
    if (on) this.#paused.add(host);
    else this.#paused.delete(host);
    await this.#write({ paused: [...this.#paused] });
  }

  /** What private windows said of webmails. */
  get mailHosts() {
    return /** @type {ReadonlyMap<string, import("../shared/wire.d.ts").MailConsent>} */ (this.#mailHosts);
  }

  /**
   * @param {string} host
   * @param {import("../shared/wire.d.ts").MailConsent} consent
   */
  async setMailHost(host, consent) {
    this.#mailHosts.set(host, consent);
    await this.#write({ mailHosts: Object.fromEntries(this.#mailHosts) });
  }
}
