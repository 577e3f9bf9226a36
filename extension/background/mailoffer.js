/** Notices webmails, and asks there, once, whether opened messages may be read. */
import { api, quietly } from "../shared/browser.js";
import { checkable, hostOf } from "../shared/address.js";
import { pagesOf } from "./consents.js";
import { adapterFile, webmailNamed, webmailsAt } from "./webmails.js";

const WORRYING = ["DANGER", "CAUTION"]; // no time for questions

/**
 * Whether a document belongs to the page around it: the same host, or another of the same webmail's own.
 * @param {URL} top
 * @param {URL} url
 */
function isOneSite(top, url) {
  if (hostOf(top) === hostOf(url)) return true;
  const around = webmailsAt(top.href).filter(({ anywhere }) => !anywhere);
  return webmailsAt(url.href).some((one) => around.some(({ webmail }) => webmail === one.webmail));
}

export class MailOffer {
  #parts;

  /**
   * @param {{
   *   state: import("./state.js").SessionState,
   *   consents: import("./consents.js").Consents,
   *   daemon: import("../shared/daemon.js").Daemon,
   *   translate: () => Promise<import("../shared/i18n.js").Translate>,
   * }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * A document is there, in a tab or in a frame of it.
   * @param {number} tabId
   * @param {number} frameId
   * @param {string} address
   */
  async visited(tabId, frameId, address) {
    const { state, consents } = this.#parts;
    const url = checkable(address);
    if (url === null) return;
    const found = webmailsAt(url.href);
    await state.ready;
    const host = hostOf(url);
    if (found.length === 0 && !state.mailHosts.has(host)) return;
    const tab = await quietly(() => api.tabs.get(tabId));
    if (tab === undefined) return;
    const consent = await consents.of(host, tab.incognito);
    // What only a private window knows of, the browser does not start by itself.
    if (consent?.on && tab.incognito && state.mailHosts.has(host))
      await consents.run(tabId, consent.webmail, [frameId]);
    if (consent === undefined && this.#mayAsk(tabId, tab, url)) await this.#ask(tabId, frameId, found);
  }

  /**
   * @param {number} tabId
   * @param {chrome.tabs.Tab} tab
   * @param {URL} url of the document that looks like a webmail
   */
  #mayAsk(tabId, tab, url) {
    const top = checkable(tab.url);
    const { daemon, state } = this.#parts;
    if (top === null || !isOneSite(top, url) || daemon.state.phase === "unreachable") return false;
    return !WORRYING.includes(state.tab(tabId).level ?? "");
  }

  /**
   * @param {number} tabId
   * @param {number} frameId
   * @param {ReturnType<typeof webmailsAt>} found
   */
  async #ask(tabId, frameId, found) {
    if (found.some(({ exact }) => exact)) {
      if (frameId === 0) await this.#showBar(tabId);
      return;
    }
    // Many addresses look like it: only a message that is open there says that it is this webmail.
    const files = found.map(({ webmail }) => adapterFile(webmail.id));
    await quietly(() =>
      api.scripting.executeScript({
        target: { tabId, frameIds: [frameId] },
        files: ["content/mailtools.js", ...files, "content/mail-probe.js"],
      }),
    );
  }

  /** @param {number} tabId */
  async #showBar(tabId) {
    const files = ["content/ui.js", "content/mail-ask.js"];
    await quietly(() => api.scripting.executeScript({ target: { tabId }, files }));
  }

  /**
   * content/mail-probe.js saw a message.
   * @param {number} tabId
   * @param {chrome.runtime.MessageSender} sender
   * @param {unknown} id of the webmail
   */
  async found(tabId, sender, id) {
    const { state, consents } = this.#parts;
    const url = checkable(sender.url);
    const tab = sender.tab;
    if (url === null || tab === undefined || !webmailsAt(url.href).some(({ webmail }) => webmail.id === id)) return;
    await state.ready;
    const host = hostOf(url);
    if ((await consents.of(host, tab.incognito)) !== undefined || !this.#mayAsk(tabId, tab, url)) return;
    await state.patch(tabId, { mailFound: { host, webmail: String(id) } });
    await this.#showBar(tabId);
  }

  /**
   * The webmail a tab shows, decided or not.
   * @param {number} tabId
   * @param {chrome.tabs.Tab | undefined} tab
   */
  async inTab(tabId, tab) {
    const { state, consents } = this.#parts;
    await state.ready;
    const url = checkable(tab?.url);
    if (url === null || tab === undefined) return null;
    const known = state.tab(tabId).mailFound;
    const host = known?.host ?? hostOf(url);
    const consent = await consents.of(host, tab.incognito);
    const exact = webmailsAt(url.href).find((found) => found.exact);
    const id = consent?.webmail ?? known?.webmail ?? exact?.webmail.id;
    const webmail = id === undefined ? undefined : webmailNamed(id);
    if (webmail === undefined) return null;
    const permitted = await api.permissions.contains({ origins: [pagesOf(host)] });
    return { host, webmail, on: consent?.on ?? null, permitted, isPrivate: tab.incognito };
  }

  /**
   * What the bar says; null when there is nothing to ask any more.
   * @param {number} tabId
   * @param {chrome.tabs.Tab | undefined} tab
   */
  async bar(tabId, tab) {
    const found = await this.inTab(tabId, tab);
    if (found === null || found.on !== null) return null;
    const t = await this.#parts.translate();
    const sentence = found.webmail.trial ? `${t("mailAsk")} ${t("mailAskTrial")}` : t("mailAsk");
    return { label: t("barLabel"), sentence, yes: t("mailAskYes"), no: t("mailAskNo") };
  }

  /**
   * @param {number} tabId
   * @param {chrome.tabs.Tab | undefined} tab
   * @param {boolean} on
   * @returns {Promise<boolean>}
   */
  async answer(tabId, tab, on) {
    const found = await this.inTab(tabId, tab);
    if (found === null) return false;
    await this.#parts.consents.set(found.host, { on, webmail: found.webmail.id }, found.isPrivate);
    return true;
  }
}
