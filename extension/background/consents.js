/**
 * In which webmails opened messages may be read. The browser lets us into every page; reading mail is a question of its
 * own, asked once per host and taken back in the options or the popup. What a private window says is forgotten with it.
 */
import { api, quietly } from "../shared/browser.js";
import { scriptsFor, webmailNamed } from "./webmails.js";

/** @typedef {import("../shared/wire.d.ts").MailConsent} MailConsent */

const PREFIX = "mail-"; // of registered scripts' names

/** @param {string} host */
export const pagesOf = (host) => `*://${host}/*`;

/**
 * @param {unknown} raw what storage holds
 * @returns {Record<string, MailConsent>}
 */
export function readConsents(raw) {
  const entries = Object.entries(raw !== null && typeof raw === "object" ? raw : {});
  return Object.fromEntries(
    entries.flatMap(([host, { on, webmail } = {}]) =>
      webmailNamed(webmail) ? [[host, { on: on === true, webmail }]] : [],
    ),
  );
}

export class Consents {
  /** @type {import("./state.js").SessionState} */ #state;
  /** Changes wait for one another: each rewrites what the one before wrote. @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {Promise<unknown>} */ #registering = Promise.resolve();

  /** @param {import("./state.js").SessionState} state */
  constructor(state) {
    this.#state = state;
  }

  /** @returns {Promise<Record<string, MailConsent>>} those kept on disk */
  async list() {
    return readConsents(/** @type {any} */ (await api.storage.local.get({ mailHosts: {} })).mailHosts);
  }

  /**
   * @param {string} host
   * @param {boolean} isPrivate
   * @returns {Promise<MailConsent | undefined>} undefined: nobody has said yet
   */
  async of(host, isPrivate) {
    await this.#state.ready;
    const said = isPrivate ? this.#state.mailHosts.get(host) : undefined;
    return said ?? (await this.list())[host];
  }

  /**
   * @param {string} host
   * @param {MailConsent} consent
   * @param {boolean} isPrivate a private window leaves nothing on disk; what is there already may go
   */
  set(host, consent, isPrivate) {
    const change = this.#last.then(() => this.#set(host, consent, isPrivate));
    this.#last = quietly(() => change);
    return change;
  }

  /**
   * @param {string} host
   * @param {MailConsent} consent
   * @param {boolean} isPrivate
   */
  async #set(host, consent, isPrivate) {
    await this.#state.ready;
    const kept = await this.list();
    if (isPrivate) await this.#state.setMailHost(host, consent);
    if (!isPrivate || (kept[host]?.on === true && !consent.on)) {
      await api.storage.local.set({ mailHosts: { ...kept, [host]: consent } });
      await quietly(() => this.register());
    }
    const tabs = await api.tabs.query({ url: pagesOf(host) });
    await Promise.all(
      tabs.flatMap(({ id, incognito }) => {
        if (id === undefined || (isPrivate && consent.on && !incognito)) return [];
        return [consent.on ? this.run(id, consent.webmail) : quietly(() => api.tabs.sendMessage(id, STOP))];
      }),
    );
  }

  /**
   * Brings the scripts the browser starts by itself in line with what was agreed to. A browser may have forgotten them
   * (Firefox after an update), and an update of ours may need other files.
   */
  register() {
    const registering = this.#registering.then(() => this.#register());
    this.#registering = quietly(() => registering);
    return registering;
  }

  async #register() {
    if (api.extension.inIncognitoContext) return; // both halves of a split Chromium share them
    const wanted = Object.entries(await this.list()).flatMap(([host, { on, webmail }]) =>
      on ? [{ id: PREFIX + host, js: scriptsFor(webmail), matches: [pagesOf(host)] }] : [],
    );
    const present = (await api.scripting.getRegisteredContentScripts()).filter(({ id }) => id.startsWith(PREFIX));
    const isSame = (/** @type {any} */ one, /** @type {any} */ other) =>
      one.id === other.id && String(one.js) === String(other.js);
    const gone = present.filter((one) => !wanted.some((other) => isSame(one, other))).map(({ id }) => id);
    const missing = wanted.filter((one) => !present.some((other) => isSame(one, other)));
    if (gone.length > 0) await api.scripting.unregisterContentScripts({ ids: gone });
    if (missing.length > 0) {
      await api.scripting.registerContentScripts(
        missing.map((script) => ({ ...script, allFrames: true, runAt: "document_idle", persistAcrossSessions: true })),
      );
    }
  }

  /** Starts reading in the tabs that are open already: the browser let us in again, or we were updated. */
  async runOpen() {
    for (const [host, { on, webmail }] of Object.entries(await this.list())) {
      if (!on) continue;
      const tabs = (await quietly(() => api.tabs.query({ url: pagesOf(host) }))) ?? [];
      await Promise.all(tabs.map(({ id }) => id !== undefined && this.run(id, webmail)));
    }
  }

  /**
   * @param {number} tabId
   * @param {string} webmail
   * @param {number[]} [frameIds] all frames unless given
   */
  run(tabId, webmail, frameIds) {
    const target = frameIds ? { tabId, frameIds } : { tabId, allFrames: true };
    return quietly(() => api.scripting.executeScript({ target, files: scriptsFor(webmail) }));
  }
}

const STOP = { type: "mail.stop" };
