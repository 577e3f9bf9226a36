/** Asks the daemon about addresses; one question per address however many listeners want to know. */
import { readVerdict } from "../shared/verdict.js";

/** @typedef {import("../shared/wire.d.ts").Outcome} Outcome */

const FRESH_MS = 30_000;
const KEPT = 256;
const AGE_DEADLINE_MS = 12_000;

export class Checker {
  /** @type {import("../shared/daemon.js").Daemon} */ #daemon;
  /** @type {() => Promise<string>} */ #language;
  /** @type {() => number} */ #now;
  /** @type {string | null} */ #listVersion = null;
  /** Called when an answer came from other lists than the answer before it. */
  onNewLists = () => {};
  /** @type {Map<string, {at: number, outcome: Promise<Outcome>}>} */ #recent = new Map();
  /** @type {Map<string, Promise<Outcome>>} */ #ages = new Map();

  /**
   * @param {import("../shared/daemon.js").Daemon} daemon
   * @param {() => Promise<string>} language
   * @param {() => number} now
   */
  constructor(daemon, language, now) {
    this.#daemon = daemon;
    this.#language = language;
    this.#now = now;
  }

  /**
   * @param {string} url without fragment
   * @returns {Promise<Outcome>} never rejects
   */
  check(url) {
    const known = this.#recent.get(url);
    if (known !== undefined && this.#now() - known.at < FRESH_MS) return known.outcome;
    // No listener is prepared for an exception: whatever fails here leaves the page unchecked, and that is said.
    const asking = this.#ask(url).catch(() => /** @type {Outcome} */ ({ degraded: "not_asked" }));
    const entry = { at: this.#now(), outcome: asking };
    this.#recent.set(url, entry);
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= KEPT) break;
      this.#recent.delete(oldest);
    }
    void entry.outcome.then((outcome) => {
      // An answer that never came must be asked for again.
      if ("degraded" in outcome && this.#recent.get(url) === entry) this.#recent.delete(url);
    });
    return entry.outcome;
  }

  /** @param {string} url */
  async #ask(url) {
    const reply = await this.#daemon.request("/v1/check/url", { url, lang: await this.#language() });
    if (!reply.ok) return { degraded: reply.error.code };
    return this.#read(reply.body);
  }

  /**
   * The same address, with what its page shows.
   * @param {string} url without fragment
   * @param {unknown} page
   * @returns {Promise<Outcome>}
   */
  async checkPage(url, page) {
    const reply = await this.#daemon.request("/v1/check/page", { url, lang: await this.#language(), page });
    if (!reply.ok) return { degraded: reply.error.code };
    const outcome = this.#read(reply.body);
    if ("verdict" in outcome && outcome.verdict.level === "DANGER") {
      // Coming back at once (history, "try again") must not show it again.
      this.#recent.set(url, { at: this.#now(), outcome: Promise.resolve(outcome) });
    }
    return outcome;
  }

  /**
   * Asks again, the age of the site's name included: this sends the name to its registry.
   * @param {string} url
   * @returns {Promise<Outcome>} one question however many tabs show the page
   */
  checkAge(url) {
    const running = this.#ages.get(url);
    if (running !== undefined) return running;
    const asking = this.#askAge(url).finally(() => this.#ages.delete(url));
    this.#ages.set(url, asking);
    return asking;
  }

  /** @param {string} url */
  async #askAge(url) {
    const lang = await this.#language();
    const reply = await this.#daemon.request("/v1/check/age", { url, lang }, AGE_DEADLINE_MS);
    if (!reply.ok) return { degraded: reply.error.code };
    const outcome = this.#read(reply.body);
    if ("verdict" in outcome) this.#recent.set(url, { at: this.#now(), outcome: Promise.resolve(outcome) });
    return outcome;
  }

  /**
   * Tells the daemon that a page stayed open.
   * @param {string} url
   */
  async noteVisit(url) {
    await this.#daemon.request("/v1/check/url", { url, lang: await this.#language(), visit: true });
  }

  /**
   * @param {unknown} body
   * @returns {Outcome}
   */
  #read(body) {
    const verdict = readVerdict(body);
    if (verdict === null) return { degraded: "bad_answer" };
    const before = this.#listVersion;
    this.#listVersion = verdict.list_version;
    if (before !== null && before !== verdict.list_version) this.onNewLists();
    return { verdict };
  }

  /**
   * Many at once, for the tabs already open.
   * @param {string[]} urls at most 256
   * @returns {Promise<Outcome[]>} in the same order
   */
  async checkAll(urls) {
    const reply = await this.#daemon.request("/v1/check/batch", { urls, lang: await this.#language() });
    if (!reply.ok) return urls.map(() => ({ degraded: reply.error.code }));
    const results = /** @type {any} */ (reply.body)?.results;
    return urls.map((url, index) => {
      const outcome = this.#read(results?.[index]);
      if ("verdict" in outcome) this.#recent.set(url, { at: this.#now(), outcome: Promise.resolve(outcome) });
      return outcome;
    });
  }

  /** Newer lists, another language: what was answered before no longer counts. */
  forget() {
    this.#recent.clear();
  }
}
